"""Which form of an index page a client gets (PEP 691, the Accept header of RFC 9110)."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
FORMS = {
    "text/html": "html",
    HTML: "html",
    "application/vnd.pypi.simple.latest+html": "html",
    JSON: "json",
    "application/vnd.pypi.simple.latest+json": "json",
}


def negotiate(accept: str) -> str | None:
    """The content type to answer ``accept`` with, None where nothing fits; without a wish it is HTML, as on PyPI."""
    best: tuple[float, int, str] | None = None
    for wish in (accept or "*/*").split(","):
        media, *parameters = (part.strip() for part in wish.split(";"))
        quality = next((p.partition("=")[2] for p in parameters if p.startswith("q=")), "1")
        try:
            q = float(quality)
        except ValueError:
            continue
        kind = "text/html" if media in ("*/*", "text/*") else JSON if media == "application/*" else media.lower()
        if kind in FORMS and q > 0:
            rank = (q, "*" not in media, kind.replace("latest", "v1"))
            best = rank if best is None or rank[:2] > best[:2] else best
    return best[2] if best else None


def conditional(request: Request, body: bytes, kind: str, caching: str) -> Response:
    """``body`` with an entity tag; 304 where the client has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": caching, "vary": "Accept"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers | {"content-type": kind})
