"""A shown diff, applied to the text of the file that it changes.

Pure functions on text: the runner reads and writes the file through the sandbox.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from harness.compare.align import lines_of
from harness.page.prompts import ELISION
from harness.problem import Problem

HEADER = re.compile(r"@@(?: -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@.*)?")
PREAMBLE = ("diff --git ", "index ", "new file mode ", "old mode ", "new mode ", "similarity index ")
Mark = Literal[" ", "-", "+"]


@dataclass
class Hunk:
    """Consecutive changed lines: ``before`` must be in the file at one place, ``after`` takes their place.

    ``line`` is the hunk's first line in the shown diff, ``start`` its place in the file and ``becomes`` its place in
    the changed one, all 1-based; ``counts`` are the numbers of lines before and after. The header names the latter
    three, or they are None.
    ``ends`` has the sides whose last line is marked as having no newline.
    """

    line: int
    start: int | None = None
    becomes: int | None = None
    counts: tuple[int, int] | None = None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    ends: set[Mark] = field(default_factory=set)
    last: Mark = " "

    def add(self, mark: Mark, text: str) -> None:
        if mark != "+":
            self.before.append(text)
        if mark != "-":
            self.after.append(text)
        self.last = mark


def hunk_of(header: re.Match[str], number: int) -> Hunk:
    """The hunk that a header at line ``number`` of the diff opens; a bare ``@@`` names no place."""
    start, before, becomes, after = header.groups()
    if start is None:
        return Hunk(number + 1)
    counts = int(before or 1), int(after or 1)
    # "-4,0" means "after line 4" (POSIX, diff -u), every other count "from line 4 on"
    return Hunk(number + 1, int(start) + (counts[0] == 0), int(becomes) + (counts[1] == 0), counts)


def hunks_of(diff: str, where: str) -> list[Hunk]:
    """The hunks of a shown diff; file headers are skipped, ``@@`` and ``...`` lines separate hunks."""
    hunks: list[Hunk] = []
    current: Hunk | None = None
    lines = lines_of(diff)
    for number, line in enumerate(lines, 1):
        following, previous = "".join(lines[number : number + 1]), lines[number - 2] if number > 1 else ""
        if header := HEADER.fullmatch(line.rstrip()):
            current = hunk_of(header, number)
            hunks.append(current)
        elif line.rstrip() == ELISION:
            current = None
        elif line.startswith("--- ") and following.startswith("+++ "):
            if hunks:
                raise Problem(where, f"line {number} of the diff begins a second file", "one file a diff block")
        elif not hunks and (line.startswith(PREAMBLE) or line.startswith("+++ ") and previous.startswith("--- ")):
            continue
        elif line.startswith("\\ "):
            if current is not None:
                current.ends.update((" ", "-", "+") if current.last == " " else (current.last,))
        elif line[:1] in ("", " ", "+", "-"):
            if current is None:
                current = Hunk(number)
                hunks.append(current)
            current.add(line[:1] or " ", line[1:])  # type: ignore[arg-type]
        else:
            raise Problem(
                where,
                f"line {number} of the diff is {line!r}",
                "each line to begin with a space (context), '-' or '+', or to be '@@' or '...'",
            )
    return hunks


def check(hunk: Hunk, where: str) -> None:
    """Raise Problem for a hunk that contradicts itself."""
    name, counts = f"the hunk at line {hunk.line} of the diff", (len(hunk.before), len(hunk.after))
    if hunk.before == hunk.after and not hunk.ends:
        raise Problem(where, f"{name} changes nothing", "a '-' or '+' line that changes something")
    if hunk.counts is not None and hunk.counts != counts:
        raise Problem(
            where,
            f"{name} has {counts} old and new lines, its header says {hunk.counts}",
            "the same numbers, or patch refuses it",
            "a bare @@ line needs no numbers",
        )


def places(lines: list[str], wanted: list[str], start: int = 0) -> list[int]:
    """Every index from ``start`` on at which ``lines`` have ``wanted``."""
    first = wanted[0]
    return [
        at
        for at in range(start, len(lines) - len(wanted) + 1)
        if lines[at] == first and lines[at : at + len(wanted)] == wanted
    ]


def apply_diff(text: str, diff: str, where: str) -> str:
    """``text`` with ``diff`` applied: every hunk at exactly one place, in the order of the file, nothing fuzzy.

    A hunk that fits several places is taken where its header's line number points, as ``patch`` does.
    ``where`` (``page:line``) names the diff in messages; a file with \\r\\n line ends keeps them.
    Raises Problem for a diff that doesn't apply or changes nothing.
    """
    crlf = "\r\n" in text and "\n" not in text.replace("\r\n", "")
    lines, result, position = lines_of(text), [], 0
    newline = not text or text.endswith("\n")
    hunks = hunks_of(diff, where)
    if not hunks:
        raise Problem(where, "a diff without a changed line", "lines that begin with '-' or '+'")
    for hunk in hunks:
        check(hunk, where)
        at = place(hunk, lines, position, where)
        result += lines[position:at]
        _numbered(hunk, (at + 1, len(result) + 1), where)
        result += hunk.after
        position = at + len(hunk.before)
        if position == len(lines) and hunk.ends:
            newline = "+" not in hunk.ends
    result += lines[position:]
    changed = "\n".join(result) + ("\n" if newline and result else "")
    changed = changed.replace("\n", "\r\n") if crlf else changed
    if changed == text:
        raise Problem(where, "the diff changes nothing", "a diff that does")
    return changed


def _numbered(hunk: Hunk, lines: tuple[int, int], where: str) -> None:
    """Raise Problem where the header names other ``lines``, old and new, than those that the hunk begins at."""
    if hunk.start is not None and (hunk.start, hunk.becomes) != lines:
        raise Problem(
            where,
            f"the hunk at line {hunk.line} of the diff begins at lines {lines}, old and new, its header says "
            f"({hunk.start}, {hunk.becomes})",
            "the same numbers, as diff writes them",
            "a bare @@ line needs no numbers",
        )


def place(hunk: Hunk, lines: list[str], position: int, where: str) -> int:
    """The one index in ``lines``, ``position`` or later, at which ``hunk`` applies."""
    name = f"the hunk at line {hunk.line} of the diff"
    if not hunk.before:
        if not lines:
            return 0
        if hunk.start is None:
            raise Problem(where, f"{name} has no context", "a line before or after the added ones, to tell where")
        if not position <= hunk.start - 1 <= len(lines):
            raise Problem(where, f"{name} begins at line {hunk.start}", f"lines {position + 1} to {len(lines) + 1}")
        return hunk.start - 1
    found = places(lines, hunk.before, position)
    if hunk.start is not None and len(found) > 1:
        found = [at for at in found if at == hunk.start - 1] or found
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(str(at + 1) for at in found[:5]) + (", …" if len(found) > 5 else "")
        raise Problem(
            where,
            f"{name} applies at {len(found)} places (lines {numbers})",
            "exactly one",
            "show more lines around the change",
        )
    if earlier := places(lines, hunk.before):
        raise Problem(
            where,
            f"{name} applies at line {earlier[0] + 1}, before the hunk above it",
            "hunks in the order of the file",
        )
    raise Problem(where, f"{name} doesn't apply: {nearest(hunk, lines)}", "its context and '-' lines in the file")


def nearest(hunk: Hunk, lines: list[str]) -> str:
    """Where the file comes closest to what the hunk expects, and the first line that differs there."""
    if not lines:
        return "the file is empty"
    if hunk.after and places(lines, hunk.after):
        return f"the file has its new lines already, at line {places(lines, hunk.after)[0] + 1}"
    # blank lines are equal everywhere: they tell nothing about the place
    wanted = {offset: line for offset, line in enumerate(hunk.before) if line.strip()}
    where: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        where.setdefault(line, []).append(number)
    votes = Counter(at - offset for offset, line in wanted.items() for at in where.get(line, [])[:100])
    if not votes:
        return "none of its lines is in the file"
    at = max(votes, key=lambda key: (votes[key], -abs(key)))
    pairs = [(at + i, line, lines[at + i] if 0 <= at + i < len(lines) else None) for i, line in enumerate(hunk.before)]
    number, expected, found = next(pair for pair in pairs if pair[1] != pair[2])
    has = "ends" if found is None else f"has {found!r}"
    return (
        f"closest at line {max(at, 0) + 1}, where line {number + 1} of the file {has} and the diff {expected!r}"
        + context(lines, number)
    )


def context(lines: list[str], number: int) -> str:
    """The file's lines around index ``number``, numbered, as the tail of a message."""
    shown = range(max(number - 2, 0), min(number + 3, len(lines)))
    return "".join(f"\n  {'>' if i == number else ' '} {i + 1:4} {lines[i]}" for i in shown)
