"""A package index with a login: a company's, a cloud's."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.world.host import Endpoint, Host, missing
from harness.world.index import serving
from harness.world.index.login import Login, challenge, credentials
from harness.world.index.negotiation import JSON, conditional
from harness.world.index.shelf import Shelf
from harness.world.index.simple import Project, document
from harness.world.index.upload import Plain, Rejected, receive

CACHING = "no-cache"


class Behind(Protocol):
    """The index that a virtual repository passes on."""

    @property
    def name(self) -> str: ...

    async def project(self, name: str) -> Project | None: ...

    async def file(self, request: Request, path: str) -> Response | None: ...


@dataclass(frozen=True)
class Repository:
    """An index at https://HOST + PREFIX/simple/ for those who bring a ``login``.

    It has what is on ``shelf``, and takes uploads for it at ``prefix`` + ``uploads`` where that isn't empty.
    With ``behind`` it is a virtual repository: names on the shelf exclusively from there, all others passed on.
    ``denied`` and ``again`` are its answers to an upload with a wrong login (403) and to one of a file name that it
    has already (400; {name} and {hash} stand for the file's).
    """

    host: str
    shelf: Shelf
    login: Login
    prefix: str = ""
    uploads: str = ""
    behind: Behind | None = None
    denied: str = "Invalid or non-existent authentication information."
    again: str = "File already exists ({name})."

    def share(self) -> Host:
        """Its share of the host."""
        served: dict[str, Endpoint] = {
            "/simple/{name}/": self._page,
            "/simple/{name}": self._page,
            "/packages/{path:path}": self._file,
        }
        if not self.behind:
            served["/simple/"] = self._list
        routes = [Route(self.prefix + path, self._inside(end), methods=["GET"]) for path, end in served.items()]
        if self.uploads:
            both = {self.prefix + self.uploads, (self.prefix + self.uploads).rstrip("/")} - {""}
            routes += [Route(path, self._upload, methods=["POST"]) for path in sorted(both)]
        return Host(self.host, routes, f"{self.prefix}/simple/", self._inside(self._nothing))

    def _inside(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint`` for those who bring the login; 401 for all others."""

        async def guarded(request: Request) -> Response:
            login = credentials(request)
            if login is None or not self.login(*login):
                raise challenge(self.host)
            return await endpoint(request)

        return guarded

    async def _list(self, request: Request) -> Response:
        kind = serving.form(request)
        if kind == JSON:
            names = [{"name": name} for name in self.shelf.names]
            body = json.dumps({"meta": {"api-version": "1.1"}, "projects": names}).encode()
        else:
            links = [f'<a href="{self.prefix}/simple/{name}/">{name}</a><br />' for name in self.shelf.names]
            body = document("Simple index", links)
        return conditional(request, body, kind, CACHING)

    async def _page(self, request: Request) -> Response:
        name = serving.canonical(request)
        project = self.shelf.project(name)
        if project is None and self.behind:
            project = await self.behind.project(name)
        if project is None:
            return missing(f"{self._words} has a project {name}")
        return serving.page(request, project.below(self.prefix), self.host, CACHING)

    async def _file(self, request: Request) -> Response:
        path = request.url.path.removeprefix(self.prefix)
        file = self.shelf.find(path.removesuffix(".metadata"))
        if file and file.path == path:
            return serving.kept(self.shelf.disk(file), file)
        if file and file.wheel:
            return serving.metadata(request, self.shelf.metadata(file))
        passed = await self.behind.file(request, path) if self.behind and not file else None
        return passed or missing(f"{self._words} has a file {path}")

    @property
    def _words(self) -> str:
        return f"neither {self.host} nor {self.behind.name}" if self.behind else f"nothing on {self.host}"

    async def _nothing(self, request: Request) -> Response:
        return missing(f"{self.host} has no page {request.url.path}")

    async def _upload(self, request: Request) -> Response:
        login = credentials(request)
        if login is None:
            raise challenge(self.host)
        if not self.login(*login):
            raise Rejected(403, self.denied)
        await receive(request, self.shelf, Plain(self.shelf, self.again), dt.datetime.now(dt.UTC))
        return Response(status_code=200)
