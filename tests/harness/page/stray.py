"""What looks like a code block in a page's source and isn't one: a strict build of the site is silent about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.page.block import Block
from harness.problem import Problem

FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})(.*)$")
COMMENT = re.compile(r"<!--.*?-->", re.S)


def check(page: str, body: str, offset: int, blocks: Sequence[Block]) -> str:
    """``body`` without its blocks and comments, line by line; ``offset`` lines of front matter come before it.

    Raises Problem for a line outside that looks like a fence, and for a block that took the next one in.
    """
    lines = body.split("\n")
    for block in blocks:
        _swallowed(block, lines[block.line - offset - 1])
    inside = {n - offset for block in blocks for n in range(block.line, block.end + 1)}
    outside = "\n".join("" if n in inside else line for n, line in enumerate(lines, 1))
    outside = COMMENT.sub(lambda m: "\n" * m.group().count("\n"), outside)
    left = outside.split("\n")
    for number, line in enumerate(left, 1):
        match = FENCE.match(line)
        if match and match.group(1)[0] not in match.group(2):
            raise _problem(f"{page}:{number + offset}", line.strip(), match, left[number:])
    return outside


def _problem(where: str, line: str, match: re.Match[str], below: list[str]) -> Problem:
    marks, rest = match.group(1), match.group(2).strip()
    if not rest.startswith("{") and ("=" in rest or len(rest.split()) > 1):
        return Problem(
            where,
            f"{line!r} does not render as a code block",
            "attributes in braces",
            'write ``` {.console data-exit="1"} with the language as first class',
        )
    if not any((m := FENCE.match(b)) and m.group(1) == marks and not m.group(2).strip() for b in below):
        return Problem(where, f"unclosed fence {line!r}", f"a line {marks!r} with the same indentation that closes it")
    return Problem(
        where,
        f"{line!r} looks like a fence and does not render as one",
        "a fence indented like its content, with blank lines around it",
    )


def _swallowed(block: Block, opening: str) -> None:
    """Raise Problem where a block holds what looks like the next fence: its own closing line is missing then."""
    own = FENCE.match(opening)
    for line in block.text.split("\n"):
        inner = FENCE.match(line)
        if own and inner and inner.group(1).startswith(own.group(1)):
            raise Problem(
                block.where,
                f"unclosed fence {opening.strip()!r}",
                f"a line {own.group(1)!r} with the same indentation that closes it",
                f"its text goes on with {line.strip()!r}; text that shows fences takes a longer fence around it",
            )


def line_of(body: str, needle: str) -> int:
    """The first line with ``needle``, 1-based; 1 where there is none."""
    return next((number for number, line in enumerate(body.split("\n"), 1) if needle and needle in line), 1)


def line_of_code(outside: str, code: str) -> int:
    """The line where ``code`` begins, an indented line or one with a <pre> before any other."""
    first = code.strip("\n").split("\n")[0].strip()
    lines = [(n, line) for n, line in enumerate(outside.split("\n"), 1) if first in line]
    return next((n for n, line in lines if line.startswith("    ") or "<pre" in line), line_of(outside, first))
