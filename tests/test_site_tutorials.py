"""The page on old tutorials: a table for each of their code blocks, and behind each line of it a block that runs."""

from __future__ import annotations

import re
import tomllib
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sections import blocks_below
from site_sample import Site, words

PAGE = Path("start", "old-tutorials", "index.html")
TOPICS = 25
# the old tutorial's blocks, what they have readers type, and what the guide shows in its place
BLOCKS = tomllib.loads(Path(__file__).with_name("tutorials.toml").read_text(encoding="utf-8"))["block"]


def rows(table: Tag | None) -> list[Tag]:
    return table.select("tbody tr") if table else []


def named(row: Tag) -> str:
    """A row, by its topic and what the tutorial says."""
    heading = row.find_previous("h2")
    assert isinstance(heading, Tag) and row.td
    return f"{words(heading)}: {words(row.td)}"


def behind(site: Path, row: Tag) -> list[Tag]:
    """The blocks in the sections that a row's links name."""
    found = []
    for link in row.select("td:nth-of-type(n+2) a"):
        place, _, anchor = str(link["href"]).partition("#")
        if "://" not in place:
            page = Site.parsed((site / PAGE.parent / place / "index.html").resolve())
            found += blocks_below(page, anchor)
    return found


def runs(block: Tag) -> bool:
    """Whether a block runs on some machine that the record knows."""
    state = block.find_next_sibling(class_="block-proof")
    return isinstance(state, Tag) and "not run" not in words(state)


def unproven(site: Path, page: BeautifulSoup) -> list[str]:
    """The rows of which no link leads to a block that runs."""
    return [named(row) for row in page.select("article tbody tr") if not any(map(runs, behind(site, row)))]


def lost(site: Path, page: BeautifulSoup, blocks: list[dict[str, Any]]) -> list[str]:
    """What of the old tutorial's ``blocks`` the page doesn't answer: in a table for each, a row for each line."""
    found = []
    for number, (block, table) in enumerate(zip_longest(blocks, page.select("article table")), 1):
        heading = table.find_previous("h2") if table else None
        if not block or not heading or not words(heading).startswith(f"{block['topic']}. "):
            found.append(f"block {number} and table {number} aren't of one topic")
            continue
        for line, shown in block["lines"].items():
            wanted, system = (shown["shows"], shown["on"]) if isinstance(shown, dict) else (shown, "")
            quoting = [row for row in rows(table) if quotes(row, line)]
            texts = [one.get_text() for row in quoting for one in behind(site, row) if system or runs(one)]
            if not quoting:
                found.append(f"block {number}: no row quotes {line}")
            elif not any(wanted in text for text in texts):
                found.append(f"block {number}: nothing that runs behind {line} shows {wanted}")
    return found


def quotes(row: Tag, line: str) -> bool:
    """Whether a row's first cell has a ``line`` of the tutorial: as code or between quotation marks, whole."""
    assert row.td
    whole = [words(code) for code in row.td.select("code")]
    prose = re.findall(r'"([^"]*)"', "".join(row.td.find_all(string=True, recursive=False)))
    return " ".join(line.split()) in whole + prose


def test_every_topic_is_there_in_order(site: Path) -> None:
    headings = [words(heading) for heading in Site.parsed(site / PAGE).select("article h2")]
    assert [int(match[0]) for text in headings if (match := re.match(r"\d+", text))] == list(range(1, TOPICS + 1))
    assert sorted({block["topic"] for block in BLOCKS}) == list(range(1, TOPICS + 1))


def test_every_line_of_a_tutorial_leads_to_a_block_that_runs(site: Path) -> None:
    assert unproven(site, Site.parsed(site / PAGE)) == []


def test_every_block_of_a_tutorial_has_its_table_and_every_line_of_it_what_is_shown_instead(site: Path) -> None:
    page = Site.parsed(site / PAGE)
    assert lost(site, page, BLOCKS) == []
    assert f"the {len(BLOCKS)} code blocks" in words(page.article)  # type: ignore[arg-type]


def test_every_row_says_why_in_one_sentence(site: Path) -> None:
    whys = [(named(row), words(row.select("td")[2])) for row in Site.parsed(site / PAGE).select("article tbody tr")]
    assert [name for name, why in whys if not re.fullmatch(r"\S.{3,}[^.]\.", why) or re.search(r"\. [A-Z]", why)] == []
    assert len(whys) >= 4 * TOPICS


ROW = "<tr><td><code>{line}</code></td><td><a href='{href}'>gone</a></td><td>Why.</td></tr>"


def made(line: str, href: str, topic: str = "5. Poetry") -> BeautifulSoup:
    row = ROW.format(line=line, href=href)
    return BeautifulSoup(f"<article><h2>{topic}</h2><table><tbody>{row}</tbody></table></article>", "html.parser")


@pytest.mark.parametrize("href", ["../../choose/", "../../how/#what-a-proof-does-not-say", "https://example.com/x"])
def test_a_link_to_prose_proves_nothing(site: Path, href: str) -> None:
    assert unproven(site, made("poetry shell", href)) == ["5. Poetry: poetry shell"]


@pytest.mark.parametrize(
    "line, section, topic, expected",
    [
        ("poetry shell", "replace-poetry-shell", "5. Poetry", []),
        ("poetry shells", "replace-poetry-shell", "5. Poetry", ["block 1: no row quotes poetry shell"]),
        (
            "poetry shell",
            "replace-poetry-export",
            "5. Poetry",
            ["block 1: nothing that runs behind poetry shell shows poetry env activate"],
        ),
        ("poetry shell", "replace-poetry-shell", "15. Poetry", ["block 1 and table 1 aren't of one topic"]),
    ],
)
def test_a_block_that_loses_its_row_is_named(
    site: Path, line: str, section: str, topic: str, expected: list[str]
) -> None:
    block = {"topic": 5, "lines": {"poetry shell": "poetry env activate"}}
    page = made(line, f"../../poetry/old-forms/#{section}", topic)
    assert lost(site, page, [block]) == expected


def test_a_block_without_a_table_and_a_table_without_a_block_are_named(site: Path) -> None:
    page = made("poetry shell", "../../poetry/old-forms/#replace-poetry-shell")
    block = {"topic": 5, "lines": {"poetry shell": "poetry env activate"}}
    assert lost(site, page, [block, block]) == ["block 2 and table 2 aren't of one topic"]
    assert lost(site, page, []) == ["block 1 and table 1 aren't of one topic"]
