"""The one table of what answers for which host; another index is one more entry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pip._internal.models.index import PyPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Host, Route
from starlette.types import ASGIApp

from harness.world.hosts.private import Private
from harness.world.hosts.public import Public
from harness.world.index import serving
from harness.world.link import Link
from harness.world.pypi.download import Unavailable

ADDRESS = PyPI.url  # PyPI's own, as pip knows it

Tell = Callable[[Link, Request, Exception], Response]


def table(link: Link) -> dict[str, ASGIApp]:
    """The application for each host that ``link``'s sandbox can reach."""
    pypi = Public("PyPI", link, PyPI.netloc, PyPI.file_storage_domain, f"upload.{PyPI.netloc}")
    company = Private(link.shelf("packages.example.com"), pypi)
    return pypi.apps() | company.apps()


def application(link: Link) -> ASGIApp:
    """All hosts of one sandbox; whatever isn't in the table is refused."""

    async def refused(request: Request) -> Response:
        host = request.headers.get("host", "").partition(":")[0] or "a host without a name"
        why = f"{host} isn't served in the guide's world"
        serving.refuse(link, request, why)
        return PlainTextResponse(f"403 Forbidden: {why}\n", 403)

    async def told(tell: Tell, request: Request, error: Exception) -> Response:
        return tell(link, request, error)

    routes: list[Host | Route] = [Host(name, app) for name, app in table(link).items()]
    return Starlette(
        routes=[*routes, Route("/{path:path}", refused, methods=serving.METHODS)],
        exception_handlers={Unavailable: partial(told, serving.unavailable), Exception: partial(told, serving.failed)},
    )
