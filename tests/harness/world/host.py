"""What a stand-in host is made of, and what it raises in place of an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from harness.world.link import Link

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Host:
    """What one module answers for on the host ``name``; several may have a share of one host.

    ``served`` says what ``routes`` are, for the refusal of whatever else is asked of this host ("PyPI's files").
    ``otherwise`` answers that in place of the refusal, for a host that is whole: its own 404 is then true.
    ``plain`` says that the host speaks plain HTTP, too.
    """

    name: str
    routes: Sequence[Route]
    served: str
    otherwise: Endpoint | None = None
    plain: bool = False


class Instead(Exception):
    """Ends a request with ``response``: a redirect, a challenge, a form that isn't served."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Unavailable(Exception):
    """The world can't get something that the host has; the text says what and why."""


class CutOff(Exception):
    """Ends an answer that has begun: the server closes the connection, and the client sees that bytes are missing."""


def missing(what: str) -> Response:
    return PlainTextResponse(f"404 Not Found: {what}\n", 404)


def refuse(link: Link, request: Request, why: str) -> None:
    """Note for the harness what was asked for and isn't served."""
    host = request.headers.get("host", "").partition(":")[0]
    link.refuse(host, f"{request.method} {request.url.scheme}://{host}{request.url.path}", why)
