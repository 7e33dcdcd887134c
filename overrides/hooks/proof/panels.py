"""The picture of speeds, drawn here because it takes its colours from the page: one drawing for light and dark."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from .contract import SECONDS
from .timing import LINES, Measured, Over, none, short

# A panel's measures in its own units, which are pixels on a phone 360 wide.
WIDTH, LEFT, RIGHT, ROW, HEAD = 340, 100, 54, 32, 50


def picture(measured: Measured) -> str:
    """A panel a measure and a row a tool, dots on one logarithmic axis of seconds for all panels of the project."""
    every = [
        edge
        for over in measured.lines.values()
        for of in over.seconds.values()
        for numbers in of.values()
        for edge in (numbers["median"], *numbers["quartiles"])
        if edge > 0
    ]
    if not every:
        return ""
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))
    panels = "".join(_panel(measured, name, low, max(high, low + 1)) for name in measured.measures)
    return f'<div class="speed">{panels}</div>'


def _panel(measured: Measured, measure: str, low: int, high: int) -> str:
    """One measure; the axis goes from 10**low to 10**high seconds."""

    def x(seconds: float) -> float:
        share = (math.log10(max(seconds, 10.0**low)) - low) / (high - low)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)

    bottom = HEAD + ROW * len(measured.tools)
    parts = [f'<text class="title" x="0" y="16">{SECONDS[measure]}</text>']
    for power in range(low, high + 1):
        at = x(10.0**power)
        parts.append(f'<path class="grid" d="M{at} {HEAD - 10}V{bottom - 8}"/>')
        unit = " s" if power == high else ""
        parts.append(f'<text class="mark" x="{at}" y="{HEAD - 15}">{10.0**power:g}{unit}</text>')
    said = []
    for row, tool in enumerate(_order(measured, measure)):
        y = HEAD + ROW * row
        label = tool.split(", ")  # two words of explanation have their own line
        for number, text in enumerate(label):
            at = y + 11 if len(label) == 1 else y + 8 + 13 * number
            parts.append(f'<text class="tool" x="{LEFT - 8}" y="{at}">{escape(text)}</text>')
        for number, (name, over) in enumerate(measured.lines.items()):
            at = y + 7 + (13 * number if len(measured.lines) > 1 else 0)
            parts.append(_mark(measured, over, name, tool, measure, at, x))
            median = over.median(tool, measure)
            said.append(
                f"{tool} over {LINES[name]} {short(median) if median is not None else none(measured, tool, measure)}"
            )
    name = f"{SECONDS[measure]}: " + ", ".join(said)
    drawing = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {bottom}" role="img" aria-label="{escape(name)}">{drawing}</svg>'


def _mark(
    measured: Measured, over: Over, line: str, tool: str, measure: str, y: float, x: Callable[[float], float]
) -> str:
    """The dot with its quartiles and its seconds; in their place a word where there is no number."""
    numbers = over.seconds.get(tool, {}).get(measure)
    if not numbers:
        word = none(measured, tool, measure)
        return f'<text class="none" x="{LEFT}" y="{y + 4}">{word}</text>' if line == next(iter(measured.lines)) else ""
    low, high = numbers["quartiles"]
    at = x(numbers["median"])
    return (
        f'<path class="spread {line}" d="M{x(low)} {y}H{x(high)}"/><circle class="{line}" cx="{at}" cy="{y}" r="4"/>'
        f'<text class="value" x="{WIDTH}" y="{y + 4}">{short(numbers["median"])}</text>'
    )


def _order(measured: Measured, measure: str) -> list[str]:
    """The tools, the fastest over the first line first, and those without a number last."""
    first = next(iter(measured.lines.values()))
    medians = {tool: first.median(tool, measure) for tool in measured.tools}
    return sorted(measured.tools, key=lambda tool: (medians[tool] is None, medians[tool] or 0.0))
