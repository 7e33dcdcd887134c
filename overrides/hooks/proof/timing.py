"""What ``make compare`` measured of one project, and how its numbers are written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .book import Book
from .contract import SECONDS

FILE = "docs/assets/speed.json"
FORMAT = 2
LINES = {"loopback": "loopback", "link": "the slow link"}


@dataclass(frozen=True)
class Over:
    """What was measured over one line: tool -> measure -> numbers, or the words in which the tool failed."""

    rounds: int
    seconds: dict[str, dict[str, dict[str, Any]]]
    failed: dict[str, dict[str, str]]

    def median(self, tool: str, measure: str) -> float | None:
        found = self.seconds.get(tool, {}).get(measure)
        return float(found["median"]) if found else None

    def fastest(self, measure: str) -> float:
        return min(float(of[measure]["median"]) for of in self.seconds.values() if measure in of)


@dataclass(frozen=True)
class Measured:
    """One project: ``lines`` is line -> numbers, ``left_out`` tool -> why it isn't measured in this project."""

    tools: list[str]
    lines: dict[str, Over]
    left_out: dict[str, str]

    @property
    def measures(self) -> dict[str, str]:
        """The measures that there are numbers or words for, in their order, with what readers call them."""
        there = {name for over in self.lines.values() for of in over.seconds.values() for name in of}
        there |= {name for over in self.lines.values() for of in over.failed.values() for name in of}
        return {name: words for name, words in SECONDS.items() if name in there}


def data(book: Book) -> dict[str, Any] | None:
    path = book.checkout.root / FILE
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found if found.get("format") == FORMAT else None


def none(measured: Measured, tool: str, measure: str) -> str:
    """What stands where there is no number: the tool failed, isn't timed in this project, or has no such step."""
    failed = any(measure in over.failed.get(tool, {}) for over in measured.lines.values())
    return "not timed" if tool in measured.left_out else "fails" if failed else "–"


def short(seconds: float) -> str:
    return f"{plain(seconds)} s"


def plain(seconds: float) -> str:
    """Two or three figures that count: 0.02, 0.68, 1.4, 23, 140."""
    if seconds < 0.0095:
        return f"{seconds:.3f}"
    return f"{seconds:.2f}" if seconds < 0.995 else f"{seconds:.1f}" if seconds < 9.95 else f"{seconds:.0f}"


def times(ratio: float) -> str:
    return f"{ratio:.1f}×" if ratio < 9.95 else f"{ratio:.0f}×"
