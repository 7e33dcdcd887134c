"""The project: its folders, its site configuration and the one date that freezes its world."""

from __future__ import annotations

import datetime as dt
import logging.handlers
import os
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.problem import Problem

ROOT = Path(__file__).resolve().parents[2]  # the checkout that this code is part of


@dataclass(frozen=True)
class Project:
    """A checkout of a guide.

    ``root`` holds ``mkdocs.yml``, ``docs/``, ``recipes/`` and ``pyproject.toml``.
    ``work`` is the one folder that runs write to; GUIDE_WORK moves it (a read-only checkout needs that).
    """

    root: Path

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    @property
    def recipes(self) -> Path:
        return self.root / "recipes"

    @property
    def work(self) -> Path:
        named = os.environ.get("GUIDE_WORK")
        return Path(named).absolute() if named else self.root / ".work"

    @property
    def locks(self) -> Path:
        return self.root / "tests" / "locks"

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The table ``[tool.guide]`` of pyproject.toml."""
        path = self.root / "pyproject.toml"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Problem("pyproject.toml", "no such file", "the project's pyproject.toml with [tool.guide]") from None
        except tomllib.TOMLDecodeError as error:
            raise Problem("pyproject.toml", f"not TOML ({error})", "a TOML file with [tool.guide]") from None
        return data.get("tool", {}).get("guide", {})

    @cached_property
    def date(self) -> dt.date:
        """The world's date: the world holds what was uploaded to PyPI before 00:00 UTC of this day."""
        variable = os.environ.get("GUIDE_DATE")
        named = variable or self.settings.get("date")
        where = "GUIDE_DATE" if variable else "pyproject.toml"
        try:
            date = named if isinstance(named, dt.date) else dt.date.fromisoformat(str(named))
        except ValueError:
            found = f"the day {named!r}" if variable else f"date = {named!r} in [tool.guide]"
            raise Problem(where, found, "a day such as 2026-11-20") from None
        if date > dt.datetime.now(dt.UTC).date():
            raise Problem(where, f"the world's date {date} is in the future", "today or earlier")
        return date

    @cached_property
    def markdown(self) -> tuple[list[Any], dict[str, Any]]:
        """``markdown_extensions`` and their configuration, as MkDocs itself reads them from mkdocs.yml."""
        from mkdocs.config import load_config
        from mkdocs.exceptions import MkDocsException

        os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
        path = self.root / "mkdocs.yml"
        if not path.exists():
            raise Problem("mkdocs.yml", "no such file", "the site's configuration beside docs/")
        heard = logging.handlers.BufferingHandler(100)
        logging.getLogger("mkdocs").addHandler(heard)
        try:
            config = load_config(str(path))
        except MkDocsException as error:
            reasons = "; ".join(r.getMessage() for r in heard.buffer if r.levelno >= logging.ERROR) or str(error)
            raise Problem("mkdocs.yml", reasons, "a configuration that MkDocs takes") from None
        finally:
            logging.getLogger("mkdocs").removeHandler(heard)
        return list(config["markdown_extensions"]), dict(config["mdx_configs"])

    def pages(self, names: list[str]) -> list[Path]:
        """The pages with these names (``docs/pip/install.md``), all in the order of their paths where none is named.

        Raises Problem where there is no page of that name.
        """
        for name in names:
            if not (self.root / name).is_file():
                raise Problem(name, "no such page", "the path of one, such as docs/pip/install.md")
        return [self.root / name for name in names] or sorted(self.docs.rglob("*.md"))

    def relative(self, path: Path) -> str:
        """``path`` as the project's messages name it: below the root, with slashes."""
        return path.absolute().relative_to(self.root.absolute()).as_posix()
