"""The upload protocol of PyPI's legacy API, as Twine, uv and Poetry speak it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Protocol

from packaging.metadata import Metadata, parse_email
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from harness.world.index.metadata import NoMetadata, extract
from harness.world.index.shelf import Shelf
from harness.world.index.simple import File
from harness.world.status import Status

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


@dataclass(frozen=True)
class Received:
    """An uploaded file, written to ``path``; ``digests`` by the names in DIGESTS' values."""

    filename: str
    path: Path
    digests: dict[str, str]


class Judge(Protocol):
    """What an index demands of uploads; its methods raise Rejected."""

    async def form(self, form: FormData, content: UploadFile) -> Metadata:
        """Judge what is known before the file is read; the metadata that the form states."""

    def known(self, received: Received) -> bool:
        """Whether the index has this very file already and says nothing against it."""

    def file(self, received: Received, metadata: Metadata) -> None:
        """Judge a file that is new."""

    async def beside(self, form: FormData, file: File) -> None:
        """Judge, and keep, what the form has beside the file."""


async def receive(request: Request, shelf: Shelf, judge: Judge, now: dt.datetime) -> str:
    """Take one file, uploaded ``now``; returns its project's normalised name. Raises Rejected."""
    async with request.form(max_files=4, max_part_size=FIELD_LIMIT) as form:
        content = form.get("content")
        if form.get(":action") != "file_upload" or not isinstance(content, UploadFile) or not content.filename:
            raise Rejected(400, "Invalid value for :action, or no content: expected a file upload.")
        metadata = await judge.form(form, content)
        project = str(canonicalize_name(metadata.name))
        written = shelf.fresh()
        try:
            received = Received(content.filename, written, await _write(content, written))
            for name, algorithm in DIGESTS.items():
                if form.get(name) and str(form[name]).lower() != received.digests[algorithm]:
                    why = "The digest supplied does not match a digest calculated from the uploaded file."
                    raise Rejected(400, why)
            async with shelf.lock:  # of two uploads at once the second finds the first
                if not judge.known(received):
                    judge.file(received, metadata)
                    file, described = _file(received, now)
                    await judge.beside(form, file)
                    shelf.add(project, file, described, written)
        finally:
            written.unlink(missing_ok=True)
    return project


@dataclass(frozen=True)
class Plain:
    """A judge that lets pass what fits together and isn't on ``shelf``; ``again`` is said of what is, with {name}."""

    shelf: Shelf
    again: str

    async def form(self, form: FormData, content: UploadFile) -> Metadata:
        return _agreed(str(content.filename), form)

    def known(self, received: Received) -> bool:
        if self.shelf.named(received.filename):
            raise Rejected(400, self.again.format(name=repr(received.filename)))
        return False

    def file(self, received: Received, metadata: Metadata) -> None:
        """Its content is the uploader's business."""

    async def beside(self, form: FormData, file: File) -> None:
        """Attestations are passed over."""


async def _write(content: UploadFile, path: Path) -> dict[str, str]:
    blake = hashlib.blake2b(digest_size=32)
    hashes: dict[str, Any] = {"md5": hashlib.md5(usedforsecurity=False), "sha256": hashlib.sha256(), "blake2b": blake}
    with path.open("wb") as file:
        while piece := await content.read(1 << 18):
            file.write(piece)
            for value in hashes.values():
                value.update(piece)
    return {name: value.hexdigest() for name, value in hashes.items()}


def _agreed(filename: str, form: FormData) -> Metadata:
    """Name and version, where the file's name and the form's fields say the same."""
    try:
        if filename.endswith(".whl"):
            name, version = parse_wheel_filename(filename)[:2]
        elif filename.endswith((".tar.gz", ".zip")):
            name, version = parse_sdist_filename(filename)
        else:
            raise Rejected(400, "Invalid file extension: Use .tar.gz, .whl or .zip extension.")
        stated = Metadata.from_raw(
            {"metadata_version": "1.0", "name": str(form.get("name", "")), "version": str(form.get("version", ""))}
        )
    except (ValueError, ExceptionGroup) as error:
        raise Rejected(400, f"Invalid distribution filename: {error}") from None
    if (canonicalize_name(stated.name), stated.version) != (name, version):
        raise Rejected(400, f"Filename {filename!r} doesn't belong to {stated.name} {stated.version}.")
    return stated


def _file(received: Received, now: dt.datetime) -> tuple[File, bytes]:
    filename, digests = received.filename, received.digests
    try:
        metadata = extract(received.path, filename)
    except NoMetadata as error:
        raise Rejected(400, f"Invalid distribution file. {error}") from None
    blake = digests["blake2b"]
    return File(
        filename=filename,
        path=f"/packages/{blake[:2]}/{blake[2:4]}/{blake[4:]}/{filename}",
        sha256=digests["sha256"],
        size=received.path.stat().st_size,
        uploaded=now.isoformat(timespec="microseconds")[:-6] + "Z",
        requires_python=parse_email(metadata)[0].get("requires_python"),
        metadata=hashlib.sha256(metadata).hexdigest() if filename.endswith(".whl") else False,
    ), metadata


def rejection(request: Request, error: Rejected, reason: bool = False) -> Response:
    """The index's refusal in the form that the client asks for: JSON, plain text or HTML.

    With ``reason`` the answer's first line has the text too.
    """
    status = Status.because(error.status, error.text) if reason else error.status
    title = f"{error.status} {error.text}"
    accept = request.headers.get("accept", "")
    lead = LEADS.get(error.status, REASONS.get(error.status, ""))
    if "json" in accept:
        message = f"{lead}\n\n\n{error.text}\n\n"
        return JSONResponse({"message": message, "code": title, "title": error.text}, status)
    if "text/html" in accept or "*/*" in accept or not accept:
        shown = escape(title)
        body = (
            f"<html>\n <head>\n  <title>{shown}</title>\n </head>\n <body>\n  <h1>{shown}</h1>\n"
            f"  {lead}<br/><br/>\n{escape(error.text)}\n\n\n </body>\n</html>"
        )
        return HTMLResponse(body, status)
    return PlainTextResponse(f"{title}\n\n{lead}\n\n\n{error.text}\n\n", status)
