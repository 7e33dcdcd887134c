"""A recipe: a folder below recipes/ that a page starts from and a reader copies."""

from __future__ import annotations

import shutil
from pathlib import Path

from proof import contract


def digests(folder: Path, root: Path) -> dict[str, str]:
    """Path below ``root`` (with slashes) -> SHA-256 of every file of the recipe."""
    return contract.digests(contract.recipe_files(folder), root)


def copy(folder: Path, target: Path) -> None:
    """Copy the recipe's own files to ``target``, which comes into being."""
    target.mkdir(parents=True, exist_ok=True)
    for path in contract.recipe_files(folder):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
