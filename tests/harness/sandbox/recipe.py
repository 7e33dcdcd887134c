"""A recipe: a folder below recipes/ that a page starts from and a reader copies."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

LEFTOVERS = {
    ".venv",
    "venv",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    ".mypy_cache",
    "build",
    "dist",
    "node_modules",
    "uv.lock",
    "pylock.toml",
    "Pipfile.lock",
    "pdm.lock",
    "poetry.lock",
    ".pdm-python",
    ".git",
}


def files(folder: Path) -> Iterator[Path]:
    """The recipe's own files in a fixed order, without what a run leaves behind."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part in LEFTOVERS or part.endswith(".egg-info") for part in parts):
            yield path


def digests(folder: Path, root: Path) -> dict[str, str]:
    """Path below ``root`` (with slashes) -> SHA-256 of every file of the recipe."""
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files(folder)}


def copy(folder: Path, target: Path) -> None:
    """Copy the recipe's own files to ``target``, which comes into being."""
    target.mkdir(parents=True, exist_ok=True)
    for path in files(folder):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
