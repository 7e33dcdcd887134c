"""Attestations (PEP 740): an upload's are verified as PyPI does it, and served with the file's provenance.

Of what others have uploaded, the world knows one provenance, which PyPI's own library carries as a test's data: that of
its release 0.0.19. Mirrors of PyPI don't pass on the others, and asking for one of them is an error.

Sources, in https://github.com/pypi/warehouse at 6b62157: warehouse/forklift/legacy.py (line 1629),
warehouse/attestations/services.py, warehouse/api/integrity.py, warehouse/packaging/utils.py (line 109).
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.world.host import Unavailable
from harness.world.index.negotiation import conditional
from harness.world.index.shelf import Shelf
from harness.world.index.simple import File, Project, version
from harness.world.index.upload import Rejected
from harness.world.pypi.accounts import Token
from harness.world.pypi.recording import Recording

CARRIER, PROJECT = "pypi_attestations-0.0.30.tar.gz", "pypi-attestations"
CARRIED = {"pypi_attestations-0.0.19.tar.gz": "pypi_attestations-0.0.30/test/assets/{}.provenance"}
INTEGRITY = "application/vnd.pypi.integrity.v1+json"
FORMS = {INTEGRITY: INTEGRITY, "*/*": INTEGRITY, "application/*": INTEGRITY, "application/json": "application/json"}
PATIENCE = 120  # seconds for a verification, which takes less than one on an idle machine


@dataclass
class Provenances:
    """Those of the files that one sandbox sees on the index ``index``; ``uploads`` has the documents of its own."""

    index: str
    shelf: Shelf
    recording: Recording | None
    uploads: dict[str, bytes] = field(default_factory=dict)

    def addresses(self, project: Project) -> dict[str, str | None]:
        """File name -> where its provenance is, None where it has none; without files of which that isn't known."""
        own = self.shelf.project(project.name)
        found: dict[str, str | None] = {file.filename: None for file in own.files} if own else {}
        for name in [*self.uploads, *self._known]:
            if any(file.filename == name for file in project.files):
                place = f"{project.name}/{version(name, project.name)}/{name}"
                found[name] = f"https://{self.index}/integrity/{place}/provenance"
        return found

    async def answer(self, request: Request, file: File) -> Response:
        """The file's provenance; raises Unavailable where the world doesn't know it."""
        wishes = [wish.partition(";")[0].strip().lower() for wish in request.headers.get("accept", "*/*").split(",")]
        kind = next((FORMS[wish] for wish in FORMS if wish in wishes), None)
        if kind is None:
            return JSONResponse({"message": "Request not acceptable"}, 406)
        own = self.shelf.find(file.path)
        document = self.uploads.get(file.filename) if own else await self._carried(file)
        if document is None:
            return JSONResponse({"message": f"No provenance available for {file.filename}"}, 404)
        return conditional(request, document, kind, "max-age=600, public")

    async def take(self, token: Token, text: str, file: File, folder: Path) -> None:
        """Keep what came with an upload as its provenance; raises Rejected. ``folder`` is the sandbox's own."""
        if not token.publisher:
            raise refused("Attestations are only supported when using Trusted Publishing")
        asked = {"attestations": text, "publisher": token.publisher, "filename": file.filename, "sha256": file.sha256}
        answer = json.loads(await asyncio.to_thread(_verify, json.dumps(asked), folder))
        if "refused" in answer:
            raise refused(answer["refused"])
        self.uploads[file.filename] = json.dumps(answer["provenance"]).encode()

    @property
    def _known(self) -> Collection[str]:
        return CARRIED if self.recording else ()

    async def _carried(self, file: File) -> bytes:
        if file.filename not in self._known:
            raise Unavailable(
                f"the provenance of {file.filename} isn't known in the guide's world, which has that of "
                f"{' and '.join(CARRIED)} and of what is uploaded"
            )
        assert self.recording
        project = await self.recording.project(PROJECT, self.recording.date)
        carrier = next((file for file in project.files if file.filename == CARRIER), None) if project else None
        if carrier is None:
            raise Unavailable(
                f"PyPI as it was recorded has no {CARRIER}, which holds the provenance of {file.filename}"
            )
        path = await self.recording.whole(carrier)
        return await asyncio.to_thread(_extract, path, CARRIED[file.filename].format(file.filename))


def refused(why: str) -> Rejected:
    return Rejected(400, f"Invalid attestations supplied during upload: {why}")


def _extract(archive: Path, member: str) -> bytes:
    with tarfile.open(archive) as opened:
        found = opened.extractfile(member)
        assert found, f"{archive}: {member} is no file"
        return found.read()


def _verify(asked: str, folder: Path) -> bytes:
    """What harness.world.pypi.signed says; the copy of Sigstore's roots that it writes goes to ``folder``."""
    places = {name: str(folder / "sigstore") for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
    command = [sys.executable, "-m", "harness.world.pypi.signed"]
    done = subprocess.run(
        command,
        input=asked.encode(),
        stdout=subprocess.PIPE,
        env={**os.environ, **places},
        timeout=PATIENCE,
        check=True,
    )
    return done.stdout
