"""What one sandbox uploaded to one index."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

from harness.world.index.simple import File, Project


class Shelf:
    """Uploaded files, below ``folder``; gone with the sandbox.

    Look whether a file is there, and add it, while you hold ``lock``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.lock = folder, asyncio.Lock()
        self._files: dict[str, list[File]] = {}
        self._metadata: dict[str, bytes] = {}
        self._numbers = itertools.count()

    @property
    def names(self) -> list[str]:
        return sorted(self._files)

    def project(self, name: str) -> Project | None:
        """The project of that normalised name."""
        return Project(name, list(self._files[name])) if name in self._files else None

    def find(self, path: str) -> File | None:
        return next((file for files in self._files.values() for file in files if file.path == path), None)

    def named(self, filename: str) -> File | None:
        return next((file for files in self._files.values() for file in files if file.filename == filename), None)

    def holding(self, sha256: str) -> File | None:
        """The file of that digest."""
        return next((file for files in self._files.values() for file in files if file.sha256 == sha256), None)

    def metadata(self, file: File) -> bytes:
        return self._metadata[file.path]

    def disk(self, file: File) -> Path:
        return self.folder / file.sha256

    def fresh(self) -> Path:
        """Where an upload is written to before it is checked."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"incoming-{next(self._numbers)}"

    def add(self, name: str, file: File, metadata: bytes, written: Path) -> None:
        """Put the file written at ``written`` on the shelf."""
        written.replace(self.disk(file))
        self._files.setdefault(name, []).append(file)
        self._metadata[file.path] = metadata
