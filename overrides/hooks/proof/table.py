"""The tables of the status page; each row links to the page or the block that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby

from .book import Book, Page, day
from .contract import GREEN
from .record import Entry
from .state import UNVERIFIED, Count, State
from .union import family

Link = Callable[[str], str]  # an address below the site's root → the same as seen from the page


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table of ready-made cells, empty where there are no rows."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return ""
    cells = "".join(f'<th scope="col">{title}</th>' for title in head)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def pages(book: Book, link: Link) -> str:
    """Every page that has blocks, with its counts; what is zero stays out, so that the rest stands out."""
    columns: dict[str, Callable[[Count], int]] = {
        "Blocks": lambda count: count.all,
        "Ran": lambda count: count.ran,
        "Only checked": lambda count: count.of["validated"],
        "Not run": lambda count: count.of["not run"],
        "Not verified": lambda count: count.of[UNVERIFIED],
        "Failed": lambda count: count.failed,
    }
    used = {title: number for title, number in columns.items() if number(book.count) or title in ("Blocks", "Ran")}
    cells = {page.name: _matrix(page) for page in book.with_blocks}
    places = sorted({place for found in cells.values() for place in found}, key=_order)
    rows = [
        [
            f'<span id="{page.row}">{_page(page, link)}</span>',
            *(str(number(page.count) or "") for number in list(used.values())[:2]),
            *(cells[page.name].get(place, "") for place in places),
            *(str(number(page.count) or "") for number in list(used.values())[2:]),
            day(page.made) if page.made else "never",
        ]
        for page in book.with_blocks
    ]
    ran_on = [f"{where} {python}" for where, python in places]
    shown = table(["Page", *list(used)[:2], *ran_on, *list(used)[2:], "Last run"], rows)
    return f'<div class="numbers every-page">{shown}</div>' if shown else "<p>No page has blocks yet.</p>"


def _matrix(page: Page) -> dict[tuple[str, str], str]:
    """How many blocks of a page ran, or failed, by the system and the Python that they ran on."""
    found: dict[tuple[str, str], str] = {}
    runs = [(state, entry) for state in page.states for entry in state.runs if entry.python]
    for place in {(family(entry.run.system), entry.python) for _, entry in runs}:
        there = [(state, entry) for state, entry in runs if (family(entry.run.system), entry.python) == place]
        ran = {state.block.index for state, entry in there if entry.outcome in GREEN}
        bad = {state.block.index for state, entry in there if entry.outcome in ("failed", "blocked")}
        if ran or bad:
            found[place] = f"✗ {len(bad)}" if bad else f"✓ {len(ran)}"
    return found


def _order(place: tuple[str, str]) -> tuple[str, list[int]]:
    """By system, and the newest Python first."""
    return place[0], [-int(part) for part in place[1].split(".") if part.isdigit()]


def failed(book: Book, link: Link) -> str:
    """Blocks that failed, and those that a failure before them blocked."""
    return _runs(book, link, ("failed", "blocked"))


def not_run(book: Book, link: Link) -> str:
    """Runs that no machine made, with the reason; a block that ran elsewhere is listed for the runs that it missed.

    A scenario on a Python that one system ran isn't missed on the others.
    """
    return _runs(book, link, ("not run",))


def unverified(book: Book, link: Link) -> str:
    """Blocks that nothing vouches for now; neighbours with one reason share a row."""
    rows = []
    for page in book.with_blocks:
        for reason, group in groupby(page.states, key=lambda s: s.reason if s.outcome == UNVERIFIED else None):
            if reason is not None:
                found = list(group)
                more = f", to block {found[-1].block.number}" if len(found) > 1 else ""
                rows.append([_block(page, found[0], link) + more, escape(reason)])
    return table(["Block", "Why"], rows)


def contradictions(book: Book, link: Link) -> str:
    """Blocks that one run found right and another one wrong, on the same Python and in the same tab."""
    rows = []
    for page in book.with_blocks:
        for state in page.states:
            for bad in state.runs:
                good = [run.label for run in state.runs if run.outcome in GREEN and _same(run, bad)]
                if bad.outcome == "failed" and good:
                    rows.append([_block(page, state, link), escape("; ".join(good)), escape(bad.label)])
    return table(["Block", "Right in", "Wrong in"], rows)


def _same(one: Entry, other: Entry) -> bool:
    return (one.scenario, one.python) == (other.scenario, other.python)


def _runs(book: Book, link: Link, outcomes: tuple[str, ...]) -> str:
    rows = []
    for page in book.with_blocks:
        for state in page.states:
            for reason, runs in _by_reason(state, outcomes).items():
                rows.append([_block(page, state, link), escape("; ".join(runs)), escape(reason)])
    return table(["Block", "Run", "Why"], rows)


def _by_reason(state: State, outcomes: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    ran = {(entry.scenario, entry.python) for entry in state.runs if entry.outcome != "not run"}
    for entry in state.runs:
        missed = entry.outcome != "not run" or (entry.scenario, entry.python) not in ran
        if entry.outcome in outcomes and missed:
            first = entry.reason.splitlines()[0] if entry.reason else entry.outcome
            found.setdefault(first, []).append(entry.label)
    return found


def _page(page: Page, link: Link) -> str:
    return f'<a href="{escape(link(page.url))}">{escape(page.title)}</a>'


def _block(page: Page, state: State, link: Link) -> str:
    what = f"{page.title}, block {state.block.number}"
    address = f"{link(page.url)}#{state.block.anchor}"
    return f'<a href="{escape(address)}">{escape(what)}</a> ({escape(state.block.title or state.block.language)})'
