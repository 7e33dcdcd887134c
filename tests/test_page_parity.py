"""What runs is what readers see: every page of the guide against its HTML in the built site."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import ROOT
from click.testing import Result
from harness.page.block import Block
from harness.page.page import Page
from rendered import Html, Shown, named

PAGES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))


@functools.cache
def html_of(site: Path, name: str) -> Html:
    """The HTML made from ``docs/<name>``, where MkDocs puts it with directory URLs."""
    place = name.removesuffix(".md").removesuffix("index").rstrip("/")
    return Html((site / place / "index.html").read_text(encoding="utf-8"))


def as_shown(block: Block) -> Shown:
    return Shown(named(block.language), block.attributes, block.title, block.text)


def test_the_guide_has_pages() -> None:
    assert "index.md" in PAGES


def test_the_site_builds_strictly(built: tuple[Path, Result]) -> None:
    assert built[1].exit_code == 0, built[1].output


@pytest.mark.parametrize("name", PAGES)
def test_the_blocks_of_a_page_are_those_of_the_site(name: str, read: Callable[[str], Page], site: Path) -> None:
    assert [as_shown(block) for block in read(name).blocks] == html_of(site, name).blocks


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_no_code_that_is_not_a_block(name: str, site: Path) -> None:
    assert html_of(site, name).others == []


@pytest.mark.parametrize("name", PAGES)
def test_the_lines_of_a_block_hold_its_text(name: str, read: Callable[[str], Page]) -> None:
    page = read(name)
    lines = page.path.read_text(encoding="utf-8-sig").split("\n")

    for block in page.blocks:
        source = ["".join(line.lstrip(" \t>").split()) for line in lines[block.line : block.end - 1]]
        text = ["".join(line.lstrip(" \t>").split()) for line in block.text.split("\n")]
        assert block.included or list(filter(None, text)) == list(filter(None, source))
