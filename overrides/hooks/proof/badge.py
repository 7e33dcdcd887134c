"""The HTML that stands at a block and under a page's title. ``data-search-exclude`` keeps it out of the search."""

from __future__ import annotations

from html import escape

from .book import Book, Page, day, system
from .record import Entry
from .state import NEVER, UNVERIFIED, State, spoken, told
from .table import Link
from .transcript import address

KIND = {"failed": "bad", "blocked": "bad", UNVERIFIED: "open", "not run": "open"}  # the others are good


def line(mark: str, text: str) -> str:
    """A mark for the eye and the same in words."""
    return f'<span class="proof-mark" aria-hidden="true">{mark}</span> {text}'


def block_state(state: State, link: Link) -> str:
    """The line below a block; unfolds into all runs where there are several or there is more to say.

    It leads to what the block's commands did, and where several runs did so, each run to its own.
    """
    kind = KIND.get(state.outcome, "good")
    worst = [run for run in state.runs if run.outcome == state.outcome and run.transcript]
    shown = line(state.mark, escape(state.words) + _moved(state))
    shown += _what_ran(worst[0], state, link) if worst else ""
    more = len(state.runs) > 1 or len(state.reason.splitlines()) > 1 or any(run.notes for run in state.runs)
    if not more:
        return f'\n<p class="block-proof block-proof--{kind}" data-search-exclude>{shown}</p>'
    runs = len(state.runs)
    said = f" of {runs} runs" in state.words
    missed = sum(run.outcome == "not run" for run in state.runs) if state.outcome != "not run" else 0
    counted = f"{runs - missed} of {runs}" if missed else f"{runs}"
    label = f' <span class="proof-runs">{counted} runs</span>' if runs > 1 and not said else ""
    items = "".join(f"<li>{escape(_told(run, state))}{_what_ran(run, state, link)}</li>" for run in state.runs)
    return (
        f'\n<details class="block-proof block-proof--{kind}" data-search-exclude>'
        f"<summary>{shown}{label}</summary><ul>{items}</ul></details>"
    )


def _moved(state: State) -> str:
    """The day on which the page is from this block on, where the block says one."""
    value = state.block.attributes.get("data-day")
    return f"&nbsp;· PyPI as of {day(value)}" if value else ""


def days(page: Page, world: str) -> str:
    """The day or days on which ``page`` plays; ``world`` is the world's date."""
    moved = [state.block.attributes["data-day"] for state in page.states if "data-day" in state.block.attributes]
    first, last = str(page.meta.get("day", world)), max(moved, default="")
    return f"PyPI from {day(first)} to {day(last)}" if last else f"PyPI as of {day(first)}"


def _told(run: Entry, state: State) -> str:
    """One run in full: which, what became of it, why, and what the harness noted."""
    what = spoken(run.outcome, state.block)
    outcome = told(what, run.reason) if run.reason else what
    return "\n".join([f"{run.label}: {outcome}" if run.label else outcome, *run.notes])


def _what_ran(run: Entry, state: State, link: Link) -> str:
    """A link to the run's transcript, at this block; empty where there is none."""
    if not run.transcript:
        return ""
    place = escape(f"{link(address(run.transcript))}#{state.block.anchor}")
    return f' <a class="proof-ran" href="{place}">see what ran</a>'


def page_line(page: Page, book: Book, status: str) -> str:
    """What ran on ``page`` and with what; ``status`` is the status page's address, empty where a site has none."""
    count = page.count

    def linked(text: str) -> str:
        return f'<a href="{escape(status)}">{text}</a>' if status else text

    if not page.proven:
        reasons = {state.reason for state in page.states}
        why = escape(reasons.pop()) if len(reasons) == 1 else ""
        text = NEVER if why in ("", NEVER) else f"not verified: {why}"
        blocks = f"{count.all} block{'' if count.all == 1 else 's'}"
        return _box("open", line("?", "&nbsp;· ".join(filter(None, (f"{linked(blocks)} {text}", required(page))))))
    kind = "bad" if count.failed else "open" if count.of["not run"] or count.of[UNVERIFIED] else "good"
    pythons = book.pythons(page)
    facts = [
        linked(count.sentence),
        required(page),
        escape(", ".join(book.tools(page))),
        f"Python {escape(', '.join(pythons))}" if pythons else "",
        escape(", ".join(book.facts(page))),
        escape(", ".join(dict.fromkeys(system(run.system) for run in page.runs))),
        days(page, page.runs[0].world),
        f"checked {day(page.made)}",
    ]
    mark = {"good": "✓", "open": "–", "bad": "✗"}[kind]
    return _box(kind, line(mark, "&nbsp;· ".join(fact for fact in facts if fact)))


def required(page: Page) -> str:
    """The oldest versions that the page works with, as its front matter says: ``needs pip 26.2 or later``."""
    oldest = [f"{tool} {version}" for tool, version in (page.meta.get("requires") or {}).items()]
    words = " and ".join(filter(None, [", ".join(oldest[:-1]), *oldest[-1:]]))
    return escape(f"needs {words} or later") if words else ""


def _box(kind: str, content: str) -> str:
    return f'\n<p class="page-proof page-proof--{kind}" data-search-exclude>{content}</p>\n'
