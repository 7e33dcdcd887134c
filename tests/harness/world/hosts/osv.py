"""OSV, the database that ``uv audit`` and ``pip-audit --vulnerability-service osv`` ask, for versions on PyPI.

Its answers are made of the records in harness.world.pypi.advisories and have their limits.
The three addresses are those of https://google.github.io/osv.dev/api/ (forms: docs/api in
https://github.com/google/osv.dev; the texts of errors: go/internal/api there). Queries by commit or purl, for another
ecosystem or without a version are refused, and nothing is divided into pages: no package has a thousand records here.
"""

from __future__ import annotations

import json
from typing import Any

from packaging.utils import canonicalize_name
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.world.host import Host, Instead, refuse
from harness.world.link import Link
from harness.world.pypi import advisories
from harness.world.pypi.advisories import ECOSYSTEM, Advisory

HOST = "api.osv.dev"
INVALID, NOT_FOUND = 3, 5  # codes of gRPC


def hosts(link: Link) -> list[Host]:
    async def query(request: Request) -> Response:
        found = _found(link, request, await _asked(link, request))
        return JSONResponse({"vulns": [one.osv() for one in found]} if found else {})

    async def batch(request: Request) -> Response:
        queries = (await _asked(link, request)).get("queries")
        if not isinstance(queries, list):
            raise _invalid(link, request)
        found = [_found(link, request, one) for one in queries]
        return JSONResponse({"results": [{"vulns": [one.brief() for one in some]} if some else {} for some in found]})

    async def record(request: Request) -> Response:
        asked = request.path_params["id"]
        one = next((one for one in advisories.known(link.day) if one.id == asked), None)
        if one is None:
            refuse(link, request, f"the guide's world doesn't have the record {asked}")
            return JSONResponse({"code": NOT_FOUND, "message": "Vulnerability not found"}, 404)
        return JSONResponse(one.osv())

    routes = [
        Route("/v1/query", query, methods=["POST"]),
        Route("/v1/querybatch", batch, methods=["POST"]),
        Route("/v1/vulns/{id}", record, methods=["GET"]),
    ]
    return [Host(HOST, routes, "OSV's queries by version and its records")]


async def _asked(link: Link, request: Request) -> dict[str, Any]:
    try:
        document = json.loads(await request.body())
    except ValueError:
        raise _invalid(link, request) from None
    if not isinstance(document, dict):
        raise _invalid(link, request)
    return document


def _found(link: Link, request: Request, query: object) -> list[Advisory]:
    match query:
        case {"package": {"name": str(name), "ecosystem": "PyPI", **other}, "version": str(version)} if not other:
            return advisories.of(str(canonicalize_name(name)), version, link.day)
    raise _invalid(link, request)


def _invalid(link: Link, request: Request) -> Instead:
    why = f"the guide's world has OSV for the name and the version of a package of {ECOSYSTEM}"
    refuse(link, request, why)
    return Instead(JSONResponse({"code": INVALID, "message": why}, 400))
