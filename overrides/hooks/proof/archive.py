"""A recipe as archives to download, the same bytes on every machine: one to click on, one for a command."""

from __future__ import annotations

import datetime as dt
import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .contract import executable, recipe_files

# A checkout's dates say nothing of the files. A zip knows none before 1980 and no time zone: a day later, its files
# are young enough for a wheel in each of them.
DATE = dt.datetime(1980, 1, 2, tzinfo=dt.UTC)
NONE: Mapping[str, str] = {}


def archive(folder: Path, locks: Mapping[str, str] = NONE) -> bytes:
    """A zip of the recipe's own files below its name, in the order of their paths, with the modes of a checkout.

    Behind them are ``locks``, by name, which a run made.
    They are stored as they are: what a compressor writes depends on its version, and a recipe has a few kB.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as target:
        for name, content, mode in _entries(folder, locks):
            entry = zipfile.ZipInfo(name, DATE.timetuple()[:6])
            entry.create_system = 3  # Unix, whose modes follow
            entry.external_attr = (0o100000 | mode) << 16
            target.writestr(entry, content)
    return written.getvalue()


def tarred(folder: Path, locks: Mapping[str, str] = NONE) -> bytes:
    """The same as a tar, which Debian and macOS unpack with what each installation of theirs has."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as target:
        for name, content, mode in _entries(folder, locks):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), mode, int(DATE.timestamp())
            target.addfile(entry, io.BytesIO(content))
    return written.getvalue()


def _entries(folder: Path, locks: Mapping[str, str]) -> Iterator[tuple[str, bytes, int]]:
    """Name, contents and mode of each file."""
    for path in recipe_files(folder):
        content = path.read_bytes()
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        yield name, content, 0o755 if executable(path, content) else 0o644
    for lock, text in sorted(locks.items()):
        yield f"{folder.name}/{lock}", text.encode(), 0o644


def sizes(zipped: bytes) -> dict[str, int]:
    """Path in the archive -> bytes."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as source:
        return {entry.filename: entry.file_size for entry in source.infolist()}
