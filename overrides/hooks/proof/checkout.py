"""What a proof depends on besides the shown text: locks, the world's date, recipe files, front matter."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .contract import KEYS, digests, lock_files, recipe_files, recipes
from .record import Page, Run


@dataclass(frozen=True)
class Checkout:
    """The project as it is now; ``root`` holds pyproject.toml, recipes/ and tests/locks/."""

    root: Path

    @cached_property
    def locks(self) -> dict[str, str]:
        """SHA-256 by path of the locks that could change an outcome."""
        return digests(lock_files(self.root), self.root)

    @cached_property
    def date(self) -> str:
        """``date`` of ``[tool.guide]`` as an ISO date, empty where pyproject.toml doesn't say."""
        try:
            data = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ""
        return str(data.get("tool", {}).get("guide", {}).get("date", ""))

    def changed(self, run: Run) -> str:
        """Why ``run`` proves nothing any more, empty where nothing stands against it."""
        if dict(run.locks) != self.locks:
            return "the tools' locked versions changed since it last ran"
        if run.world != self.date:
            return "the date of the package index moved since it last ran"
        return ""

    def page_changed(self, page: Page, meta: Mapping[str, Any]) -> str:
        """Why no block of this page is proven any more: front matter (``meta`` is today's) or recipe files."""
        front = json.loads(json.dumps({key: meta[key] for key in KEYS if key in meta}, default=str))
        if front != page.front:
            return "the page's settings changed since it last ran"
        if dict(page.files) != self._files(recipes(front), page.files):
            return "the page's recipe changed since it last ran"
        return ""

    def _files(self, named: Iterable[str], recorded: Iterable[str]) -> dict[str, str]:
        """Today's digests of all files of the ``named`` recipes and of what else was ``recorded`` and still exists."""
        paths = {self.root / name for name in recorded}
        for name in named:
            paths.update(recipe_files(self.root / "recipes" / name))
        return digests((path for path in paths if path.is_file()), self.root)
