"""The table of tasks and tools, made from the blocks that show each task done and from their proofs."""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import groupby

from . import answers
from .book import Book
from .state import State
from .table import Link
from .tasks import Task, answer, catch, marked, said, tasks

NOTHING = "<p>No task has been shown in every tool yet.</p>"
ORDER = [*list(answers.ANSWERS.values())[:1], answers.CATCH, *list(answers.ANSWERS.values())[1:]]  # the best first


def comparison(book: Book, link: Link) -> str:
    """A row a task in the order of the pages, a column a tool; each cell links to the block that proves it.

    A task is called what the heading above its blocks calls it, and leads there; tasks are together as their pages
    are in the sidebar.
    """
    there = list(tasks(book).values())
    tools = _tools(there)
    if not tools:
        return NOTHING
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in ("Task", *tools))
    bodies = []
    for group, found in groupby(there, key=lambda task: (book.places.get(task.page.name) or ("",))[-1]):
        name = f'<th scope="rowgroup" colspan="{len(tools) + 1}"><span>{escape(group)}</span></th>'
        rows = "".join(_row(task, tools, link) for task in found)
        bodies.append(f'<tbody><tr class="matrix-group">{name}</tr>{rows}</tbody>')
    return f'<div class="matrix"><table><thead><tr>{head}</tr></thead>{"".join(bodies)}</table></div>'


def _tools(there: list[Task]) -> list[str]:
    """The tools of any of the tasks, in the order that every table has."""
    return sorted({tool for task in there for tool in task.tools}, key=lambda tool: (*answers.TOOLS, tool).index(tool))


def _row(task: Task, tools: list[str], link: Link) -> str:
    title = f'<th scope="row"><a href="{escape(link(task.address))}">{escape(task.title)}</a></th>'
    page = link(task.page.url)
    cells = [_cell(task.done[tool], page) if tool in task.done else "<td></td>" for tool in tools]
    return f"<tr>{title}{''.join(cells)}</tr>"


def _cell(state: State, page: str) -> str:
    """The answer; the catch is below it in small letters."""
    words = catch(state)
    note = f' <small class="task-note">{words}</small>' if words else ""
    address = f"{escape(page)}#{escape(state.block.name)}"
    return f'<td class="matrix--{said(state).kind}"><a href="{address}">{answer(state)}</a>{note}</td>'


def totals(book: Book, link: Link) -> str:
    """A line a tool: how many tasks it does and how, as a bar and in words, and below it which it doesn't do."""
    there = list(tasks(book).values())
    lines = []
    for tool in _tools(there):
        count = Counter(said(task.done[tool]) for task in there if tool in task.done)
        order = sorted(count, key=lambda one: (*ORDER, one).index(one))
        kinds = {one: one.kind if one in ORDER else "none" for one in order}  # what no run vouches for is no answer
        shares = "".join(f'<i class="share--{kinds[one]}" style="flex-grow:{count[one]}"></i>' for one in order)
        words = " ".join(marked(one.kind, one.mark, f"{count[one]} {one.words}") for one in order)
        lines.append(
            f'<li><b>{escape(tool)}</b> <span class="share" aria-hidden="true">{shares}</span> '
            f'<span class="share-words">{words}</span>{_missing(there, tool, link)}</li>'
        )
    return f'<ul class="shares">{"".join(lines)}</ul>' if lines else NOTHING


def _missing(there: list[Task], tool: str, link: Link) -> str:
    """The tasks that a tool doesn't do, folded."""
    links = [
        f'<li><a href="{escape(link(task.page.url))}#{escape(state.block.name)}">{escape(task.title)}</a></li>'
        for task, state in ((task, task.done[tool]) for task in there if tool in task.done)
        if said(state) is answers.ANSWERS["no"]
    ]
    if not links:
        return ""
    words = f"What {escape(tool)} doesn’t do"
    return f'<details class="quiet"><summary>{words}</summary><ul>{"".join(links)}</ul></details>'
