"""A company's package index with a login, empty for every sandbox.

The login of its one user, for downloads and uploads, is ``alice`` with the password ``correct-horse-battery``.
``/simple/`` has the company's own packages, ``/legacy/`` takes uploads, and ``/proxy/simple/`` is a virtual repository:
the company's own names first and exclusively, every other name from PyPI.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from harness.world.hosts.public import Public
from harness.world.index import serving
from harness.world.index.login import challenge, credentials
from harness.world.index.negotiation import JSON, conditional, negotiate
from harness.world.index.shelf import Shelf
from harness.world.index.simple import document
from harness.world.index.upload import Rejected, receive, rejection

HOST = "packages.example.com"
USER, PASSWORD = "alice", "correct-horse-battery"
CACHING = "no-cache"

Endpoint = Callable[[Request], Awaitable[Response]]


class Private:
    """The private index of one sandbox; ``public`` is what its virtual repository passes on."""

    def __init__(self, shelf: Shelf, public: Public, host: str = HOST) -> None:
        self.shelf, self.public, self.host = shelf, public, host

    def apps(self) -> dict[str, ASGIApp]:
        """The application of each host."""
        routes = [
            Route("/simple/", self._inside(self._list), methods=["GET"]),
            Route("/packages/{path:path}", self._inside(self._file), methods=["GET"]),
            Route("/proxy/packages/{path:path}", self._inside(self._passed), methods=["GET"]),
            Route("/legacy/", self._upload, methods=["POST"]),
            Route("/legacy", self._upload, methods=["POST"]),
        ]
        for prefix, endpoint in (("", self._own), ("/proxy", self._virtual)):
            for end in ("/", ""):
                path = prefix + "/simple/{name}" + end
                routes.append(Route(path, self._inside(endpoint), methods=["GET"]))
        routes.append(Route("/{path:path}", self._inside(self._nothing), methods=serving.METHODS))
        return {self.host: Router(routes)}

    def _inside(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint`` for those who bring the login; 401 for all others."""

        async def guarded(request: Request) -> Response:
            if credentials(request) != (USER, PASSWORD):
                return challenge(self.host)
            return await endpoint(request)

        return guarded

    async def _list(self, request: Request) -> Response:
        kind = negotiate(request.headers.get("accept", ""))
        if kind is None:
            return serving.unacceptable()
        if kind == JSON:
            names = [{"name": name} for name in self.shelf.names]
            body = json.dumps({"meta": {"api-version": "1.1"}, "projects": names}).encode()
        else:
            links = [f'<a href="/simple/{name}/">{name}</a><br />' for name in self.shelf.names]
            body = document("Simple index", links)
        return conditional(request, body, kind, CACHING)

    async def _own(self, request: Request) -> Response:
        name = serving.canonical(request, "")
        if isinstance(name, Response):
            return name
        project = self.shelf.project(name)
        if project is None:
            return serving.missing(f"{self.host} has no project {name}")
        return serving.page(request, project, self.host, CACHING)

    async def _virtual(self, request: Request) -> Response:
        name = serving.canonical(request, "/proxy")
        if isinstance(name, Response):
            return name
        project = self.shelf.project(name)
        if project is None:
            passed = await self.public.project(name)
            project = passed.below("/proxy") if passed else None
        if project is None:
            return serving.missing(f"neither {self.host} nor {self.public.name} has a project {name}")
        return serving.page(request, project, self.host, CACHING)

    async def _file(self, request: Request) -> Response:
        path = request.url.path
        file = self.shelf.find(path.removesuffix(".metadata"))
        if file is None or (file.path != path and not file.wheel):
            return serving.missing(f"{self.host} has no file {path}")
        if file.path != path:
            return serving.metadata(request, self.shelf.metadata(file))
        return serving.kept(self.shelf.disk(file), file)

    async def _passed(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/proxy")
        return await self.public.file(request, path) or serving.missing(f"{self.public.name} has no file {path}")

    async def _nothing(self, request: Request) -> Response:
        return serving.missing(f"{self.host} has /simple/, /proxy/simple/ and /legacy/, and not {request.url.path}")

    async def _upload(self, request: Request) -> Response:
        login = credentials(request)
        if login is None:
            return challenge(self.host)

        async def allow(name: str) -> None:
            """Every name is the company's to use."""

        try:
            if login != (USER, PASSWORD):
                raise Rejected(403, "Invalid or non-existent authentication information.")
            return await receive(request, self.shelf, allow, "File already exists ({name}).")
        except Rejected as error:
            return rejection(request, error)
