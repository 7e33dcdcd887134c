"""The cache on disk: what was recorded, checked whenever it is read, replaced in one step when it is written.

``pages/`` (a folder for each index that was asked) and ``metadata/`` hold small entries, each behind a line with its
SHA-256; ``files/`` holds what the file host serves, checked against the index page's SHA-256; ``partial/`` holds what
is still being written.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import os
import time
from pathlib import Path

ABANDONED = 600  # seconds without a write after which a partial file belongs to no living download


class Store:
    """The cache below ``root``; several processes may share it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.partials = root / "partial"
        self.partials.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count()
        self._intact: dict[Path, tuple[int, int, str]] = {}
        for left in self.partials.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process's download that has just been kept
                if time.time() - left.stat().st_mtime > ABANDONED:
                    left.unlink()

    def sort(self, kind: str, key: str) -> None:
        """Move entries that lie directly in the folder of their kind, as they once did, into its folder ``key``."""
        folder = self.root / kind
        if not folder.is_dir():
            return
        (folder / key).mkdir(exist_ok=True)
        for entry in folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process is at it as well
                if entry.is_file():
                    entry.replace(folder / key / entry.name)

    def read(self, kind: str, key: str) -> bytes | None:
        """The entry's bytes, None where there is none or it is damaged."""
        try:
            check, _, body = (self.root / kind / key).read_bytes().partition(b"\n")
        except (FileNotFoundError, NotADirectoryError):
            return None
        return body if check == hashlib.sha256(body).hexdigest().encode() else None

    def write(self, kind: str, key: str, body: bytes) -> None:
        partial = self.partial()
        partial.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        self.keep(partial, self.root / kind / key)

    def partial(self) -> Path:
        """A fresh name on the same file system, so that keeping it is one rename."""
        return self.partials / f"{os.getpid()}-{time.time_ns()}-{next(self._numbers)}"

    def keep(self, partial: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(partial, path)

    def path(self, file: str) -> Path:
        """Where the file host's ``file`` is kept."""
        return self.root / "files" / file.removeprefix("/packages/")

    async def intact(self, path: Path, sha256: str, size: int | None) -> bool:
        """Whether ``path`` holds exactly the file of that digest; read once for each state of the file."""
        try:
            stat = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        if size is not None and stat.st_size != size:
            return False
        state = stat.st_mtime_ns, stat.st_size, sha256
        if self._intact.get(path) != state:
            if await asyncio.to_thread(_digest, path) != sha256:
                return False
            self._intact[path] = state
        return True


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
