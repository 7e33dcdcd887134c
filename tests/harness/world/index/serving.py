"""Answers that several hosts give: index pages, files, metadata, refusals."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator
from email.utils import format_datetime
from pathlib import Path

from packaging.utils import canonicalize_name
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from harness.world.index.negotiation import JSON, conditional, negotiate
from harness.world.index.simple import File, Project
from harness.world.link import Link
from harness.world.pypi.download import PIECE, Download, Unavailable

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
FILE_CACHING = "max-age=365000000, immutable, public"


class CutOff(Exception):
    """Ends an answer that has begun: the server closes the connection, and the client sees that bytes are missing."""


class Body(FileResponse):
    chunk_size = PIECE


def page(request: Request, project: Project, host: str, caching: str) -> Response:
    """The project's page in the form that the client wants, its files on https://``host``."""
    kind = negotiate(request.headers.get("accept", ""))
    if kind is None:
        return unacceptable()
    body = project.json(host) if kind == JSON else project.html(host)
    return conditional(request, body, kind, caching)


def canonical(request: Request, prefix: str) -> Response | str:
    """The normalised project name in the path, or the way to its page (PEP 503)."""
    name = request.path_params["name"]
    normal = str(canonicalize_name(name))
    wanted = f"{prefix}/simple/{normal}/"
    return normal if request.url.path == wanted else RedirectResponse(wanted, 301)


def unacceptable() -> Response:
    return PlainTextResponse(f"406 Not Acceptable: this page is served as {JSON} or text/html\n", 406)


def missing(what: str) -> Response:
    return PlainTextResponse(f"404 Not Found: {what}\n", 404)


def kept(path: Path, file: File) -> Response:
    """A file from disk; ranges and HEAD are seen to."""
    return Body(path, headers=_headers(file), media_type="application/octet-stream", stat_result=os.stat(path))


async def recorded(request: Request, link: Link, file: File) -> Response:
    """A file of PyPI: from the cache, or while it comes; raises Unavailable."""
    recording = link.recording
    path = await recording.kept(file)
    if path:
        return kept(path, file)
    if request.method == "HEAD" and file.size is not None and not recording.upstream.offline:
        return Response(headers=_headers(file) | {"content-length": str(file.size)})
    download = await recording.download(file)
    if "range" in request.headers or request.method == "HEAD" or download.total is None:
        return kept(await recording.whole(file), file)
    headers = _headers(file) | {"content-length": str(download.total), "content-type": "application/octet-stream"}
    return StreamingResponse(_told(request, link, download), headers=headers)


async def _told(request: Request, link: Link, download: Download) -> AsyncIterator[bytes]:
    """The bytes of ``download``; what breaks it off closes the connection, and is noted for the harness."""
    try:
        async for piece in download.pieces():
            yield piece
    except Unavailable as error:
        refuse(link, request, str(error))
        raise CutOff(str(error)) from None


def metadata(request: Request, body: bytes) -> Response:
    return conditional(request, body, "application/octet-stream", FILE_CACHING)


def _headers(file: File) -> dict[str, str]:
    moment = dt.datetime.fromisoformat(file.uploaded or "2000-01-01T00:00:00Z")
    return {
        "accept-ranges": "bytes",
        "cache-control": FILE_CACHING,
        "etag": f'"{file.sha256}"',
        "last-modified": format_datetime(moment.astimezone(dt.UTC), usegmt=True),
    }


def unavailable(link: Link, request: Request, error: Exception) -> Response:
    """What the world couldn't get, told to the client and to the harness."""
    refuse(link, request, str(error))
    # pip repeats a request after 502 and 503 for many seconds; 504 it believes.
    return PlainTextResponse(f"504 Gateway Timeout: {error}\n", 504)


def failed(link: Link, request: Request, error: Exception) -> Response:
    """A fault of the gateway itself; its log has the traceback."""
    if not isinstance(error, CutOff):
        refuse(link, request, f"the gateway failed: {type(error).__name__}: {error}")
    return PlainTextResponse("500 Internal Server Error\n", 500)


def refuse(link: Link, request: Request, why: str) -> None:
    """Note for the harness what was asked for and isn't served."""
    host = request.headers.get("host", "").partition(":")[0]
    link.refuse(host, f"{request.method} https://{host}{request.url.path}", why)
