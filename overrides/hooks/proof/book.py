"""All pages of the site with the states of their blocks, and what the record says about the run."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .checkout import Checkout
from .contract import RAN
from .record import Record
from .rendered import Block
from .state import UNVERIFIED, Count, State, states


@dataclass(frozen=True)
class Page:
    """One page: ``name`` as the record has it (``docs/pip/install.md``), ``url`` below the site's root."""

    name: str
    title: str
    url: str
    meta: Mapping[str, Any]
    states: tuple[State, ...]

    @property
    def count(self) -> Count:
        return Count.over(self.states)

    @property
    def proven(self) -> bool:
        """Whether the record vouches for at least one block of the page as it is now."""
        return any(state.outcome != UNVERIFIED for state in self.states)


@dataclass
class Book:
    """The pages, and the record that they are held against (None: nothing ran yet).

    ``sections`` has the names of all pages of the navigation, in its order, and the title of the section
    around each (empty where there is none).
    """

    record: Record | None
    checkout: Checkout
    sections: Mapping[str, str] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def add(self, name: str, title: str, url: str, meta: Mapping[str, Any], found: list[Block]) -> Page:
        """Take a rendered page in with the blocks that were ``found`` in its content."""
        self.pages[name] = page = Page(
            name, title, url, meta, tuple(states(found, name, meta, self.record, self.checkout))
        )
        return page

    @property
    def in_order(self) -> list[Page]:
        """The pages in the order of the navigation."""
        return [self.pages[name] for name in self.sections if name in self.pages]

    @property
    def proven(self) -> list[Page]:
        """The pages that the record vouches for, in part at least."""
        return [page for page in self.in_order if page.proven]

    @property
    def with_blocks(self) -> list[Page]:
        return [page for page in self.in_order if page.states]

    @property
    def count(self) -> Count:
        return Count.over(state for page in self.with_blocks for state in page.states)

    def made(self, page: Page) -> str:
        """When the page last ran, as a day; empty where it never did."""
        recorded = self.record.pages.get(page.name) if self.record else None
        return day(recorded.made) if recorded else ""

    def tools(self, *pages: Page) -> list[str]:
        """The tools that the pages name in their front matter, with the versions that ran: ``uv 0.13.9``."""
        versions = self.record.tools if self.record else {}
        named = dict.fromkeys(tool for page in pages for tool in page.meta.get("tools") or [])
        return [f"{tool} {versions.get(tool, '')}".strip() for tool in named]

    def pythons(self, *pages: Page) -> list[str]:
        """Full versions of the Pythons that the pages ran on, need or call, oldest first; missing ones aren't in it."""
        versions = self.record.pythons if self.record else {}
        return by_version(
            version for minor, version in versions.items() if any(_uses(page, minor, version) for page in pages)
        )


def _uses(page: Page, minor: str, version: str) -> bool:
    """Whether blocks of ``page`` ran on the Python ``minor``, or ran and need it, call it or show its ``version``."""
    if any(run.python == minor and run.outcome != "not run" for state in page.states for run in state.runs):
        return True
    ran = [state for state in page.states if state.outcome in RAN]
    called = re.compile(rf"(?:python|--python[ =]){re.escape(minor)}(?![\d.])|Python {re.escape(version)}(?![\d.])")
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
