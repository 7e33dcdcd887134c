"""A recipe: a folder below recipes/ that a page starts from and a reader copies."""

from __future__ import annotations

import os
from pathlib import Path

from proof import contract

from harness.problem import Problem


def check(folder: Path) -> None:
    """Raise Problem for a link that leads out of the recipe, to a folder or to nothing.

    What a page shows and what a reader copies is in the recipe, never a file of the machine.
    """
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if not path.is_symlink() or any(contract.left_behind(part) for part in parts):
            continue
        if not path.is_file() or folder.resolve() not in path.resolve().parents:
            where = "/".join(("recipes", folder.name, *parts))
            raise Problem(where, f"a link to {os.readlink(path)!r}", "a file, or a link to one of this recipe")


def digests(folder: Path, root: Path) -> dict[str, str]:
    """Path below ``root`` (with slashes) -> the contract's digest of every file of the recipe."""
    return contract.digests(contract.recipe_files(folder), root)


def copy(folder: Path, target: Path) -> None:
    """Copy the recipe's own files to ``target``, which comes into being, with the modes that git gives a checkout."""
    check(folder)
    target.mkdir(parents=True, exist_ok=True)
    made = {target}
    for path in contract.recipe_files(folder):
        place, content = target / path.relative_to(folder), path.read_bytes()
        place.parent.mkdir(parents=True, exist_ok=True)
        made.update(parent for parent in place.parents if target in parent.parents)
        place.write_bytes(content)
        place.chmod(0o755 if contract.executable(path, content) else 0o644)
    for parent in made:
        parent.chmod(0o755)
