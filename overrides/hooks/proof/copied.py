"""What the copy button of a block takes where that isn't the text as it is shown. Standard library only."""

from __future__ import annotations

import re
from html import escape

from .rendered import Block

HEADER = re.compile(r"@@(?: -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*)?")


def copy_attribute(block: Block) -> str:
    """An attribute of ``<pre>`` that Material's copy button takes over the code's text; empty where it needs none."""
    text = copied(block)
    return f' data-copy="{escape(text).replace(chr(10), "&#10;")}"' if text else ""


def copied(block: Block) -> str:
    """A console block's commands, and a diff as a patch; empty for what is copied as it is shown.

    The patch of a file in the user's home is one for that folder: no program takes a patch with ``~/`` in it.
    """
    if block.language == "console":
        return block.commands
    if block.language == "diff" and block.title:
        return patch(block.title.removeprefix("~/"), block.text)
    return ""


def patch(path: str, diff: str) -> str:
    """A shown ``diff`` of the file at ``path`` as one that ``patch -p1`` and ``git apply --unidiff-zero`` take.

    Shown diffs have neither file names nor line numbers. A hunk may stand anywhere for these programs if it has as
    many lines of context before the change as after it (GNU patch, ``locate_hunk``; git, ``apply_one_fragment``):
    what is more is written as a line that is taken out and put back. It ends in a line that isn't the patch's, as
    git's own do: the copy button drops the last newline, which the patch needs.
    """
    hunks: list[list[str]] = []
    opened = False
    for line in diff.removesuffix("\n").split("\n"):
        if HEADER.fullmatch(line.rstrip()) or line.rstrip() == "...":
            opened = False
        elif not hunks and (line.startswith(("--- ", "+++ ")) or line[:1] not in ("", " ", "-", "+")):
            continue  # what a program writes above the first change
        else:
            if not opened:
                hunks.append([])
                opened = True
            hunks[-1].append(line or " ")
    return f"--- a/{path}\n+++ b/{path}\n" + "".join(_hunk(lines) for lines in hunks) + "--\n"


def _hunk(lines: list[str]) -> str:
    before, after = _context(lines), _context(lines[::-1])
    kept = min(before, after)
    head, foot = lines[kept:before], lines[len(lines) - after : len(lines) - kept]
    middle = lines[before : len(lines) - after]
    again = [*_put_back(head), *middle, *_put_back(foot)]
    whole = [*lines[:kept], *again, *lines[len(lines) - kept :]]
    old = sum(line[0] in " -" for line in whole)
    new = sum(line[0] in " +" for line in whole)
    return f"@@ -1,{old} +1,{new} @@\n" + "".join(f"{line}\n" for line in whole)


def _context(lines: list[str]) -> int:
    """How many lines of context ``lines`` begin with."""
    return next((number for number, line in enumerate(lines) if line[0] != " "), len(lines))


def _put_back(lines: list[str]) -> list[str]:
    return [f"{mark}{line[1:]}" for mark in "-+" for line in lines]
