"""What ``...`` means: lines that a page leaves out of an output or a file, one rule for both.

Everything here works on lists of lines without their newlines.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from itertools import pairwise

from harness.page.prompts import ELISION

NEEDLESS = "'...' leaves nothing out and is no longer needed"
LONGEST = 80  # lines of a difference that a message shows
Same = Callable[[str, str], bool]
"""Whether a shown line, the first argument, says what an actual one is."""


def equal(shown: str, actual: str) -> bool:
    return shown == actual


def elides(line: str) -> bool:
    return line.strip() == ELISION


def lines_of(text: str) -> list[str]:
    r"""The lines of ``text`` without their newlines, only \n and \r\n ending a line."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def segments_of(shown: list[str]) -> list[list[str]]:
    """``shown`` split at its elisions: always one segment more than elisions, the outer ones perhaps empty."""
    segments: list[list[str]] = [[]]
    for line in shown:
        if elides(line):
            segments.append([])
        else:
            segments[-1].append(line)
    return segments


def align(shown: list[str], actual: list[str], same: Same = equal, part: bool = False) -> list[int] | None:
    """How many lines each elision of ``shown`` leaves out, or None where ``shown`` isn't ``actual``.

    ``part``: ``shown`` may begin and end anywhere in ``actual``, else it is all of it.
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
        at = next((at for at in starts if all(map(same, segment, actual[at : at + size]))), None)
        if at is None:
            return None
        if not first:
            elided.append(at - position)
        position = at + size
    return elided


def needless(shown: list[str], elided: list[int]) -> list[int]:
    """The indices of the elisions in ``shown`` that leave nothing out."""
    numbers = [number for number, line in enumerate(shown) if elides(line)]
    return [number for number, count in zip(numbers, elided, strict=True) if not count]


def difference(shown: list[str], wanted: list[str], source: str) -> str:
    """A unified diff from what the page shows to what it should show, as ``updated`` has it.

    So a line that differs is listed alone: the lines that the page leaves out aren't listed.
    """
    rows = list(difflib.unified_diff(shown, wanted, "the page shows", source, lineterm="", n=2))
    return "\n".join(rows[:LONGEST] + (["… (longer)"] if len(rows) > LONGEST else []))


def updated(shown: list[str], actual: list[str], same: Same = equal, part: bool = False) -> list[str]:
    """What the page should show of ``actual``: the same lines as they are, elisions kept where they're needed.

    A part of which no line is left can't be placed: it comes back as it is.
    """
    lines = shown
    if align(shown, actual, same, part) is None:
        if same is not equal:
            known = [line for line in shown if not elides(line)]
            actual = [next((line for line in known if same(line, have)), have) for have in actual]
        lines = _rewritten(shown, actual, part)
    while needed := align(lines, actual, same, part):
        if all(needed):
            break
        drop = needless(lines, needed)[0]
        lines = [*lines[:drop], *lines[drop + 1 :]]
    return lines


def _rewritten(shown: list[str], actual: list[str], part: bool) -> list[str]:
    """``actual`` as ``shown`` shows it: equal lines stay, what lies between them is new."""
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
        result += _gap(shown[a + 1 : next_a], actual[b + 1 : next_b])
    return result


def _gap(shown: list[str], actual: list[str]) -> list[str]:
    """What stands for ``shown`` between two lines that stay: all of ``actual``, or its ends around an elision."""
    numbers = [number for number, line in enumerate(shown) if elides(line)]
    if not numbers:
        return actual
    before, after = numbers[0], len(shown) - numbers[-1] - 1
    if before + after >= len(actual):
        return actual
    between = [line for line in shown[before : len(shown) - after] if not elides(line)]
    at = _resembling(between, actual, range(before, len(actual) - after))
    if at is not None:
        return [
            *_gap([*shown[:before], ELISION], actual[:at]),
            actual[at],
            *_gap([ELISION, *shown[len(shown) - after :]], actual[at + 1 :]),
        ]
    return [*actual[:before], shown[numbers[0]], *actual[len(actual) - after :]]


def _resembling(shown: list[str], actual: list[str], inside: range) -> int | None:
    """The index in ``inside`` of the line that one of ``shown`` has become, None where there is none."""
    for line in shown:
        if close := difflib.get_close_matches(line, [actual[n] for n in inside], n=1, cutoff=0.75):
            return next(n for n in inside if actual[n] == close[0])
    return None
