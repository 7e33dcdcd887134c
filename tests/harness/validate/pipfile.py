"""Pipfile: TOML; any further table is a category of packages, so a misspelt one would be installed by nobody."""

from __future__ import annotations

import difflib
from typing import Any

from harness.validate import toml
from harness.validate.family import Family

TABLES = ("source", "packages", "dev-packages", "requires", "scripts", "pipenv", "pipfile")  # Pipenv's manual


def errors(data: dict[str, Any]) -> list[str]:
    found = []
    for table in data.keys() - set(TABLES):
        if close := difflib.get_close_matches(table, TABLES, 1, 0.85):
            found.append(f"[{table}] would be a category of its own; expected [{close[0]}]")
    return sorted(found)


FAMILY = Family(r"(.*/)?Pipfile", toml.checked(errors))
