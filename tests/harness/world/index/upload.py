"""The upload protocol of PyPI's legacy API, as Twine, uv and Poetry speak it, with PyPI's own answers."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import Any

from packaging.metadata import parse_email
from packaging.utils import InvalidName, canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from harness.world.index.metadata import NoMetadata, extract
from harness.world.index.shelf import Shelf
from harness.world.index.simple import File

FIELD_LIMIT = 16 << 20  # bytes of one form field that isn't the file; descriptions can be long
DIGESTS = {"md5_digest": "md5", "sha256_digest": "sha256", "blake2_256_digest": "blake2b"}
REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 405: "Method Not Allowed"}
LEADS = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    403: "Access was denied to this resource.",
}


class Rejected(Exception):
    """The upload isn't taken: ``status`` and the text that the index gives."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


async def receive(
    request: Request,
    shelf: Shelf,
    allow: Callable[[str], Awaitable[None]],
    again: str,
    local: str = "",
    attest: Callable[[str, File], Awaitable[None]] | None = None,
) -> str:
    """Take one file; returns its project's normalised name.

    ``allow`` is asked for the name as the form has it, and raises Rejected for a project that isn't the user's.

    ``again`` is what the index says of a file name that it has with other content, with {name} and {hash}.
    ``local`` is what it says of a local version (1.0+acme), with {version}; an index without it takes one.
    ``attest`` gets the attestations that came with a new file, and raises Rejected; without it they are passed over.
    """
    async with request.form(max_files=4, max_part_size=FIELD_LIMIT) as form:
        content = form.get("content")
        if form.get(":action") != "file_upload" or not isinstance(content, UploadFile) or not content.filename:
            raise Rejected(400, "Invalid value for :action, or no content: expected a file upload.")
        written = shelf.fresh()
        try:
            digests = await _write(content, written)
            if local and "+" in (version := str(form.get("version", ""))):
                raise Rejected(400, local.format(version=version))
            project = await _checked(content.filename, form, digests, allow)
            known = shelf.named(content.filename)
            if known is None:
                file, metadata = _file(content.filename, written, digests)
                if attest and "attestations" in form:
                    await attest(str(form["attestations"]), file)
                shelf.add(project, file, metadata, written)
            elif known.sha256 != digests["sha256"] or not shelf.patient:
                raise Rejected(400, again.format(name=repr(content.filename), hash=repr(digests["blake2b"])))
        finally:
            written.unlink(missing_ok=True)
    return project


async def _checked(
    filename: str, form: FormData, digests: dict[str, str], allow: Callable[[str], Awaitable[None]]
) -> str:
    """The project that the file is for, once all that was said of it is true."""
    await allow(str(form.get("name", "")))
    for name, algorithm in DIGESTS.items():
        if form.get(name) and str(form[name]).lower() != digests[algorithm]:
            raise Rejected(400, "The digest supplied does not match a digest calculated from the uploaded file.")
    return _agreed(filename, form)


async def _write(content: UploadFile, path: Path) -> dict[str, str]:
    blake = hashlib.blake2b(digest_size=32)
    hashes: dict[str, Any] = {"md5": hashlib.md5(usedforsecurity=False), "sha256": hashlib.sha256(), "blake2b": blake}
    with path.open("wb") as file:
        while piece := await content.read(1 << 18):
            file.write(piece)
            for value in hashes.values():
                value.update(piece)
    return {name: value.hexdigest() for name, value in hashes.items()}


def _agreed(filename: str, form: FormData) -> str:
    """The project's normalised name, where the file's name and the form's fields say the same."""
    try:
        if filename.endswith(".whl"):
            name, version = parse_wheel_filename(filename)[:2]
        elif filename.endswith((".tar.gz", ".zip")):
            name, version = parse_sdist_filename(filename)
        else:
            raise Rejected(400, "Invalid file extension: Use .tar.gz, .whl or .zip extension.")
        stated = canonicalize_name(str(form.get("name", "")), validate=True), Version(str(form.get("version", "")))
    except (ValueError, InvalidName) as error:
        raise Rejected(400, f"Invalid distribution filename: {error}") from None
    if stated != (name, version):
        raise Rejected(400, f"Filename {filename!r} doesn't belong to {stated[0]} {stated[1]}.")
    return str(name)


def _file(filename: str, written: Path, digests: dict[str, str]) -> tuple[File, bytes]:
    try:
        metadata = extract(written, filename)
    except NoMetadata as error:
        raise Rejected(400, f"Invalid distribution file. {error}") from None
    blake = digests["blake2b"]
    return File(
        filename=filename,
        path=f"/packages/{blake[:2]}/{blake[2:4]}/{blake[4:]}/{filename}",
        sha256=digests["sha256"],
        size=written.stat().st_size,
        uploaded=dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")[:-6] + "Z",
        requires_python=parse_email(metadata)[0].get("requires_python"),
        metadata=hashlib.sha256(metadata).hexdigest() if filename.endswith(".whl") else False,
    ), metadata


def rejection(request: Request, error: Rejected) -> Response:
    """The index's refusal in the form that the client asks for: JSON, plain text or HTML."""
    title = f"{error.status} {error.text}"
    accept = request.headers.get("accept", "")
    lead = LEADS.get(error.status, REASONS.get(error.status, ""))
    if "json" in accept:
        message = f"{lead}\n\n\n{error.text}\n\n"
        return JSONResponse({"message": message, "code": title, "title": error.text}, error.status)
    if "text/html" in accept or "*/*" in accept or not accept:
        shown = escape(title)
        body = (
            f"<html>\n <head>\n  <title>{shown}</title>\n </head>\n <body>\n  <h1>{shown}</h1>\n"
            f"  {lead}<br/><br/>\n{escape(error.text)}\n\n\n </body>\n</html>"
        )
        return HTMLResponse(body, error.status)
    return PlainTextResponse(f"{title}\n\n{lead}\n\n\n{error.text}\n\n", error.status)
