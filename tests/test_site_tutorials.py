"""The page on old tutorials: twenty-five topics, and behind each line that it lists a block that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from sections import blocks_below
from site_sample import Site, words

PAGE = Path("start", "old-tutorials", "index.html")
TOPICS = 25


def unproven(site: Path, page: BeautifulSoup) -> list[str]:
    """The rows of which no link leads to a block that runs, each by its topic and what the tutorial says."""
    found = []
    for heading in page.select("article h2"):
        table = heading.find_next("table")
        assert isinstance(table, Tag) and table.find_previous("h2") is heading, words(heading)
        for row in table.select("tbody tr"):
            if not any(runs(site, str(link["href"])) for link in row.select("td:nth-of-type(2) a")):
                found.append(f"{words(heading)}: {words(row.td)}")  # type: ignore[arg-type]
    return found


def runs(site: Path, href: str) -> bool:
    """Whether the section that ``href`` names has a block that runs on some machine that the record knows."""
    place, _, anchor = href.partition("#")
    page = Site.parsed((site / PAGE.parent / place / "index.html").resolve())
    states = [block.find_next_sibling(class_="block-proof") for block in blocks_below(page, anchor)]
    return any(isinstance(state, Tag) and "not run" not in words(state) for state in states)


def test_every_topic_is_there_in_order(site: Path) -> None:
    headings = [words(heading) for heading in Site.parsed(site / PAGE).select("article h2")]
    assert [int(match[0]) for text in headings if (match := re.match(r"\d+", text))] == list(range(1, TOPICS + 1))


def test_every_line_of_a_tutorial_leads_to_a_block_that_runs(site: Path) -> None:
    page = Site.parsed(site / PAGE)
    assert unproven(site, page) == []
    assert len(page.select("article tbody tr")) >= 3 * TOPICS


@pytest.mark.parametrize("href", ["../../choose/", "../../how/#what-a-proof-does-not-say"])
def test_a_link_to_prose_proves_nothing(site: Path, href: str) -> None:
    cells = f'<td><code>poetry shell</code></td><td><a href="{href}">gone</a></td>'
    page = BeautifulSoup(
        f"<article><h2>5. Poetry</h2><table><tbody><tr>{cells}</tr></tbody></table></article>", "html.parser"
    )
    assert unproven(site, page) == ["5. Poetry: poetry shell"]
