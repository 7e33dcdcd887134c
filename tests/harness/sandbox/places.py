"""Paths of the machine in what a page printed at level ``plain``, as the paths that pages show."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

Places = Sequence[tuple[str, str]]
"""Pairs of a path of this machine and the path that pages show for it."""

RULE = re.compile(r"-{2,}(?: +-{2,})+$")  # below the names of a table's columns, as long as the longest cell of each


def constant(output: str, places: Places) -> str:
    """``output`` with the shown paths; a table that has one is laid out again, since its columns were wider."""
    named = [(found, shown) for real, shown in places for found in (os.path.realpath(real), real) if real != "/usr"]

    def told(text: str) -> str:
        for found, shown in named:
            text = text.replace(found, shown)
        return text

    lines = output.split("\n")
    for number, line in enumerate(lines):
        if number and RULE.match(line.rstrip("\r")):
            _lay(lines, number, told)
    return told("\n".join(lines))


def _lay(lines: list[str], number: int, told: Callable[[str], str]) -> None:
    """Lay out the table whose rule is ``lines[number]``, as pip does: a space between columns, nothing behind them."""
    spans = [match.span() for match in re.finditer("-+", lines[number])]
    ends = [*(start for start, _ in spans[1:]), None]
    last = next((n for n in range(number + 1, len(lines)) if not lines[n].strip()), len(lines))
    rows = [n for n in range(number - 1, last) if n != number]
    cells = {n: [told(lines[n][start:end].strip()) for (start, _), end in zip(spans, ends, strict=True)] for n in rows}
    if not any(told(lines[n]) != lines[n] for n in rows):
        return
    sizes = [max(len(row[column]) for row in cells.values()) for column in range(len(spans))]
    for n, row in cells.items():
        lines[n] = " ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True)).rstrip()
    lines[number] = " ".join("-" * size for size in sizes)
