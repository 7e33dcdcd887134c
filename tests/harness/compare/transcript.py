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

import difflib
import re
from dataclasses import dataclass, field

from harness.compare.volatile import settled
from harness.page.block import Block
from harness.problem import Problem

ELISION = "..."
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


def lines_of(output: str) -> list[str]:
    """An output as lines as a terminal shows them, without trailing white space; no trailing empty lines.

    Tabs become spaces: Markdown expands them in pages, so a page couldn't show one.
    """
    lines = [line.rstrip().expandtabs(8) for line in output.replace("\r\n", "\n").split("\n")]
    lines = [line.rsplit("\r", 1)[-1] for line in lines]  # a progress line overwrites itself
    while lines and not lines[-1]:
        lines.pop()
    return lines


@dataclass
class Comparison:
    """``difference`` is empty where the output is as shown; ``notes`` name elisions that left nothing out."""

    difference: str = ""
    notes: list[str] = field(default_factory=list)


def compare(expected: list[str], actual: list[str]) -> Comparison:
    """Compare shown lines with printed ones: volatile parts settled, ``...`` matching any lines."""
    segments: list[list[str]] = [[]]
    for line in expected:
        if line.strip() == ELISION:
            segments.append([])
        else:
            segments[-1].append(line)
    have = [(settled(line), line.rstrip()) for line in actual]
    if len(segments) == 1:
        if len(expected) == len(actual) and all(map(_same, expected, have)):
            return Comparison()
        return Comparison(difference(expected, actual))
    notes, at = [], 0
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if number == 0:
            found = 0 if _at(segment, have, 0) else None
        elif last:
            found = len(have) - len(segment) if segment else max(at, len(have))
            found = found if found >= at and _at(segment, have, found) else None
        else:
            found = next((n for n in range(at, len(have) + 1) if _at(segment, have, n)), None)
        if found is None:
            return Comparison(difference(expected, actual))
        if number and found == at:
            notes.append(f"elision {number} leaves nothing out: it is no longer needed")
        at = found + len(segment)
    return Comparison(notes=notes)


def _same(shown: str, have: tuple[str, str]) -> bool:
    """Whether ``have``, a printed line settled and as it came, is what ``shown`` says."""
    if PART not in shown:
        return settled(shown) == have[0]
    parts = shown.rstrip().split(PART)
    around = [settled(f" {part} x")[1:-2] for part in parts]  # a rule may need what stands beside the part
    return any(
        re.fullmatch(".*".join(map(re.escape, known)), line) for known, line in ((around, have[0]), (parts, have[1]))
    )


def _at(segment: list[str], have: list[tuple[str, str]], at: int) -> bool:
    return at + len(segment) <= len(have) and all(map(_same, segment, have[at : at + len(segment)]))


def difference(expected: list[str], actual: list[str]) -> str:
    """A unified diff, lines that agree after settling counted as equal."""
    settled_lines = {settled(line): line for line in expected}
    shown = [settled_lines.get(settled(line), line) for line in actual]
    rows = list(difflib.unified_diff(expected, shown, "the page shows", "the command printed", lineterm="", n=2))
    return "\n".join(rows[:80] + (["… (longer)"] if len(rows) > 80 else []))


def updated(expected: list[str], actual: list[str]) -> list[str]:
    """The lines that should be shown: as they are where they still hold, else the new output with elisions kept."""
    if not compare(expected, actual).difference:
        return expected
    actual = [_kept(line, expected) for line in actual]
    marks = [n for n, line in enumerate(expected) if line.strip() == ELISION]
    if not marks:
        return actual
    old = [settled(line) for line in expected]
    matcher = difflib.SequenceMatcher(None, old, [settled(line) for line in actual], autojunk=False)
    place = {a + k: b + k for a, b, size in matcher.get_matching_blocks() for k in range(size)}
    result, at = [], 0
    bounds = [-1, *marks, len(expected)]
    for first, last in zip(bounds, bounds[1:], strict=False):
        size = last - first - 1
        known = [(n, place[n]) for n in range(first + 1, last) if n in place and place[n] >= at]
        known = known or _nearest(old, [settled(line) for line in actual], range(first + 1, last), at)
        if first < 0:
            start = 0
            end = known[-1][1] + (last - known[-1][0]) if known else size
        elif last == len(expected):
            end = len(actual) if size else at
            start = known[0][1] - (known[0][0] - first - 1) if known else end - size
        elif known:
            start, end = known[0][1] - (known[0][0] - first - 1), known[-1][1] + (last - known[-1][0])
        else:
            start, end = at, at
        start, end = max(start, at), min(max(end, at), len(actual))
        result += actual[start:end]
        at = max(end, at)
        if last < len(expected) and (not result or result[-1] != expected[last]):
            result.append(expected[last])
    return result


def _nearest(old: list[str], have: list[str], segment: range, at: int) -> list[tuple[int, int]]:
    """Where a segment of which no line is left went to: its first line that resembles a printed one, and that line."""
    for number in segment:
        if close := difflib.get_close_matches(old[number], have[at:], n=1, cutoff=0.75):
            return [(number, have.index(close[0], at))]
    return []


def _kept(line: str, expected: list[str]) -> str:
    """``line`` as the page shows it already, with another duration or a part left out, or as it was printed."""
    have = (settled(line), line)
    return next((shown for shown in expected if shown.strip() != ELISION and _same(shown, have)), line)


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
