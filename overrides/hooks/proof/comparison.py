"""The table of tasks and tools, made from the blocks that show each task done and from their proofs."""

from __future__ import annotations

from html import escape

from .answers import TOOLS
from .book import Book
from .state import State
from .table import Link, table
from .tasks import answer, catch, tasks


def comparison(book: Book, link: Link) -> str:
    """A row a task in the order of the pages, a column a tool; each cell links to the block that proves it.

    A task is called what the heading above its blocks calls it, and leads there.
    """
    there = tasks(book)
    tools = dict.fromkeys(tool for task in there.values() for tool in task.tools)
    order = sorted(tools, key=lambda tool: (*TOOLS, tool).index(tool))
    body = []
    for task in there.values():
        title = f'<a href="{escape(link(task.address))}">{escape(task.title)}</a>'
        page = link(task.page.url)
        body.append([title, *(_cell(task.done[tool], page) if tool in task.done else "" for tool in order)])
    return table(["Task", *map(escape, order)], body) or "<p>No task has been shown in every tool yet.</p>"


def _cell(state: State, page: str) -> str:
    """The answer; the catch is below it in small letters."""
    words = catch(state)
    note = f'<small class="task-note">{words}</small>' if words else ""
    return f'<a href="{escape(page)}#{escape(state.block.name)}">{answer(state)}</a> {note}'
