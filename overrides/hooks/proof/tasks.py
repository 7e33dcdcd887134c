"""Each task with each tool in a line, made from the task's blocks: tables above its tabs, and a tool's cheat sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from . import answers
from .book import Book, Page
from .contract import RAN
from .state import State
from .table import Link

PLACE = re.compile(r"<!--task:([a-z0-9-]+)-->")


@dataclass
class Task:
    """A task: its ``title`` and ``section`` are its heading and that one's id on ``page``; its block by tool."""

    name: str
    title: str
    page: Page
    section: str
    done: dict[str, State] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its heading, below the site's root."""
        return f"{self.page.url}#{self.section}"

    @property
    def tools(self) -> list[str]:
        """Its tools in the order that every table has, others behind."""
        return sorted(self.done, key=lambda tool: (*answers.TOOLS, tool).index(tool))


def tasks(book: Book, *names: str) -> dict[str, Task]:
    """The tasks of the pages in the navigation's order, of those called ``names`` (``docs/….md``) alone where given."""
    found: dict[str, Task] = {}
    for page in [book.pages[name] for name in names] if names else book.in_order:
        for state in page.states:
            block, tool = state.block, state.block.tabs[0] if state.block.tabs else ""
            name = block.attributes.get("data-task", "")
            if name and tool:
                task = found.setdefault(name, Task(name, block.heading, page, block.section))
                task.done[tool] = state
    return found


def said(state: State) -> answers.Answer:
    """The answer, where a run vouches for it; a block that doesn't run or isn't verified answers nothing."""
    if state.outcome in RAN:
        return answers.answer(state.block.attributes)
    return answers.Answer(state.outcome, state.mark, "bad" if state.outcome in ("failed", "blocked") else "open")


def answer(state: State) -> str:
    found = said(state)
    return marked(found.kind, found.mark, found.words)


def marked(kind: str, mark: str, words: str) -> str:
    """The words of an answer in the colour of its kind, behind its mark, which a screen reader leaves out."""
    return (
        f'<span class="answer answer--{kind}"><span class="answer-mark" aria-hidden="true">{mark} </span>'
        f"{escape(words)}</span>"
    )


def catch(state: State) -> str:
    """The few words beside an answer, empty where there are none."""
    return escape(state.block.attributes.get("data-catch", ""))


def commands(state: State) -> str:
    """The commands that do the task, each to be copied; of a tool that doesn't do it, what does it instead."""
    lines = " ".join(map(_command, answers.one_liner(state.block.attributes, state.block.text)))
    refused = answers.answer(state.block.attributes) is answers.ANSWERS["no"]
    words = "; ".join(filter(None, ("instead" if refused else "", catch(state))))
    return f'<span class="task-note">{words}:</span> {lines}' if words else lines


def _command(text: str) -> str:
    return (
        f'<span class="task-command"><code>{escape(text)}</code>'
        f'<button class="md-clipboard" type="button" title="Copy to clipboard" data-clipboard-text="{escape(text)}">'
        "</button></span>"
    )


def above(html: str, page: Page, book: Book) -> str:
    """``html`` with the table of each task that ``page`` shows, in the place that was prepared for it."""
    there = tasks(book, page.name)
    return PLACE.sub(lambda place: _table("Tool", _tools(there[place[1]])), html)


def _tools(task: Task) -> list[tuple[str, str, str]]:
    """A row a tool; it leads to the tool's tab."""
    return [
        (f'<a href="#{escape(state.block.name)}">{escape(tool)}</a>', commands(state), answer(state))
        for tool, state in ((tool, task.done[tool]) for tool in task.tools)
    ]


def cheat_sheet(book: Book, link: Link, tool: str) -> str:
    """All tasks with one ``tool``, a table for each page of tasks."""
    there = [task for task in tasks(book).values() if tool in task.done]
    sheets = []
    for url, group in groupby(there, key=lambda task: task.page.url):
        found = list(group)
        title = f'<h2><a href="{escape(link(url))}">{escape(found[0].page.title)}</a></h2>'
        sheets.append(title + _table("Task", [_row(task, task.done[tool], link) for task in found]))
    return "".join(sheets) or f"<p>No task has been shown with {escape(tool)} yet.</p>"


def _row(task: Task, state: State, link: Link) -> tuple[str, str, str]:
    """A row of a cheat sheet; it leads to the block that proves it."""
    address = f"{link(task.page.url)}#{state.block.name}"
    return f'<a href="{escape(address)}">{escape(task.title)}</a>', commands(state), answer(state)


def _table(first: str, rows: list[tuple[str, str, str]]) -> str:
    body = "".join(
        f'<tr><th scope="row">{name}</th><td class="task-commands">{how}</td><td>{said}</td></tr>'
        for name, how, said in rows
    )
    head = "".join(f'<th scope="col">{title}</th>' for title in (first, "Command", "Does it?"))
    return f'<table class="tasks" data-search-exclude><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
