"""The HTML of a page made ready: names for its blocks, what their buttons copy, and places for their marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .copied import copy_attribute
from .notation import signs
from .rendered import Block

PLACE = re.compile(r"<!--proof:([a-z0-9-]+)-->")
TITLED = re.compile(r'<span class="filename"[^>]*>.*?</span>', re.DOTALL)
CORNER = re.compile(r"<th((?: [^>]*)?)></th>")  # of a table: a heading that is empty tells nobody anything
TABS = '<div class="tabbed-labels">'
LISTINGS = {"compare": "is there", "part": "part of what is there"}


def prepared(html: str, found: Iterable[Block], marks: bool = True) -> str:
    """``html`` with each block's anchor, name and copy text, and with places for the tables of its tasks.

    Where there are ``marks``, it has places for these: ``page`` below the title and one named like its anchor below
    each block.

    A place is a comment, so that it stays where it is whatever plugins change around it, and the search doesn't see it.
    """
    inserts: list[tuple[int, str]] = []
    tasks: set[str] = set()
    for block in found:
        task = block.attributes.get("data-task", "")
        if task and block.tabs and task not in tasks:
            tasks.add(task)
            inserts.append((block.place, f"<!--task:{task}-->"))
        inserts += _of(html, block)
        if marks:
            inserts.append((block.end, f"<!--proof:{block.anchor}-->"))
    if inserts and marks:
        title = html.find("</h1>")
        inserts.append((title + len("</h1>") if title >= 0 else 0, "<!--proof:page-->"))
    for labels in re.finditer(re.escape(TABS), html):  # the search would read them as one word: uvPoetryPDM
        inserts.append((labels.end() - 1, " data-search-exclude"))
    pieces, done = [], 0
    for offset, text in sorted(inserts, key=lambda insert: insert[0]):
        pieces += [html[done:offset], text]
        done = offset
    return CORNER.sub(r"<td\1></td>", "".join([*pieces, html[done:]]))


def _of(html: str, block: Block) -> Iterator[tuple[int, str]]:
    """What to insert where, for one block."""
    if block.name and not block.id:
        yield block.start, f'<span id="{block.name}"></span>'
    if block.id:
        yield block.start, f'<span id="{block.anchor}"></span>'
    else:
        yield block.start + len("<div"), f' id="{block.anchor}"'
    if block.pre >= 0:
        yield block.pre, copy_attribute(block)
    if title := TITLED.search(html, block.start, block.end) if block.title else None:
        yield title.end(), f'<span class="file-role" data-search-exclude>{role(block)}</span>'
    if block.pre >= 0:
        yield from signs(html, block)


def role(block: Block) -> str:
    """What readers do with a file that a block shows, in the bar with its name."""
    if block.language == "diff":
        return "change"
    return LISTINGS.get(block.attributes.get("data-listing", ""), "write this")


def marked(html: str, marks: Mapping[str, str]) -> str:
    """``html`` with every place filled; LookupError where the ``marks`` (by place) and the places aren't the same."""
    places = PLACE.findall(html)
    if sorted(places) != sorted(marks):
        odd = sorted(set(places) ^ set(marks)) or sorted({place for place in places if places.count(place) > 1})
        raise LookupError(
            f"its {len(marks)} marks don't fit into the final HTML, which has {len(places)} places for them "
            f"(first of all {odd[0]}); expected one each\n  → find the plugin or template that changes code blocks"
        )
    return PLACE.sub(lambda place: marks[place[1]], html)
