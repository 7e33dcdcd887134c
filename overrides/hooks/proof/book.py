"""All pages of the site with the states of their blocks, and what the records say about the runs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from .checkout import Checkout
from .contract import RAN
from .record import Record, Run
from .rendered import Block
from .state import NEVER, UNVERIFIED, Count, State, states
from .terms import Term
from .union import made_of, parts_of


@dataclass(frozen=True)
class Page:
    """One page: ``name`` as the record has it (``docs/pip/install.md``), ``url`` below the site's root.

    ``record`` is the one that its states come from, None where none knows the page; ``source`` is its Markdown without
    front matter.
    """

    name: str
    title: str
    url: str
    meta: Mapping[str, Any]
    states: tuple[State, ...]
    record: Record | None = None
    source: str = field(default="", repr=False)

    @cached_property
    def count(self) -> Count:
        return Count.over(self.states)

    @property
    def row(self) -> str:
        """The name of the page's row on the status page."""
        return "page-" + (self.url.strip("/").replace("/", "-") or "home")

    @property
    def proven(self) -> bool:
        """Whether the record vouches for at least one block of the page as it is now."""
        return any(state.outcome != UNVERIFIED for state in self.states)

    @cached_property
    def runs(self) -> list[Run]:
        """The runs that vouch for at least one block of the page as it is now; where any ran, not those that didn't."""
        entries = [entry for state in self.states for entry in state.runs]
        ran = [entry for entry in entries if entry.outcome != "not run"]
        return list({id(entry.run): entry.run for entry in ran or entries}.values())

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the page's needs were in the runs that vouch for it."""
        known = self.record.pages[self.name] if self.record else ()
        return [fact for one in known if one.run in self.runs for fact in one.facts.items()]

    @property
    def made(self) -> str:
        """When the page last ran, as an ISO time or day; empty where it never did."""
        known = self.record.pages[self.name] if self.record else ()
        return max((one.made for one in known if one.run in self.runs or not self.runs), default="")


@dataclass
class Book:
    """The pages, and the ``records`` that they are held against: of these, the first that proves anything of a page.

    ``places`` has the names of all pages of the navigation, in its order, and the titles of the sections around
    each, outermost first: the first is the page's area. ``status`` is the address of the status page, empty where a
    site has none; ``terms`` are the glossary's. ``transcripts`` is the folder of what runs typed and printed.
    """

    records: Sequence[Record]
    checkout: Checkout
    transcripts: Path = Path("transcripts")
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    status: str = ""
    terms: Sequence[Term] = ()
    pages: dict[str, Page] = field(default_factory=dict)

    def add(
        self, name: str, title: str, url: str, meta: Mapping[str, Any], found: list[Block], source: str = ""
    ) -> Page:
        """Take a rendered page in with the blocks that were ``found`` in its content."""
        tried = [
            Page(name, title, url, meta, tuple(states(found, name, meta, record, self.checkout)), record, source)
            for record in self.records
            if name in record.pages
        ]
        unverified = tuple(State(block, UNVERIFIED, NEVER) for block in found)
        never = Page(name, title, url, meta, unverified, source=source)
        self.pages[name] = page = next((page for page in tried if page.proven), (tried or [never])[0])
        return page

    @property
    def in_order(self) -> list[Page]:
        """The pages in the order of the navigation."""
        return [self.pages[name] for name in self.places if name in self.pages]

    @property
    def proven(self) -> list[Page]:
        """The pages that a record vouches for, in part at least."""
        return [page for page in self.in_order if page.proven]

    @property
    def with_blocks(self) -> list[Page]:
        return [page for page in self.in_order if page.states]

    @property
    def count(self) -> Count:
        return Count.over(state for page in self.with_blocks for state in page.states)

    @property
    def runs(self) -> list[Run]:
        """The runs that vouch for a page, in part at least, the newest first."""
        found = {id(run): run for page in self.proven for run in page.runs}
        return sorted(found.values(), key=lambda run: run.made, reverse=True)

    @property
    def made(self) -> str:
        """When the last of the pages ran that a record vouches for, as an ISO time or day."""
        return max((page.made for page in self.proven), default="")

    def whole(self) -> dict[str, Any]:
        """All that is shown as one record: of each page what the record says from which its states come."""
        if len(self.records) == 1:
            return dict(self.records[0].data)
        runs: dict[str, Any] = {}
        parts = {}
        for record in self.records:
            runs |= record.data["runs"]
            for (name, run), part in parts_of(record.data).items():
                if name in self.pages and self.pages[name].record is record:
                    parts[name, run] = part
        return made_of(runs, parts)

    def tools(self, *pages: Page) -> list[str]:
        """The tools that the pages name in their front matter, with the versions that ran: ``uv 0.13.9``."""
        versions: dict[str, dict[str, None]] = {}
        for page in pages:
            for tool in page.meta.get("tools") or []:
                found = [run.tools[tool] for run in page.runs if tool in run.tools]
                versions.setdefault(tool, {}).update(dict.fromkeys(found))
        return [f"{tool} {', '.join(by_version(found))}".strip() for tool, found in versions.items()]

    def facts(self, *pages: Page) -> list[str]:
        """What the pages' needs were where they ran: ``libfaketime 0.9.10-2.1``, ``system Python 3.11.2``."""
        return sorted({f"{fact} {value}" for page in pages for fact, value in page.facts})

    def pythons(self, *pages: Page) -> list[str]:
        """Full versions of the Pythons that the pages ran on, need or call, oldest first; missing ones aren't in it."""
        return by_version(
            version
            for page in pages
            for run in page.runs
            for minor, version in run.pythons.items()
            if _uses(page, run, minor, version)
        )


def _uses(page: Page, run: Run, minor: str, version: str) -> bool:
    """Whether blocks of ``page`` ran on the Python ``minor``, or ran and need it, call it or show its ``version``."""
    entries = [entry for state in page.states for entry in state.runs if entry.run is run]
    if any(entry.python == minor and entry.outcome != "not run" for entry in entries):
        return True
    ran = [state for state in page.states if state.outcome in RAN]
    called = re.compile(
        rf"(?:python|--python[ =]){re.escape(minor)}(?![\d.])|Python {re.escape(version.split()[0])}(?![\d.])"
    )
    needed = f"python-{minor}" in (page.meta.get("needs") or [])
    return bool(ran) and (needed or any(called.search(state.block.text) for state in ran))


def by_version(versions: Iterable[str]) -> list[str]:
    """Versions from the oldest to the newest (3.9 before 3.13)."""
    return sorted(set(versions), key=lambda version: [int(part) for part in re.findall(r"\d+", version)])


def day(iso: str) -> str:
    """``2026-11-22T15:00:00Z`` or ``2026-11-22`` as ``22 November 2026``, in UTC."""
    date = dt.datetime.fromisoformat(iso)
    return f"{date.day} {date:%B %Y}"


def system(description: str) -> str:
    """``Debian GNU/Linux 12, Linux 6.18, x86_64`` as people say it: ``Debian 12``."""
    return description.split(",")[0].replace(" GNU/Linux", "")
