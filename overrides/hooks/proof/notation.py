"""What the signs in a shown output mean, said where they stand: at the sign, for whoever points at it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .rendered import Block

LINES = "Lines are left out here."
PART = "A part of this line is left out."
STATUS = "The command ended with status {}. A terminal doesn't print this line."
OUTPUT = "go"  # Pygments' class for what a command printed
SIGN = re.compile(
    r'(?m)^(?:<span></span>)?<span class="(?P<kind>\w+)">(?P<alone>\.\.\.|\[\d{1,3}\])</span>$|(?P<part>\[\.\.\.\])'
)


def signs(html: str, block: Block) -> Iterator[tuple[int, str]]:
    """Offset in ``html`` and what to put there, for every sign of ``block`` in the order of the page.

    No text is added, so what readers see and copy, and the block's digest, stay as they are.
    """
    if block.language not in ("console", "text") and "data-listing" not in block.attributes:
        return
    for sign in SIGN.finditer(html, block.pre, block.end):
        group = "alone" if sign["alone"] else "part"
        text = sign[group]
        if group == "part":
            what = PART
        elif text == "...":
            what = LINES
        elif sign["kind"] == OUTPUT:
            what = STATUS.format(text[1:-1])
        else:
            continue
        yield sign.start(group), f'<abbr title="{what}">'
        yield sign.end(group), "</abbr>"
