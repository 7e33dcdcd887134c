"""What a proof depends on besides the shown text: locks, the world's date, recipe files, front matter."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .record import Page, Record

# Both are the harness's, which the site never imports; tests/test_site_proofs.py holds them equal.
KEYS = {"recipe", "python", "tools", "needs", "timeout", "blocks"}  # the front-matter keys that steer a run
LEFTOVERS = {
    ".git",
    ".mypy_cache",
    ".pdm-python",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "Pipfile.lock",
    "__pycache__",
    "build",
    "dist",
    "node_modules",
    "pdm.lock",
    "poetry.lock",
    "pylock.toml",
    "uv.lock",
    "venv",
}  # what a run leaves in a recipe's folder


@dataclass(frozen=True)
class Checkout:
    """The project as it is now; ``root`` holds pyproject.toml, recipes/ and tests/locks/."""

    root: Path

    @cached_property
    def locks(self) -> dict[str, str]:
        """SHA-256 of the toolchain's locks by path."""
        return self._digests(sorted((self.root / "tests" / "locks").glob("*.txt")))

    @cached_property
    def date(self) -> str:
        """``date`` of ``[tool.guide]`` as an ISO date, empty where pyproject.toml doesn't say."""
        try:
            data = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ""
        return str(data.get("tool", {}).get("guide", {}).get("date", ""))

    def changed(self, record: Record) -> str:
        """Why no block of ``record`` is proven any more, empty where nothing stands against it."""
        if dict(record.locks) != self.locks:
            return "the tools' locked versions changed since it last ran"
        if record.world != self.date:
            return "the date of the package index moved since it last ran"
        return ""

    def page_changed(self, page: Page, meta: Mapping[str, Any]) -> str:
        """Why no block of this page is proven any more: front matter (``meta`` is today's) or recipe files."""
        front = json.loads(json.dumps({key: meta[key] for key in KEYS if key in meta}, default=str))
        if front != page.front:
            return "the page's settings changed since it last ran"
        if dict(page.files) != self._files(front.get("recipe"), page.files):
            return "the page's recipe changed since it last ran"
        return ""

    def _files(self, recipe: str | None, recorded: Iterable[str]) -> dict[str, str]:
        """Today's digests of all files of ``recipe`` and of whatever else was ``recorded`` and still exists."""
        paths = {self.root / name for name in recorded}
        if recipe:
            folder = self.root / "recipes" / recipe
            paths.update(path for path in folder.rglob("*") if not _leftover(path.relative_to(folder)))
        return self._digests(path for path in paths if path.is_file())

    def _digests(self, paths: Iterable[Path]) -> dict[str, str]:
        return {path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _leftover(path: Path) -> bool:
    return any(part in LEFTOVERS or part.endswith(".egg-info") for part in path.parts)
