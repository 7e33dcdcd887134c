"""A recipe as an archive to download, the same bytes on every machine."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from .contract import executable, recipe_files

DATE = (1980, 1, 1, 0, 0, 0)  # the first that the format knows; a checkout's dates say nothing of the files


def archive(folder: Path) -> bytes:
    """A zip of the recipe's own files below its name, in the order of their paths, with the modes of a checkout.

    They are stored as they are: what a compressor writes depends on its version, and a recipe has a few kB.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as target:
        for path in recipe_files(folder):
            content = path.read_bytes()
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", DATE)
            entry.create_system = 3  # Unix, whose modes follow
            entry.external_attr = (0o100755 if executable(path, content) else 0o100644) << 16
            target.writestr(entry, content)
    return written.getvalue()


def sizes(zipped: bytes) -> dict[str, int]:
    """Path in the archive -> bytes."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as source:
        return {entry.filename: entry.file_size for entry in source.infolist()}
