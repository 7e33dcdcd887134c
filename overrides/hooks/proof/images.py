"""The comparison of images: a picture and a table from the page's own blocks, their proofs and what ran.

A size is what a block shows, and counts where a run compared it. Seconds come from the run's transcript; a committed
record names none, so a copy of the project in which nothing ran has sizes alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from .bars import Bar, bars
from .book import Book, Page, day
from .contract import BUILDS, IMAGES, commands
from .state import State
from .table import Link, table
from .timing import plain

MEASURE = "data-measure"
BUILD = re.compile(r"docker build\b.* --tag (?P<name>\S+)")
SIZE = re.compile(r"(\d+(?:\.\d+)?) MB")
ADDED = "On top of the base"


@dataclass
class Image:
    """One image: ``state`` is that of the block that builds it first, ``seconds`` has its builds by their measure.

    It is called what the heading above the block calls it.
    """

    name: str
    state: State
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def size(self) -> float | None:
        """MB, where a run printed what the block shows."""
        found = SIZE.fullmatch(self._last)
        return float(found[1]) if found and self.state.outcome == "compared" else None

    @property
    def _last(self) -> str:
        return self.state.block.text.rstrip().rpartition("\n")[2]

    @property
    def title(self) -> str:
        return self.state.block.heading

    @property
    def shown(self) -> str:
        """The size as readers read it; in its place a word for what became of the block."""
        return self._last if self.size is not None else self.state.outcome


def comparison(book: Book, link: Link, page: Page) -> str:
    """The picture, the table and where the numbers are from. LookupError where the page builds nothing to compare."""
    images = found(page, book.transcripts)
    if not images:
        raise LookupError(f'no block with {MEASURE}="image"; expected one for each image that is compared')
    known = [image for image in images if image.size is not None]
    if not known:
        reason = next((image.state.reason for image in images if image.state.reason), images[0].state.outcome)
        return f"<p>Nothing of this has been measured: {escape(reason.splitlines()[0])}.</p>{_table(images, {})}"
    known.sort(key=lambda image: image.size or 0)
    ordered = [*known, *(image for image in images if image.size is None)]
    timed = {name: title for name, title in BUILDS.items() if any(name in image.seconds for image in images)}
    pictures = [bars(ADDED, [Bar(image.title, image.size or 0, image.shown) for image in ordered])]
    for name, title in timed.items():
        there = [(image.title, image.seconds[name]) for image in ordered if name in image.seconds]
        pictures.append(bars(title, [Bar(label, seconds, f"{plain(seconds)} s") for label, seconds in there]))
    return f'<div class="bars">{"".join(pictures)}</div>{_table(ordered, timed)}{_conditions(book, page, bool(timed))}'


def found(page: Page, folder: Path) -> list[Image]:
    """The images of a page in its order. LookupError names a block that doesn't say what it builds or how large it is.

    ``folder`` has the transcripts.
    """
    images: dict[str, Image] = {}
    for state in page.states:
        measure = state.block.attributes.get(MEASURE, "")
        if measure not in IMAGES:
            continue
        names = [built["name"] for built in map(BUILD.search, commands(state.block.text)) if built]
        if measure in (IMAGES[0], IMAGES[-1]):
            if len(names) != 1 or names[0] in images:
                raise LookupError(f"block {state.block.number} builds {names}; expected one image of its own")
            images[names[0]] = Image(names[0], state)
            if state.outcome == "compared" and images[names[0]].size is None:
                raise LookupError(f"block {state.block.number} ends in no size; expected a last line such as 18 MB")
        if unknown := [name for name in names if name not in images]:
            raise LookupError(f"block {state.block.number} builds {unknown[0]}, which no block before it measures")
        if measure in BUILDS:
            for name, seconds in _builds(state, folder):
                images[name].seconds[measure] = seconds
    return list(images.values())


def _builds(state: State, folder: Path) -> Iterator[tuple[str, float]]:
    """Name and seconds of each build of a block in the first run that left a transcript."""
    entry = next((entry for entry in state.runs if entry.transcript and entry.outcome != "not run"), None)
    if entry is None or entry.outcome not in ("ran", "compared"):
        return
    for command in _transcript(folder / f"{entry.transcript}.json").get(entry.index, ()):
        built = BUILD.search(command["text"])
        if built and command["status"] == 0:
            yield built["name"], float(command["seconds"])


def _transcript(path: Path) -> Mapping[int, Iterable[Mapping[str, Any]]]:
    """The commands of each block; none where there is no such file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # the transcript's own page warns of it
        return {}
    return {block["index"]: block["commands"] for block in data["blocks"]}


def _table(images: list[Image], timed: Mapping[str, str]) -> str:
    rows = []
    for image in images:
        name = f'<a href="#{escape(image.state.block.section)}">{escape(image.title)}</a>'
        seconds = [f"{plain(image.seconds[name])} s" if name in image.seconds else "–" for name in timed]
        rows.append([name, escape(image.shown), *seconds])
    return f'<div class="numbers">{table(["Image", ADDED, *timed.values()], rows)}</div>'


def _conditions(book: Book, page: Page, timed: bool) -> str:
    """When and where the numbers were made; without seconds, how to have some."""
    where = " and ".join(dict.fromkeys(run.system for run in page.runs))
    facts = "; ".join(book.facts(page))
    made = f"{'Measured' if timed else 'The sizes are of a run'} on {day(page.made)} on {where}: {facts}."
    if timed:
        return f"<p>{escape(made)} The seconds are of one run; a dash is a build that isn’t timed.</p>"
    again = f"make page PAGE={page.name}"
    return (
        f"<p>{escape(made)} Its seconds aren’t part of what is committed; "
        f"<code>{escape(again)}</code> in a copy of this guide’s repository measures some.</p>"
    )
