"""The table of tasks and tools, made from the blocks that show each task done and from their proofs."""

from __future__ import annotations

from html import escape

from .book import Book
from .contract import ANSWERS, RAN
from .state import State
from .table import Link, table


def comparison(book: Book, link: Link) -> str:
    """A row a task in the order of the pages, a column a tool; each cell links to the block that proves it.

    A task is called what the heading above its blocks calls it.
    """
    rows: dict[str, dict[str, str]] = {}
    titles: dict[str, str] = {}
    tools: dict[str, None] = {}
    for page in book.in_order:
        for state in page.states:
            task = state.block.attributes.get("data-task")
            tool = state.block.tabs[0] if state.block.tabs else ""
            if task and tool:
                tools[tool] = None
                titles.setdefault(task, state.block.heading)
                rows.setdefault(task, {})[tool] = _cell(state, f"{link(page.url)}#{state.block.anchor}")
    body = [[escape(titles[task]), *(cells.get(tool, "") for tool in tools)] for task, cells in rows.items()]
    return table(["Task", *map(escape, tools)], body) or "<p>No task has been shown in every tool yet.</p>"


def _cell(state: State, address: str) -> str:
    """The answer, where a run vouches for it; a block that doesn't run or isn't verified answers nothing."""
    answer = ANSWERS[state.block.attributes.get("data-answer", "")] if state.outcome in RAN else state.outcome
    return f'<a href="{escape(address)}">{escape(answer)}</a>'
