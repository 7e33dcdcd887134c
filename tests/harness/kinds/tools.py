"""The tools that a page's front matter names: readers see their versions and which they need, so the page runs them."""

from __future__ import annotations

import re

from packaging.version import InvalidVersion, Version

from harness.kinds.console import CONSOLE
from harness.kinds.listing import LISTING
from harness.machine.toolchain import COMMANDS, Toolchain
from harness.page.block import Block
from harness.page.page import Page
from harness.problem import Problem


def check(page: Page) -> None:
    """Raise Problem for a tool that there is not, and for one that no block of ``page`` runs or hands to another.

    Also for a minimum version that isn't one (PEP 440), is of another tool, or is above the version that the page runs.
    """
    text = "\n".join(_said(block) for block in page.blocks)
    for tool in page.front.get("tools", []):
        if tool not in COMMANDS:
            raise Problem(f"{page.name}:1", f"tools: {tool!r}", "one of " + ", ".join(COMMANDS))
        # `uv pip` is a part of uv, not pip
        words = "|".join(map(re.escape, (tool, *COMMANDS[tool])))
        if not re.search(rf"(?<!\buv )(?<![\w-])({words})(?![\w-])", text):
            raise Problem(
                f"{page.name}:1",
                f"tools: {tool!r}, which no block of the page runs",
                "the tools whose versions matter to what the page shows",
            )
    for tool, oldest in page.front.get("requires", {}).items():
        _require(page, tool, oldest)


def _require(page: Page, tool: str, oldest: str) -> None:
    found = f"requires: {{{tool}: {oldest!r}}}"
    if tool not in page.front.get("tools", []):
        raise Problem(f"{page.name}:1", found, "a tool that the page's `tools` lists")
    there = Toolchain(page.project).version(tool)
    try:
        above = Version(oldest) > Version(there)
    except InvalidVersion:
        raise Problem(f"{page.name}:1", found, 'a version, such as "26.2"') from None
    if above:
        raise Problem(f"{page.name}:1", found, f"a version up to {there}, which the page runs with")


def _said(block: Block) -> str:
    """What of ``block`` may run a tool: its commands, or its text where it isn't a file that a tool made."""
    if CONSOLE.matches(block):
        return "\n".join(line for line in block.text.split("\n") if line.startswith(("$ ", "> ")))
    return "" if LISTING.matches(block) else block.text
