"""A listing: what a page shows of a file that a command made or changed.

A line ``...`` leaves lines out, as in console output. ``part`` says that the shown lines are consecutive lines of the
file, indented less where the whole part is; otherwise the listing is the whole file.
"""

from __future__ import annotations

from collections import Counter

from harness.compare import align
from harness.compare.align import NEEDLESS, difference, elides, lines_of, needless


def trimmed(text: str) -> list[str]:
    """The lines of ``text`` without blank ones at its end, which no rendered block shows."""
    lines = lines_of(text)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def indents(shown: list[str], actual: list[str]) -> list[str]:
    """The indentations that a part may have lost, the one that finds most of its lines first."""
    votes: Counter[str] = Counter({"": 0})
    wanted = {line for line in shown if line.strip() and not elides(line)}
    for line in actual:
        bare = line.lstrip(" \t")
        for size in range(len(line) - len(bare) + 1 if bare else 0):
            if line[size:] in wanted:
                votes[line[:size]] += 1
    return [indent for indent, _ in votes.most_common()]


def indented(lines: list[str], indent: str) -> list[str]:
    return [indent + line if line.strip() else line for line in lines]


def compare(shown: str, actual: str, part: bool) -> tuple[str | None, list[str]]:
    """A unified diff from what the page shows to what it should show, or None where they agree; and notes.

    A note names, by its line in the block, an elision that leaves nothing out. Line ends and blank lines at the end of
    the file aren't compared: a reader can't see them.
    """
    lines, file = trimmed(shown), trimmed(actual)
    for indent in indents(lines, file) if part else [""]:
        elided = align.align(indented(lines, indent), file, part=part) if lines or not part else None
        if elided is not None:
            return None, [f"line {number + 1} of the listing: {NEEDLESS}" for number in needless(lines, elided)]
    wanted = trimmed(updated(shown, actual, part))
    if wanted == lines:
        return "none of the shown lines is in the file, which is\n" + "\n".join(file[:20]), []
    return difference(lines, wanted, "the file holds"), []


def updated(shown: str, actual: str, part: bool) -> str:
    """What the block should show of ``actual``; a part of which no line is left comes back as it is."""
    lines, file = trimmed(shown), trimmed(actual)
    indent = indents(lines, file)[0] if part else ""
    lines = align.updated(indented(lines, indent), file, part=part)
    if all(line.startswith(indent) for line in lines if line.strip()):
        lines = [line.removeprefix(indent) for line in lines]
    return "\n".join(lines) + "\n"
