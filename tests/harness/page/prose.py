"""What a page says in words around its blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, islice

# a heading, a table, a note, a tab, a fence, a rule, HTML: none of them goes on with what the block showed
OTHER = re.compile(r"#|\||!!!|\?\?\?|===|```|~~~|---|<")


def paragraph_below(lines: Sequence[str], end: int, indent: int) -> str:
    """The paragraph or list below the fence that closes in line ``end`` (1-based), as deep as ``indent`` columns.

    Empty where the next thing is something else, or is outside what the fence is in.
    """
    found: list[str] = []
    for line in dropwhile(lambda line: not line.strip(), islice(lines, end, None)):
        depth = len(line) - len(line.lstrip())
        if not line.strip() or depth < indent or OTHER.match(line.lstrip()) or (depth > indent and not found):
            break
        found.append(line.strip())
    return "\n".join(found)
