"""The one table of stand-in hosts; another one is a module with ``hosts`` and a line in HOSTS."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import chain

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Host as Named
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from harness.world.host import METHODS, CutOff, Endpoint, Host, Instead, Unavailable, missing, refuse
from harness.world.hosts import (
    actions,
    codeartifact,
    company,
    debian,
    github,
    gitlab,
    osv,
    pypi,
    pytorch,
    spdx,
    testpypi,
)
from harness.world.index.upload import Rejected, rejection
from harness.world.link import Link

Module = Callable[[Link], Sequence[Host]]

HOSTS: tuple[Module, ...] = (
    pypi.hosts,
    testpypi.hosts,
    actions.hosts,
    pytorch.hosts,
    gitlab.hosts,
    github.hosts,
    spdx.hosts,
    osv.hosts,
    codeartifact.hosts,
    company.hosts,
    debian.hosts,
)


def shares(link: Link, modules: Sequence[Module] = HOSTS) -> dict[str, list[Host]]:
    """Host name -> what each module has there, in the order of the table."""
    found: dict[str, list[Host]] = {}
    for host in chain.from_iterable(module(link) for module in modules):
        found.setdefault(host.name, []).append(host)
    return found


def application(link: Link, modules: Sequence[Module] = HOSTS, plain: bool = False) -> ASGIApp:
    """All hosts of one sandbox, or those that speak ``plain`` HTTP; whatever else is asked for is refused."""

    async def unknown(request: Request) -> Response:
        host = request.headers.get("host", "").partition(":")[0] or "a host without a name"
        why = f"{'plain HTTP to ' if plain else ''}{host} isn't served in the guide's world"
        refuse(link, request, why)
        return PlainTextResponse(f"403 Forbidden: {why}\n", 403)

    there = shares(link, modules)
    if plain:
        there = {name: had for name, had in there.items() if any(host.plain for host in had)}
    routes: list[Named | Route] = [Named(name, _router(link, had)) for name, had in there.items()]
    return Starlette(
        routes=[*routes, Route("/{path:path}", unknown, methods=METHODS)], exception_handlers=_handlers(link)
    )


def _router(link: Link, had: Sequence[Host]) -> Router:
    """One host's application: every module's routes, then what the first that is whole says, else a refusal."""

    async def unserved(request: Request) -> Response:
        words = " and ".join(dict.fromkeys(host.served for host in had))
        why = f"the guide's world has {words} on this host, and not {request.url.path}"
        refuse(link, request, why)
        return missing(why)

    last: Endpoint = next((host.otherwise for host in had if host.otherwise), unserved)
    routes = chain.from_iterable(host.routes for host in had)
    return Router([*routes, Route("/{path:path}", last, methods=METHODS)])


def _handlers(link: Link) -> dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
    """The answers to what hosts raise."""

    async def instead(_: Request, error: Exception) -> Response:
        assert isinstance(error, Instead)
        return error.response

    async def rejected(request: Request, error: Exception) -> Response:
        assert isinstance(error, Rejected)
        return rejection(request, error)

    async def unavailable(request: Request, error: Exception) -> Response:
        """What the world couldn't get, for the client and for the harness."""
        refuse(link, request, str(error))
        # pip repeats a request after 502 and 503 for many seconds, but not after 504.
        return PlainTextResponse(f"504 Gateway Timeout: {error}\n", 504)

    async def failed(request: Request, error: Exception) -> Response:
        """A fault of the gateway itself; its log has the traceback."""
        if not isinstance(error, CutOff):
            refuse(link, request, f"the gateway failed: {type(error).__name__}: {error}")
        return PlainTextResponse("500 Internal Server Error\n", 500)

    return {Instead: instead, Rejected: rejected, Unavailable: unavailable, Exception: failed}
