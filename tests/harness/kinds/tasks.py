"""The tasks that a page shows done with every tool: what tables are made of.

A block with ``data-task`` is a tool's answer, the tool being its tab.
"""

from __future__ import annotations

from proof import answers

from harness.kinds.console import CONSOLE
from harness.page.block import Block
from harness.page.page import Page
from harness.problem import Problem

BESIDE = ("data-answer", "data-catch", "data-command")


def check(page: Page) -> None:
    """Raise Problem for a block whose task tables can't show."""
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
        if block.attributes.get("data-answer") == "experimental" and "experimental" not in block.text.lower():
            raise Problem(block.where, "'experimental', and the block doesn't say so", "the tool's own warning in it")


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
