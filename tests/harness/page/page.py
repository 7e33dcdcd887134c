"""A page: one Markdown file under docs/, its front matter, its blocks and the scenarios that run through them."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.utils import meta
from proof import contract
from proof.contract import KEYS

from harness.machine.needs import NEEDS
from harness.page import days
from harness.page.block import Block
from harness.page.markup import Markup
from harness.page.rendering import Link
from harness.page.scenario import Scenario, scenarios
from harness.problem import Problem
from harness.project import Project

TIMEOUT = 120.0
BEGIN = re.compile(r"---[ \t]*\n")  # of front matter, as MkDocs takes it


@dataclass
class Page:
    """One page. ``path`` is the file, ``name`` its path in the project (``docs/pip/install.md``)."""

    project: Project
    path: Path
    name: str
    front: dict[str, Any]
    blocks: list[Block] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @classmethod
    def read(cls, project: Project, path: Path, markup: Markup) -> Page:
        """Read a page; ``harness.kinds.table.read_page`` checks its blocks as well.

        Raises Problem with ``page:line`` for front matter and a text that can't be run as they stand.
        """
        name = project.relative(path)
        if not path.resolve().is_relative_to(project.root.resolve()):
            raise Problem(name, f"a link to {os.path.realpath(path)!r}", "a file of the project", "copy it")
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Problem(name, f"byte {error.start} is not UTF-8", "a UTF-8 text") from None
        body, data = meta.get_data(text)
        if BEGIN.match(text) and not data:
            raise Problem(f"{name}:1", "front matter that is not a YAML mapping", "key: value lines between --- lines")
        offset = text.count("\n") - body.count("\n")
        front = {k: v.isoformat() if type(v) is dt.date else v for k, v in data.items() if k in KEYS}
        page = cls(project, path, name, front)
        page._check_front(data)
        page.blocks, tabs, page.links = markup.read(name, body, offset)
        page.scenarios = scenarios(name, page.blocks, tabs)
        page._check_recipes()
        days.check(page)
        if not page.blocks and page.front.get("blocks") != "none":
            raise Problem(
                f"{name}:1",
                "a page without a code block",
                "at least one",
                "a page of prose alone says `blocks: none` in its front matter",
            )
        if page.blocks and page.front.get("blocks") == "none":
            raise Problem(page.blocks[0].where, "a block on a page that says `blocks: none`", "no blocks")
        return page

    def _check_front(self, data: dict[str, Any]) -> None:
        where = f"{self.name}:1"
        site = {"title", "description", "hide", "template", "status", "icon", "search", "moved_from", "asked"}
        for key in data:
            if key not in KEYS and key not in site:
                known = "; ".join(f"{k}: {v}" for k, v in KEYS.items())
                raise Problem(where, f"unknown front-matter key {key!r}", f"one of {', '.join(KEYS)}", known)
        for key in ("python", "tools", "needs"):
            value = self.front.get(key, [])
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise Problem(where, f"{key}: {value!r}", KEYS[key] + ' (quote versions: "3.10" is not 3.10)')
        oldest = self.front.get("requires", {})
        if not isinstance(oldest, dict) or not all(isinstance(part, str) for pair in oldest.items() for part in pair):
            raise Problem(where, f"requires: {oldest!r}", KEYS["requires"] + " (quote versions: 26.10 is 26.1)")
        for need in self.front.get("needs", []):
            if need not in NEEDS:
                raise Problem(where, f"needs: {need!r}", "one of " + ", ".join(NEEDS))
        if self.front.get("blocks", "none") != "none":
            raise Problem(where, f"blocks: {self.front['blocks']!r}", KEYS["blocks"])
        if not isinstance(self.timeout, int | float) or not 0 < self.timeout <= 3600:
            raise Problem(where, f"timeout: {self.timeout!r}", "seconds from 1 to 3600")
        named = self.front.get("recipe", "")
        names = [*named, *named.values()] if isinstance(named, dict) else [named]
        if not all(isinstance(name, str) for name in names):
            raise Problem(where, f"recipe: {named!r}", KEYS["recipe"])
        for name in contract.recipes(self.front):
            folder = self.project.recipes / name
            if self.project.recipes.resolve() not in folder.resolve().parents or not folder.is_dir():
                raise Problem(where, f"recipe: {name!r} is no folder below recipes/", KEYS["recipe"])

    @property
    def timeout(self) -> float:
        """Seconds that one command may take."""
        value: float = self.front.get("timeout", TIMEOUT)
        return value

    @property
    def day(self) -> dt.date | None:
        """The day on which the page begins, None where it stays at the world's date."""
        return dt.date.fromisoformat(self.front["day"]) if "day" in self.front else None

    @property
    def recipes(self) -> list[Path]:
        """The folders from which the page's scenarios start."""
        return [self.project.recipes / name for name in contract.recipes(self.front)]

    def recipe(self, scenario: Scenario) -> Path | None:
        """The folder from which this scenario starts."""
        named = self.front.get("recipe")
        name = next(named[label] for label in scenario.chosen if label in named) if isinstance(named, dict) else named
        return self.project.recipes / name if name else None

    def _check_recipes(self) -> None:
        """Where each tab has a recipe of its own, each way goes through exactly one such tab."""
        named = self.front.get("recipe")
        if isinstance(named, dict):
            for scenario in self.scenarios:
                if sum(label in named for label in scenario.chosen) != 1:
                    found = f"recipe: {', '.join(named)}, and a way through {scenario.label or 'no tab'}"
                    raise Problem(f"{self.name}:1", found, "one recipe for each way")
            if unknown := named.keys() - {label for one in self.scenarios for label in one.chosen}:
                raise Problem(f"{self.name}:1", f"recipe: no tab {', '.join(sorted(unknown))}", KEYS["recipe"])
