"""The HTML that stands at a block and under a page's title. ``data-search-exclude`` keeps it out of the search."""

from __future__ import annotations

from html import escape

from .book import Book, Page, day, system
from .record import Entry
from .state import NEVER, UNVERIFIED, State, spoken, told

KIND = {"failed": "bad", "blocked": "bad", UNVERIFIED: "open", "not run": "open"}  # the others are good


def line(mark: str, text: str) -> str:
    """A mark for the eye and the same in words."""
    return f'<span class="proof-mark" aria-hidden="true">{mark}</span> {text}'


def block_state(state: State) -> str:
    """The line below a block; unfolds into all runs where there are several or there is more to say."""
    kind = KIND.get(state.outcome, "good")
    shown = line(state.mark, escape(state.words))
    more = len(state.runs) > 1 or len(state.reason.splitlines()) > 1 or any(run.notes for run in state.runs)
    if not more:
        return f'\n<p class="block-proof block-proof--{kind}" data-search-exclude>{shown}</p>'
    runs = len(state.runs)
    said = f" of {runs} runs" in state.words
    label = f' <span class="proof-runs">{runs} runs</span>' if runs > 1 and not said else ""
    items = "".join(f"<li>{escape(_told(run, state))}</li>" for run in state.runs)
    return (
        f'\n<details class="block-proof block-proof--{kind}" data-search-exclude>'
        f"<summary>{shown}{label}</summary><ul>{items}</ul></details>"
    )


def _told(run: Entry, state: State) -> str:
    """One run in full: which, what became of it, why, and what the harness noted."""
    what = spoken(run.outcome, state.block)
    outcome = told(what, run.reason) if run.reason else what
    return "\n".join([f"{run.run}: {outcome}" if run.run else outcome, *run.notes])


def page_line(page: Page, book: Book, status: str) -> str:
    """What ran on ``page`` and with what; ``status`` is the status page's address, empty where a site has none."""
    count, record = page.count, book.record

    def linked(text: str) -> str:
        return f'<a href="{escape(status)}">{text}</a>' if status else text

    if record is None or not page.proven:
        reasons = {state.reason for state in page.states}
        why = escape(reasons.pop()) if len(reasons) == 1 else ""
        text = NEVER if why in ("", NEVER) else f"not verified: {why}"
        blocks = f"{count.all} block{'' if count.all == 1 else 's'}"
        return _box("open", line("?", f"{linked(blocks)} {text}"))
    kind = "bad" if count.failed else "open" if count.of["not run"] or count.of[UNVERIFIED] else "good"
    pythons = book.pythons(page)
    facts = [
        linked(count.sentence),
        escape(", ".join(book.tools(page))),
        f"Python {escape(', '.join(pythons))}" if pythons else "",
        escape(system(record.system)),
        f"PyPI as of {day(record.world)}",
        f"checked {book.made(page)}",
    ]
    mark = {"good": "✓", "open": "–", "bad": "✗"}[kind]
    return _box(kind, line(mark, "&nbsp;· ".join(fact for fact in facts if fact)))


def _box(kind: str, content: str) -> str:
    return f'\n<p class="page-proof page-proof--{kind}" data-search-exclude>{content}</p>\n'
