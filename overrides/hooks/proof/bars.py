"""A picture of numbers as bars, drawn here because it takes its colours from the page: one for light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

# In the picture's own units, which are pixels on a phone 360 wide.
WIDTH, VALUE, ROW, HEAD, THICK = 340, 72, 38, 34, 11


@dataclass(frozen=True)
class Bar:
    """``text`` is the number as readers read it, or a word where there is none."""

    label: str
    number: float
    text: str


def bars(title: str, shown: Sequence[Bar]) -> str:
    """A bar below each label, from zero to the number, on one scale; the same in words for those who don't see it."""
    longest = max((bar.number for bar in shown), default=0) or 1
    parts = [f'<text class="title" x="0" y="16">{escape(title)}</text>']
    for row, bar in enumerate(shown):
        y = HEAD + ROW * row
        width = round((WIDTH - VALUE) * bar.number / longest, 1)
        parts.append(f'<text class="label" x="0" y="{y + 9}">{escape(bar.label)}</text>')
        if bar.number:
            parts.append(f'<rect x="0" y="{y + 15}" width="{max(width, 1)}" height="{THICK}"/>')
        x = width + 6 if bar.number else 0
        parts.append(f'<text class="value" x="{x}" y="{y + 25}">{escape(bar.text)}</text>')
    words = f"{title}: " + ", ".join(f"{bar.label} {bar.text}" for bar in shown)
    bottom = HEAD + ROW * len(shown)
    return f'<svg viewBox="0 0 {WIDTH} {bottom}" role="img" aria-label="{escape(words)}">{"".join(parts)}</svg>'
