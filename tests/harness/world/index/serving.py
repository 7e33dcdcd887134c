"""Answers that several indexes give: pages, files, metadata."""

from __future__ import annotations

import datetime as dt
import os
from email.utils import format_datetime
from pathlib import Path

from packaging.utils import canonicalize_name
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from harness.world.host import Instead
from harness.world.index.negotiation import JSON, conditional, negotiate
from harness.world.index.simple import File, Project

FILE_CACHING = "max-age=365000000, immutable, public"
PIECE = 1 << 18  # bytes of a file read and sent at a time


class Body(FileResponse):
    chunk_size = PIECE


def form(request: Request) -> str:
    """The content type of a page that the client gets; ends the request with 406 where nothing fits."""
    kind = negotiate(request.headers.get("accept", ""))
    if kind is None:
        raise Instead(PlainTextResponse(f"406 Not Acceptable: this page is served as {JSON} or text/html\n", 406))
    return kind


def page(request: Request, project: Project, host: str, caching: str) -> Response:
    """The project's page in the form that the client wants, its files on https://``host``."""
    kind = form(request)
    body = project.json(host) if kind == JSON else project.html(host)
    return conditional(request, body, kind, caching)


def canonical(request: Request) -> str:
    """The normalised project name that the path ends in; ends the request with the way to its page (PEP 503)."""
    path, name = request.url.path, request.path_params["name"]
    normal = str(canonicalize_name(name))
    wanted = path.removesuffix("/").removesuffix(name) + normal + "/"
    if path != wanted:
        raise Instead(RedirectResponse(wanted, 301))
    return normal


def kept(path: Path, file: File) -> Response:
    """A file from disk; ranges and HEAD are seen to."""
    return Body(path, headers=headers(file), media_type="application/octet-stream", stat_result=os.stat(path))


def metadata(request: Request, body: bytes) -> Response:
    return conditional(request, body, "application/octet-stream", FILE_CACHING)


def headers(file: File) -> dict[str, str]:
    moment = dt.datetime.fromisoformat(file.uploaded or "2000-01-01T00:00:00Z")
    return {
        "accept-ranges": "bytes",
        "cache-control": FILE_CACHING,
        "etag": f'"{file.sha256}"',
        "last-modified": format_datetime(moment.astimezone(dt.UTC), usegmt=True),
    }
