"""What the process that warm.py forks from imports and finds out, before anything is asked of it."""

from __future__ import annotations

import pytest
from harness.kinds import table
from harness.machine.pythons import find_interpreters
from harness.page import markup, rewrite
from harness.project import ROOT, Project
from harness.run import campaign

# what the pytest plugin imports; pytest wants to import the plugin itself
IMPORTED = (campaign, markup, rewrite, table)


def forget() -> None:
    """Find out again what this process found with another PATH or home."""
    find_interpreters.cache_clear()


def main(arguments: list[str]) -> int:
    return int(pytest.main(arguments))


find_interpreters()
markup.Markup(*Project(ROOT).markdown)  # the theme and the extensions
