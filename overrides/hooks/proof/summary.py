"""The parts of the home and status pages that come from the record; each replaces an element that names it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import escape

from . import images
from .answers import TOOLS
from .area import area
from .book import Book, Page, by_version, day
from .comparison import comparison
from .comparison import totals as shares
from .gallery import gallery
from .moves import history
from .record import Run
from .speed import conditions, locks, speed
from .table import Link, contradictions, failed, not_run, pages, unverified
from .tasks import cheat_sheet
from .union import family

PLACE = re.compile(r'<div data-record="(?P<part>[^"]*)"[^>]*>.*?</div>', re.DOTALL)


def fill(html: str, book: Book, link: Link, page: Page) -> str:
    """The ``html`` of ``page`` with every ``<div data-record="part" …>…</div>`` filled.

    LookupError names a part that doesn't exist.

    Without this hook readers see the sentence that the page itself has there.
    """

    def filled(place: re.Match[str]) -> str:
        name = place["part"]
        if name in OWN:
            return f'<div class="record">{OWN[name](book, link, page)}</div>'
        if name not in PARTS:
            raise LookupError(f"data-record={name!r}; expected one of {', '.join([*PARTS, *OWN])}")
        return f'<div class="record">{PARTS[name](book, link)}</div>'

    return PLACE.sub(filled, html)


def totals(book: Book, link: Link) -> str:
    """The home page's line: how much ran, when, and with which PyPI."""
    count, pages = book.count, len(book.with_blocks)
    if not book.records:
        return f"<p>{count.all} blocks on {pages} pages wait for a first run.</p>"
    if not book.proven:
        return f"<p>Nothing has run yet; {count.all} blocks on {pages} pages wait for it.</p>"
    ran = f'<a href="{escape(link(book.status))}">{count.ran} of {count.all} blocks</a>'
    return (
        f'<p class="totals">{ran} on {pages} pages '
        f"ran, last on {day(book.made)}, with PyPI as of {day(book.checkout.date)}.</p>"
    )


def run(book: Book, link: Link) -> str:
    """The status page's first lines: counts, and how and where the run was made."""
    runs = book.runs
    if not runs:
        return "<p>No run has been recorded yet: no block is verified.</p>"
    facts = [
        ("Blocks", book.count.sentence),
        ("Checked", f"{day(book.made)}{f', {book.made[11:16]} UTC' if 'T' in book.made else ''}"),
        ("PyPI", f"as it was at the beginning of {day(book.checkout.date)} (UTC)"),
        ("System", "; ".join(dict.fromkeys(run.system for run in runs))),
        ("Isolation", _isolation(runs)),
        ("Pythons", _used(book.pythons(*book.proven), by_version(v for run in runs for v in run.pythons.values()))),
        (
            "Tools",
            _used(sorted(book.tools(*book.proven)), sorted({f"{t} {v}" for r in runs for t, v in r.tools.items()})),
        ),
    ]
    facts.append(("Provided", ", ".join(book.facts(*book.proven))))
    shown = [(what, value) for what, value in facts if value]
    rows = "".join(f'<tr><th scope="row">{what}</th><td>{escape(value)}</td></tr>' for what, value in shown)
    file = escape(link("verification.json"))
    return (
        f'<table class="facts"><tbody>{rows}</tbody></table>'
        f'<p>The whole record: <a href="{file}">verification.json</a>.</p>'
    )


def _isolation(runs: list[Run]) -> str:
    """How strongly the runs were held, for each system where there are several."""
    found = dict.fromkeys((family(run.system), run.isolation) for run in runs if run.isolation)
    if len({system for system, _ in found}) > 1:
        return "; ".join(f"{isolation} on {system}" for system, isolation in found)
    return ", ".join(isolation for _, isolation in found)


def _used(used: list[str], there: list[str]) -> str:
    """What pages used, and what was there beside it."""
    rest = ", ".join(thing for thing in there if thing not in used)
    shown = ", ".join(used) or "none"
    return f"{shown}; there, and used by no page: {rest}" if rest else shown


def incidents(book: Book, link: Link) -> str:
    """Everything that failed, is not verified or was not run, each where there is any."""
    if not book.records:
        return "<p>Nothing has run yet.</p>"
    sections = [
        ("Contradictions", contradictions(book, link)),
        ("Failed", failed(book, link)),
        ("Not verified", unverified(book, link)),
        ("Not run", not_run(book, link)),
    ]
    shown = [f"<h3>{title}</h3>{table}" for title, table in sections if table]
    if shown:
        return "".join(shown)
    return "<p>Nothing: every block of every page ran.</p>" if book.count.all else "<p>No page has blocks yet.</p>"


PARTS: dict[str, Callable[[Book, Link], str]] = {
    "totals": totals,
    "run": run,
    "pages": pages,
    "incidents": incidents,
    "moves": history,
    "comparison": comparison,
    "comparison totals": shares,
    **{f"speed {project}": partial(speed, project=project) for project in ("small", "hundred", "conflict")},
    "speed locks": locks,
    "speed conditions": conditions,
    **{f"cheat-sheet {tool}": partial(cheat_sheet, tool=tool) for tool in TOOLS},
}
# what depends on the page that shows it
OWN: dict[str, Callable[[Book, Link, Page], str]] = {"area": area, "gallery": gallery, "images": images.comparison}
