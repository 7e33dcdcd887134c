"""The tasks that a page shows done with every tool: what tables are made of, and what a "no" rests on.

A block with ``data-task`` is a tool's answer, the tool being its tab. Beside "by hand" and "no" the tool's own words
are shown: its help searched in vain, what it printed when it refused, or a link to its manual or tracker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from proof import answers

from harness.kinds.console import CONSOLE
from harness.page.block import Block
from harness.page.page import Page
from harness.page.prompts import Command, parse
from harness.problem import Problem

# tool -> where its own manual and tracker are
OWN = {
    "uv": "docs.astral.sh/uv/ github.com/astral-sh/uv/",
    "Poetry": "python-poetry.org/ github.com/python-poetry/",
    "PDM": "pdm-project.org/ github.com/pdm-project/",
    "Hatch": "hatch.pypa.io/ github.com/pypa/hatch/",
    "Pipenv": "pipenv.pypa.io/ github.com/pypa/pipenv/",
    "pip-tools": "pip-tools.readthedocs.io/ github.com/jazzband/pip-tools/",
    "pip": "pip.pypa.io/ github.com/pypa/pip/",
}
# What says that a word was made up, and nothing of what the tool does under another one
UNKNOWN = re.compile(
    r"no such (command|option)|unknown command|no such option|invalid choice|unrecognized argument|does not exist"
    r"|command not found|unexpected argument|Failed to spawn|ModuleNotFoundError",
    re.IGNORECASE,
)
SEARCHED = re.compile(r"(?:\shelp\b|--help\b).*\|\s*grep\b")
BESIDE = ("data-answer", "data-catch", "data-command")


def check(page: Page) -> None:
    """Raise Problem for a block whose task tables can't show, and for a "by hand" or "no" that rests on nothing."""
    headings: dict[str, int] = {}
    for block in page.blocks:
        task = block.attributes.get("data-task")
        if not task:
            for name in BESIDE:
                if name in block.attributes:
                    raise Problem(block.where, f"{name} without a data-task", 'data-task="…" beside it')
            continue
        _one_liner(block)
        if headings.setdefault(task, block.section) != block.section:
            raise Problem(block.where, f"the task {task!r} below a second heading", "all its tools below one heading")
        if other := next((one for one in headings if one != task and headings[one] == block.section), ""):
            raise Problem(block.where, f"the task {task!r} below the heading of {other!r}", "a heading of its own")
        tool = block.tabs[0] if block.tabs else ""
        if tool in OWN and block.attributes.get("data-answer") in answers.DOUBTED and not evident(page, block, tool):
            raise Problem(
                block.where,
                f"{block.attributes['data-answer']!r} without evidence in the words of {tool}",
                "in the same tab below the same heading: its help searched in vain (… --help | grep …, [1]), a refusal "
                "of what it does know, or a link to its manual or tracker",
                "that a command doesn't exist says nothing of the others: " + OWN[tool].replace(" ", " or "),
            )
        if block.attributes.get("data-answer") == "experimental" and "experimental" not in block.text.lower():
            raise Problem(block.where, "'experimental', and the block doesn't say so", "the tool's own warning in it")


def evident(page: Page, answer: Block, tool: str) -> bool:
    """Whether the tool's own words are beside its ``answer``: in the same tab, below the same heading."""
    places = OWN[tool].split()
    links = [one for one in page.links if (one.section, one.tabs[:1]) == (answer.section, answer.tabs[:1])]
    if any(one.target.partition("://")[2].startswith(tuple(places)) for one in links):
        return True
    return any(_refused(command, tool) for block in _beside(page, answer) for command in parse(block))


def _refused(command: Command, tool: str) -> bool:
    """Whether ``tool`` was searched for the word in vain, or refused something that it knows."""
    program = "|".join(map(re.escape, answers.PROGRAMS[tool]))
    typed = command.text.replace(".venv/bin/", "")
    if not command.status or not re.search(rf"(?<![\w./-])({program})(?![\w-])", typed):
        return False
    if SEARCHED.search(command.text):
        return command.status == 1  # grep's: it selected no line, and what is shown came from elsewhere
    printed = "\n".join(command.expected)
    return bool(printed) and not UNKNOWN.search(printed)


def _beside(page: Page, answer: Block) -> Sequence[Block]:
    """The console blocks in the tab of ``answer``, below its heading."""
    place = answer.section, answer.tabs[:1]
    return [one for one in page.blocks if (one.section, one.tabs[:1]) == place and CONSOLE.matches(one)]


def _one_liner(block: Block) -> None:
    """Raise Problem where tables can't have the block's command on a line."""
    if not CONSOLE.matches(block):
        raise Problem(block.where, f"a {block.language} block for a task", "a console block, for its command")
    try:
        found = answers.one_liner(block.attributes, block.text)
    except LookupError as error:
        begun = f"data-command: no command of the block, behind those named before, begins with {str(error)!r}"
        raise Problem(block.where, begun, "beginnings of its commands, in their order") from None
    if long := next((command for command in found if "\n" in command), ""):
        first = long.split("\n")[0]
        raise Problem(
            block.where, f"{first!r}, of several lines, for a table", "one line", "name others as data-command"
        )
