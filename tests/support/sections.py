"""What a built page shows below one of its headings."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag


def blocks_below(page: BeautifulSoup, anchor: str) -> list[Tag]:
    """The blocks of a page below the heading ``anchor``, up to the next of its rank; all of them without one."""
    blocks = page.select("article div.highlight")
    if not anchor:
        return blocks
    heading = page.find(id=anchor)
    assert isinstance(heading, Tag), anchor
    end = heading.find_next([f"h{level}" for level in range(1, int(heading.name[1]) + 1)])
    inside = set(map(id, heading.find_all_next(class_="highlight")))
    inside -= set(map(id, end.find_all_next(class_="highlight"))) if end else set()
    return [block for block in blocks if id(block) in inside]


def below(page: BeautifulSoup, anchor: str) -> str:
    """The text of these blocks."""
    return "\n".join(block.get_text() for block in blocks_below(page, anchor))
