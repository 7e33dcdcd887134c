"""The HTML beside a block and under a page's title. ``data-search-exclude`` keeps it out of the search."""

from __future__ import annotations

from html import escape

from .book import Book, Page, day, system
from .contract import RAN
from .record import Entry
from .state import NEVER, UNVERIFIED, State, announced, spoken, told
from .table import Link
from .transcript import address

KIND = {"failed": "bad", "blocked": "bad", UNVERIFIED: "open", "not run": "open"}  # the others are good


def line(mark: str, text: str) -> str:
    """A mark for the eye and the same in words."""
    return f'<span class="proof-mark" aria-hidden="true">{mark}</span> {text}'


def block_state(state: State, link: Link) -> str:
    """The line below a block; unfolds into all runs where there are several or there is more to say.

    It leads to what the block's commands did, and where several runs did so, each run to its own.
    Where a block ran, and that is all, eyes get a tick in its corner, and the words are read to those who don't see it.
    """
    kind = _kind(state)
    worst = [run for run in state.runs if run.outcome == state.outcome and run.transcript]
    more = len(state.runs) > 1 or len(state.reason.splitlines()) > 1 or any(run.notes for run in state.runs)
    if kind == "quiet" and not more:
        return f'\n<p class="block-proof block-proof--quiet" data-search-exclude>{_tick(state, worst, link)}</p>'
    shown = line(state.mark, escape(state.words) + _moved(state))
    if kind == "quiet":
        shown = f'<span title="{escape(state.words)}">{line(state.mark, _unseen(escape(state.words)))}</span>'
    elif worst and not more:  # what unfolds has no link in its first line, and one a run below it
        shown += _what_ran(worst[0], state, link)
    if not more:
        return f'\n<p class="block-proof block-proof--{kind}" data-search-exclude>{shown}</p>'
    runs = len(state.runs)
    said = f" of {runs} runs" in state.words
    missed = sum(run.outcome == "not run" for run in state.runs) if state.outcome != "not run" else 0
    counted = f"{runs - missed} of {runs}" if missed else f"{runs}"
    label = f' <span class="proof-runs">{counted} runs</span>' if runs > 1 and not said else ""
    label = _unseen(label) if kind == "quiet" else label
    items = "".join(f"<li>{escape(_told(run, state))}{_what_ran(run, state, link)}</li>" for run in state.runs)
    return (
        f'\n<details class="block-proof block-proof--{kind}" data-search-exclude>'
        f"<summary>{shown}{label}</summary><ul>{items}</ul></details>"
    )


def _kind(state: State) -> str:
    """How loud a block's mark is: ``quiet`` where its commands or its file did what the page shows."""
    if state.elsewhere:
        return "elsewhere"
    extra = _moved(state) or announced(state.block) or any(run.notes for run in state.runs)
    return "quiet" if state.outcome in RAN and not extra else KIND.get(state.outcome, "good")


def _unseen(html: str) -> str:
    return f'<span class="proof-words">{html}</span>'


def _tick(state: State, runs: list[Entry], link: Link) -> str:
    """The tick in a block's corner, which leads to what ran where that is known."""
    if not runs:
        return f'<span title="{escape(state.words)}">{line(state.mark, _unseen(escape(state.words)))}</span>'
    words = f"{state.words}: see what ran"
    place = escape(f"{link(address(runs[0].transcript))}#{state.block.anchor}")
    return f'<a class="proof-ran" href="{place}" title="{escape(words)}">{line(state.mark, _unseen(escape(words)))}</a>'


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
    """What ran on ``page`` and with what; ``status`` is the status page's address, empty where a site has none.

    It unfolds into that address and how to run the page again.
    """
    count = page.count
    place = f'This page in the <a href="{escape(status)}#{page.row}">record of all pages</a>. ' if status else ""

    def box(kind: str, content: str) -> str:
        again = f"Run it again, in a copy of the guide's repository: <code>make page PAGE={escape(page.name)}</code>"
        return (
            f'\n<details class="page-proof page-proof--{kind}" data-search-exclude>'
            f"<summary>{content}</summary><p>{place}{again}</p></details>\n"
        )

    if not page.proven:
        reasons = {state.reason for state in page.states}
        why = escape(reasons.pop()) if len(reasons) == 1 else ""
        text = NEVER if why in ("", NEVER) else f"not verified: {why}"
        blocks = f"{count.all} block{'' if count.all == 1 else 's'}"
        return box("open", line("?", "&nbsp;· ".join(filter(None, (f"{blocks} {text}", required(page))))))
    missed = count.of["not run"] - count.elsewhere.total() + count.of[UNVERIFIED]
    kind = "bad" if count.failed else "open" if missed else "good"
    pythons = book.pythons(page)
    facts = [
        count.sentence,
        required(page),
        escape(", ".join(book.tools(page))),
        f"Python {escape(', '.join(pythons))}" if pythons else "",
        escape(", ".join(book.facts(page))),
        escape(", ".join(dict.fromkeys(system(run.system) for run in page.runs))),
        days(page, page.runs[0].world),
        f"checked {day(page.made)}",
    ]
    mark = {"good": "✓", "open": "–", "bad": "✗"}[kind]
    return box(kind, line(mark, "&nbsp;· ".join(fact for fact in facts if fact)))


def required(page: Page) -> str:
    """The oldest versions that the page works with, as its front matter says: ``needs pip 26.2 or later``."""
    oldest = [f"{tool} {version}" for tool, version in (page.meta.get("requires") or {}).items()]
    words = " and ".join(filter(None, [", ".join(oldest[:-1]), *oldest[-1:]]))
    return escape(f"needs {words} or later") if words else ""
