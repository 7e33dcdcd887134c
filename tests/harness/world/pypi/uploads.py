"""What PyPI demands of an upload, in PyPI's order and words.

Source: warehouse/forklift/legacy.py in https://github.com/pypi/warehouse at 6b62157, from line 621 on. Here a project
may be of any size, and no file was ever deleted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from packaging.metadata import Metadata
from packaging.utils import canonicalize_name
from packaging.version import Version
from starlette.datastructures import FormData, UploadFile

from harness.world.index.shelf import Shelf
from harness.world.index.simple import File
from harness.world.index.upload import Received, Rejected
from harness.world.pypi import archives, fields, filenames, readme

LIMIT = 100  # MiB of a file
OPEN = dt.timedelta(days=14)  # for so long a release takes further files


@dataclass(frozen=True)
class Demands:
    """A judge (harness.world.index.upload.Judge) of uploads to ``shelf`` at ``now``.

    ``host`` is PyPI's name, and ``see`` leads to a part of its help. ``allow`` is asked for the project's name as the
    metadata spells it, and ``attest`` gets the attestations of a file; both raise Rejected.
    """

    host: str
    shelf: Shelf
    now: dt.datetime
    allow: Callable[[str], Awaitable[None]]
    attest: Callable[[str, File], Awaitable[None]]
    see: Callable[[str], str]

    async def form(self, form: FormData, content: UploadFile) -> Metadata:
        metadata = fields.stated(form)
        await self.allow(metadata.name)
        await readme.judge(metadata, self.see("description-content-type"))
        filenames.allow(str(content.filename), str(form["filetype"]))
        if (content.content_type or "").startswith("image/"):
            raise Rejected(400, "Invalid distribution file.")
        if (content.size or 0) > LIMIT << 20:
            where = f"https://docs.{self.host}/project-management/storage-limits#requesting-a-file-size-limit-increase"
            text = f"Limit for project {metadata.name!r} is {LIMIT} MB. See {where} for more information."
            raise Rejected(400, f"File too large. {text}")
        return metadata

    def known(self, received: Received) -> bool:
        digest = received.digests["blake2b"]
        other = self.shelf.named(received.filename) or self.shelf.holding(received.digests["sha256"])
        if other and (other.filename, other.sha256) != (received.filename, received.digests["sha256"]):
            text = f"File already exists ({received.filename!r}, with blake2_256 hash {digest!r})."
            raise Rejected(400, f"{text} {self.see('file-name-reuse')}")
        return other is not None

    def file(self, received: Received, metadata: Metadata) -> None:
        path, filename = received.path, received.filename
        release, licences = self._release(metadata), metadata.license_files or []
        moments = [dt.datetime.fromisoformat(file.uploaded) for file in release if file.uploaded]
        if moments and min(moments) < self.now - OPEN:
            raise Rejected(400, f"Uploading new files to releases older than {OPEN.days} days is not allowed.")
        wheel = filename.endswith(".whl")
        if not wheel and not all(file.wheel for file in release):
            raise Rejected(400, "Only one sdist may be uploaded per release.")
        archives.judge(path, filename, self.host)
        if wheel:
            filenames.wheel(filename, metadata)
            archives.content(path, filename, licences)
        else:
            filenames.source(filename, metadata)
            archives.source(path, filename, licences)

    async def beside(self, form: FormData, file: File) -> None:
        if "attestations" in form:
            await self.attest(str(form["attestations"]), file)

    def _release(self, metadata: Metadata) -> list[File]:
        """The files that the metadata's version has."""
        project = self.shelf.project(str(canonicalize_name(metadata.name)))
        versions = project.versions if project else {}
        return [file for version, files in versions.items() if Version(version) == metadata.version for file in files]
