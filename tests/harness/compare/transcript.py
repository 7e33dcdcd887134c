"""A console block's output: is what was printed what the page shows, and what should it show instead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.compare import align
from harness.compare.volatile import settled
from harness.page.block import Block
from harness.page.prompts import ELISION, PART, STATUS, Command, as_output


@dataclass
class Comparison:
    """``difference`` is empty where the output is as shown; ``needless`` are lines, from 1, that leave nothing out."""

    difference: str = ""
    needless: list[int] = field(default_factory=list)


def compare(expected: list[str], actual: list[str]) -> Comparison:
    """Compare shown lines with printed ones: volatile parts settled, ``...`` matching any lines."""
    elided = align.align(expected, actual, same)
    if elided is None:
        return Comparison(align.difference(expected, updated(expected, actual), "the command printed"))
    return Comparison(needless=[number + 1 for number in align.needless(expected, elided)])


def updated(expected: list[str], actual: list[str]) -> list[str]:
    """The lines that should be shown: as they are where they still hold, else the new output with elisions kept."""
    return align.updated(expected, actual, same)


def same(shown: str, printed: str) -> bool:
    """Whether ``printed`` is what ``shown`` says: volatile parts settled, ``[...]`` matching any part of the line."""
    if PART not in shown:
        return settled(shown) == settled(printed)
    return any(
        re.fullmatch(".*".join(map(re.escape, page.split(PART))), line)
        for page, line in ((settled(shown), settled(printed)), (shown.rstrip(), printed.rstrip()))
    )


def _showable(lines: list[str]) -> list[str]:
    """``lines`` so that a console block takes none of them for a command or a part of one."""
    result: list[str] = []
    for line in lines:
        line = as_output(line, first=not result)
        if line != ELISION or result[-1:] != [ELISION]:
            result.append(line)
    return result


def rewritten(block: Block, results: list[tuple[Command, list[str], int]]) -> str:
    """``block.text`` with the outputs and statuses of ``results`` (command, printed lines, status) written in."""
    lines: list[str] = []
    for number, (command, printed, status) in enumerate(results):
        head, *rest = command.text.split("\n")
        lines += ["$ " + head, *("> " + line if line else ">" for line in rest)]
        shown = _showable(updated(command.expected, printed))
        lines += shown
        last = number == len(results) - 1
        stated = command.stated or status != command.status or not last or block.exit is None
        if (status and stated) or (shown and STATUS.match(shown[-1])):  # else that line would be read as the status
            lines.append(f"[{status}]")
    return "\n".join(lines) + "\n"
