"""A listing: what a page shows of a file that a command made or changed.

A line ``...`` elides lines, as in console output. ``part`` says that the shown lines are consecutive lines of the file,
indented less where the whole part is; otherwise the listing is the whole file.
"""

from __future__ import annotations

import difflib
from collections import Counter
from itertools import pairwise

from harness.compare.patch import ELISION, lines_of


def elides(line: str) -> bool:
    return line.strip() == ELISION


def segments_of(shown: list[str]) -> list[list[str]]:
    """``shown`` split at its elisions: always one segment more than elisions, the outer ones perhaps empty."""
    segments: list[list[str]] = [[]]
    for line in shown:
        if elides(line):
            segments.append([])
        else:
            segments[-1].append(line)
    return segments


def trimmed(text: str) -> list[str]:
    """The lines of ``text`` without blank ones at its end, which no rendered block shows."""
    lines = lines_of(text)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def align(shown: list[str], actual: list[str], part: bool) -> list[int] | None:
    """How many lines each elision of ``shown`` elides, or None where ``shown`` doesn't list ``actual``.

    Each segment is taken as early as it can be: that finds an alignment whenever there is one.
    """
    segments, position, elided = segments_of(shown), 0, []
    for number, segment in enumerate(segments):
        first, last, size = number == 0, number == len(segments) - 1, len(segment)
        starts = range(position, len(actual) - size + 1)
        if last and (not part or not segment and not first):
            starts = starts[-1:]
        if first and (not part or not segment):
            starts = starts[:1] if starts[:1] == range(1) else range(0)
        at = next((at for at in starts if actual[at : at + size] == segment), None)
        if at is None:
            return None
        if not first:
            elided.append(at - position)
        position = at + size
    return elided


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

    A note names, by its line in the block, an elision that elides nothing. Line ends and blank lines at the end of the
    file aren't compared: a reader can't see them.
    """
    lines, file = trimmed(shown), trimmed(actual)
    for indent in indents(lines, file) if part else [""]:
        elided = align(indented(lines, indent), file, part) if lines or not part else None
        if elided is not None:
            numbers = [number for number, line in enumerate(lines, 1) if elides(line)]
            return None, [
                f"line {number} of the listing: '...' elides nothing and is no longer needed"
                for number, count in zip(numbers, elided, strict=True)
                if not count
            ]
    expected = trimmed(updated(shown, actual, part))
    if expected == lines:
        return "none of the shown lines is in the file, which is\n" + "\n".join(file[:20]), []
    return "\n".join(difflib.unified_diff(lines, expected, "shown", "actual", n=2, lineterm="")), []


def updated(shown: str, actual: str, part: bool) -> str:
    """What the block should show of ``actual``: its elisions kept where there is still something to elide.

    A part of which no line is left in the file can't be placed: it comes back as it is.
    """
    lines, file = trimmed(shown), trimmed(actual)
    indent = indents(lines, file)[0] if part else ""
    if align(indented(lines, indent), file, part) is None:
        lines = rewritten(indented(lines, indent), file, part)
        if not all(line.startswith(indent) for line in lines if line.strip()):
            indent = ""
        lines = [line.removeprefix(indent) for line in lines]
    while elided := align(indented(lines, indent), file, part):
        if all(elided):
            break
        numbers = [number for number, line in enumerate(lines) if elides(line)]
        del lines[numbers[elided.index(0)]]
    return "\n".join(lines) + "\n"


def rewritten(shown: list[str], actual: list[str], part: bool) -> list[str]:
    """``actual`` as ``shown`` lists it: equal lines stay, lines between two elisions' neighbours are taken anew."""
    matcher = difflib.SequenceMatcher(None, shown, ["\0" if elides(line) else line for line in actual], autojunk=False)
    pairs = [(block.a + i, block.b + i) for block in matcher.get_matching_blocks() for i in range(block.size)]
    low, high = 0, len(actual)
    if part:
        if not pairs:
            return shown
        first, last = pairs[0], pairs[-1]
        if not any(map(elides, shown[: first[0]])):
            low = max(0, first[1] - first[0])
        if not any(map(elides, shown[last[0] :])):
            high = min(len(actual), last[1] + len(shown) - last[0])
    result: list[str] = []
    for (a, b), (next_a, next_b) in pairwise([(-1, low - 1), *pairs, (len(shown), high)]):
        if a >= 0:
            result.append(actual[b])
        result += gap(shown[a + 1 : next_a], actual[b + 1 : next_b])
    return result


def gap(shown: list[str], actual: list[str]) -> list[str]:
    """What stands for ``shown`` between two lines that stay: all of ``actual``, or its ends around an elision."""
    numbers = [number for number, line in enumerate(shown) if elides(line)]
    if not numbers:
        return actual
    before, after = numbers[0], len(shown) - numbers[-1] - 1
    if before + after >= len(actual):
        return actual
    return [*actual[:before], shown[numbers[0]], *actual[len(actual) - after :]]
