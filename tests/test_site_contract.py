"""Harness and site see the same: every block of every page has one digest and one list of commands on both sides."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import ROOT
from harness.kinds.console import CONSOLE
from harness.page.page import Page
from harness.page.prompts import parse
from proof import contract
from proof.rendered import blocks

AGAIN = re.compile(r'<div class="again".*?<p class="again-from">.*?</p>\s*</div>', re.DOTALL)
PAGES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("name", PAGES)
def test_the_digests_of_a_page_are_the_same_on_both_sides(name: str, read: Callable[[str], Page], site: Path) -> None:
    page = read(name)
    place = name.removesuffix(".md").removesuffix("index").rstrip("/")
    html = (site / place / "index.html").read_text(encoding="utf-8")
    shown = blocks(AGAIN.sub("", html))  # another page's block is compared there

    assert [block.digest for block in page.blocks] == [
        seen.digest(block.language) for seen, block in zip(shown, page.blocks, strict=True)
    ]
    assert [block.tabs for block in page.blocks] == [block.tabs for block in shown]


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_a_page_are_the_same_on_both_sides(name: str, read: Callable[[str], Page]) -> None:
    for block in read(name).blocks:
        if CONSOLE.matches(block):  # a block for readers only may be of no kind
            assert [command.text for command in parse(block)] == contract.commands(block.text)


def test_the_two_sides_are_held_together_by_more_than_a_few_blocks(read: Callable[[str], Page]) -> None:
    assert sum(len(read(name).blocks) for name in PAGES) > 1000


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("$ a\nb\n", ["a"]),
        ("$ a \\\n>   b\n>\n> c\nd\n> e\n$ f\n", ["a \\\n  b\n\nc", "f"]),
        ("> a\n", []),
        ("$\n", [""]),
        ("", []),
    ],
)
def test_commands_are_what_stands_behind_prompts(text: str, commands: list[str]) -> None:
    assert contract.commands(text) == commands


def test_each_part_of_a_block_changes_its_digest() -> None:
    parts = ("console", "a.txt", ("uv",), {"data-exit": "1"}, "$ a\n")
    others = ("bash", "b.txt", ("pip",), {"data-exit": "2"}, "$ b\n")
    digests = {contract.digest(*parts)}
    for at, other in enumerate(others):
        digests.add(contract.digest(*parts[:at], other, *parts[at + 1 :]))  # type: ignore[arg-type]
    assert len(digests) == len(parts) + 1
