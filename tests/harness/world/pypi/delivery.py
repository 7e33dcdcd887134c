"""A recorded file on its way to a sandbox, also while it still comes from PyPI."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from harness.world.host import CutOff, Unavailable, refuse
from harness.world.index.serving import headers, kept
from harness.world.index.simple import File
from harness.world.link import Link
from harness.world.pypi.download import Download
from harness.world.pypi.recording import Recording


async def deliver(request: Request, link: Link, recording: Recording, file: File) -> Response:
    """``file`` from the cache, or while it comes; raises Unavailable."""
    path = await recording.kept(file)
    if path:
        return kept(path, file)
    if request.method == "HEAD" and file.size is not None and not recording.upstream.offline:
        return Response(headers=headers(file) | {"content-length": str(file.size)})
    download = await recording.download(file)
    if "range" in request.headers or request.method == "HEAD" or download.total is None:
        return kept(await recording.whole(file), file)
    sent = headers(file) | {"content-length": str(download.total), "content-type": "application/octet-stream"}
    return StreamingResponse(_pieces(request, link, download), headers=sent)


async def _pieces(request: Request, link: Link, download: Download) -> AsyncIterator[bytes]:
    """The bytes of ``download``; what breaks it off closes the connection, and is noted for the harness."""
    try:
        async for piece in download.pieces():
            yield piece
    except Unavailable as error:
        refuse(link, request, str(error))
        raise CutOff(str(error)) from None
