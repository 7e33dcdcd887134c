r"""A console block: commands behind ``$ `` with what each prints, ``...`` for lines left out, ``[N]`` for a status.

    $ uv add httpx
    ...
    Installed 7 packages in 5ms
    $ cat <<END
    > text
    > END
    text
    $ false
    [1]

``[...]`` inside a line leaves out a part of that line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.compare import align
from harness.compare.align import ELISION
from harness.compare.volatile import settled
from harness.page.block import Block
from harness.problem import Problem

PART = "[...]"
STATUS = re.compile(r"\[(\d{1,3})\]$")


@dataclass
class Command:
    """One command of a console block. ``line`` is its page line; ``status`` the exit status that must come."""

    line: int
    text: str
    expected: list[str] = field(default_factory=list)
    status: int = 0
    stated: bool = False  # the status stands as a [N] line in the block


def parse(block: Block) -> list[Command]:
    """The commands of ``block``. Raises Problem where the first line is no command, and for a prompt without one."""
    commands: list[Command] = []
    continuing = False
    for offset, line in enumerate(block.text.rstrip("\n").split("\n"), 1):
        number = block.line + offset if not block.included else block.line
        where = f"{block.page}:{number}"
        if line.rstrip() == "$":
            raise Problem(where, "a prompt without a command", "'$ command'")
        if line.startswith("$ "):
            commands.append(Command(number, line[2:]))
            continuing = True
        elif continuing and (line.startswith("> ") or line == ">"):
            commands[-1].text += "\n" + line[2:]
        elif not commands:
            raise Problem(
                where,
                f"a console block that starts with {line!r}",
                "'$ command' in its first line",
                "output without its command can't be checked; a listing of a file takes data-listing",
            )
        elif not line.replace(PART, "").strip() and line.strip():
            raise Problem(where, f"{line.strip()!r} shows nothing of its line", f"{ELISION!r} for lines left out")
        else:
            continuing = False
            commands[-1].expected.append(line)
    for command in commands:
        if command.expected and (match := STATUS.match(command.expected[-1])):
            command.status, command.stated = int(match.group(1)), True
            command.expected.pop()
    if block.exit is not None and commands:
        last = commands[-1]
        if last.stated and last.status != block.exit:
            raise Problem(block.where, f"data-exit={block.exit} and [{last.status}] for one command", "one status")
        last.status = block.exit
    return commands


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
    parts = shown.rstrip().split(PART)
    around = [settled(f" {part} x")[1:-2] for part in parts]  # a rule may need what stands beside the part
    return any(
        re.fullmatch(".*".join(map(re.escape, known)), line)
        for known, line in ((around, settled(printed)), (parts, printed.rstrip()))
    )


def _showable(lines: list[str]) -> list[str]:
    """``lines`` with ``...`` in place of those that a console block would take for a command or a part of one."""
    result: list[str] = []
    for line in lines:
        prompt = line.startswith("$ ") or line == "$" or (not result and (line.startswith("> ") or line == ">"))
        line = ELISION if prompt else line
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
