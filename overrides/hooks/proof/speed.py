"""The comparison of speeds: a picture and a table, made from what ``make compare`` measured.

The picture is drawn here, because it takes its colours from the page: one drawing for light and dark.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from html import escape
from typing import Any

from .book import Book, day
from .contract import MEASURES, SIZE
from .table import Link, table

FILE = "docs/assets/speed.json"
STEPS = {measure: words for measure, words in MEASURES.items() if measure != SIZE}
# A panel's measures in its own units, which are pixels on a phone 360 wide.
WIDTH, LEFT, RIGHT, ROW, HEAD = 340, 72, 48, 24, 52


@dataclass(frozen=True)
class Speeds:
    """Measurements: ``seconds`` is tool -> step -> median seconds, ``sizes`` is tool -> bytes of its lock."""

    seconds: dict[str, dict[str, float]]
    sizes: dict[str, int]

    def ratio(self, tool: str, step: str) -> float:
        return self.seconds[tool][step] / self.fastest(step)

    def fastest(self, step: str) -> float:
        return min(values[step] for values in self.seconds.values())


def speed(book: Book, link: Link) -> str:
    """The picture, the table and what was measured with, or a sentence where nothing was measured yet."""
    path = book.checkout.root / FILE
    if not path.is_file():
        return "<p>Nothing has been measured yet.</p>"
    data = json.loads(path.read_text(encoding="utf-8"))
    speeds = Speeds(data["seconds"], data["bytes"])
    return f"{_picture(speeds)}{_table(speeds)}{_conditions(data, book, link('assets/speed.json'))}"


def _picture(speeds: Speeds) -> str:
    """A panel a step and a row a tool, dots on a logarithmic axis that begins at the fastest; one axis for all."""
    most = max(speeds.ratio(tool, step) for tool in speeds.seconds for step in STEPS)
    marks = [mark for mark in (1, 3, 10, 30, 100, 300, 1000) if mark < most * 2]
    span = math.log(max(marks[-1], most, 3))  # one tool alone has nothing to be compared with, but an axis
    panels = "".join(_panel(speeds, step, marks, span) for step in STEPS)
    return f'<div class="speed">{panels}</div>'


def _panel(speeds: Speeds, step: str, marks: list[int], span: float) -> str:
    def x(ratio: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * math.log(ratio) / span, 1)

    bottom = HEAD + ROW * len(speeds.seconds)
    parts = [f'<text class="title" x="0" y="16">{STEPS[step]}</text>']
    for mark in marks:
        parts.append(f'<path class="grid" d="M{x(mark)} {HEAD - 10}V{bottom - 6}"/>')
        parts.append(f'<text class="mark" x="{x(mark)}" y="{HEAD - 16}">{mark}×</text>')
    order = sorted(speeds.seconds, key=lambda tool: speeds.ratio(tool, step))
    for row, tool in enumerate(order):
        y, ratio = HEAD + ROW * row + 4, speeds.ratio(tool, step)
        parts.append(f'<text class="tool" x="{LEFT - 10}" y="{y + 4}">{escape(tool)}</text>')
        parts.append(f'<path class="stem" d="M{x(1)} {y}H{x(ratio)}"/><circle cx="{x(ratio)}" cy="{y}" r="4.5"/>')
        parts.append(f'<text class="value" x="{x(ratio) + 9}" y="{y + 4}">{_times(ratio)}</text>')
    name = f"{STEPS[step]}: " + ", ".join(f"{tool} {_times(speeds.ratio(tool, step))}" for tool in order)
    drawing = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {bottom}" role="img" aria-label="{escape(name)}">{drawing}</svg>'


def _table(speeds: Speeds) -> str:
    smallest = min(speeds.sizes.values())
    rows = [
        [
            escape(tool),
            *(_times(speeds.ratio(tool, step)) for step in STEPS),
            f"{speeds.sizes[tool] / 1000:.1f} kB, {_times(speeds.sizes[tool] / smallest)}",
        ]
        for tool in speeds.seconds
    ]
    rows.append(["1× is", *(f"{speeds.fastest(step):.2f} s" for step in STEPS), f"{smallest / 1000:.1f} kB"])
    return table(["Tool", *STEPS.values(), MEASURES[SIZE]], rows)


def _conditions(data: dict[str, Any], book: Book, address: str) -> str:
    tools = ", ".join(f"{tool} {version}" for tool, version in data["tools"].items())
    spread = max(max(values.values()) for values in data["spread"].values())
    moved = any(run.tools.get(tool) != version for run in book.runs[:1] for tool, version in data["tools"].items())
    older = " The pages run with other versions by now; <code>make compare</code> measures again." if moved else ""
    return (
        f"<p>Medians of {data['rounds']} rounds on {day(data['made'])}, {escape(data['system'])}, with "
        f"{escape(tools)} and PyPI as of {day(data['world'])}. Between the rounds, one step of one tool differed "
        f'by a factor of {spread:.1f} at most. The numbers: <a href="{escape(address)}">speed.json</a>.{older}</p>'
    )


def _times(ratio: float) -> str:
    return f"{ratio:.1f}×" if ratio < 9.95 else f"{ratio:.0f}×"
