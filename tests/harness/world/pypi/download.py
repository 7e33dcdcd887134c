"""A file on its way from PyPI to the cache, which several sandboxes may read while it grows."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from harness.world.host import Unavailable
from harness.world.index.serving import PIECE


class Broken(Exception):
    """An answer after which another attempt may succeed."""


class Contradiction(Unavailable):
    """The file host hasn't got what the index page says."""


class Download:
    """One file that is being fetched.

    The last byte is kept back until the digest is verified, so that no client takes a damaged file for complete.
    ``total`` is its size in bytes, None until upstream says so; ``received`` is how much has come.
    """

    def __init__(self, url: str, what: str, partial: Path, sha256: str, total: int | None) -> None:
        self.url, self.what, self.path, self.sha256, self.total = url, what, partial, sha256, total
        self.received = 0
        self.started = asyncio.Event()
        self.error: Exception | None = None
        self._hash = hashlib.sha256()
        self._progress = asyncio.Event()
        self._ended = False
        partial.touch()

    async def fill(self, answer: httpx.Response) -> None:
        """Append the answer's body; raises Broken where it is shorter than announced."""
        length = answer.headers.get("content-length")
        if length is not None and "content-encoding" not in answer.headers:
            whole = self.received + int(length)
            if self.total is not None and whole != self.total:
                raise Broken(f"PyPI announces {whole} bytes where {self.total} were expected")
            self.total = whole
        self.started.set()
        with self.path.open("ab", buffering=0) as file:
            try:
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)
                    self._hash.update(chunk)
                    self.received += len(chunk)
                    self._tell()
            except httpx.TransportError as error:
                raise Broken(f"the download was truncated: {self.received} of {self.total} bytes came") from error

    def restart(self) -> None:
        """Begin from the start, where upstream can't go on from the middle; readers wait until it has caught up."""
        self.path.write_bytes(b"")
        self._hash, self.received = hashlib.sha256(), 0

    def verify(self) -> None:
        """Raise Contradiction unless what came is the file that the index page lists."""
        found = self._hash.hexdigest()
        if found != self.sha256:
            raise Contradiction(f"{self.what} came with SHA-256 {found}, and PyPI's index page says {self.sha256}")
        self.total = self.received

    def end(self, path: Path, error: Exception | None = None) -> None:
        """Let readers finish: from ``path``, or with ``error``."""
        self.path, self.error, self._ended = path, error, True
        self.started.set()
        self._tell()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file's bytes as they come; raises what ended the download early."""
        sent = 0
        while not (self._ended and sent == self.received):
            if self.error:
                raise self.error
            piece = self._piece(sent)
            if piece:
                sent += len(piece)
                yield piece
            else:
                await self._progress.wait()

    def _piece(self, start: int) -> bytes:
        safe = self.received if self._ended else self.received - 1
        if safe <= start:
            return b""
        with self.path.open("rb") as file:  # opened each time: Windows can't rename a file that is open
            file.seek(start)
            return file.read(min(PIECE, safe - start))

    def _tell(self) -> None:
        self._progress.set()
        self._progress = asyncio.Event()
