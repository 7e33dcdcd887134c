"""Rewriting what pages show from what ran: one writer, every other byte of the page as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from harness import once
from harness.page.block import Block
from harness.page.stray import FENCE
from harness.problem import Problem

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def rewrite(path: Path, texts: Iterable[tuple[Block, str]]) -> int:
    """Put each text between its block's fences, indented as the opening fence is; how many blocks changed.

    A block may come several times, once a scenario. Raises Problem, and writes nothing, where two scenarios want
    different texts for one block, where a snippet brought its text, and where the page is no longer the one that ran.
    """
    wanted: dict[int, tuple[Block, str]] = {}
    for block, text in texts:
        if block.line in wanted and wanted[block.line][1] != text:
            raise Problem(
                block.where,
                "its scenarios print different outputs",
                "one output for every scenario",
                "move the block into the tabs, or leave out with ... what differs",
            )
        wanted[block.line] = (block, text)
    changes = [(block, text) for block, text in wanted.values() if text != block.text]
    raw = path.read_bytes()
    newline = b"\r\n" if b"\r\n" in raw else b"\n"
    lines = raw.split(newline)
    for block, text in sorted(changes, key=lambda change: change[0].line, reverse=True):
        opening = lines[block.line - 1] if block.line <= len(lines) else b""
        _check(block, text, opening, lines[block.line : block.end - 1])
        margin = opening[: len(opening) - len(opening.lstrip(b" >\t"))]
        lines[block.line : block.end - 1] = [
            margin + line.encode() if line else margin.rstrip() for line in text.rstrip("\n").split("\n")
        ]
    if changes:
        once.write(path, newline.join(lines))
    return len(changes)


def _check(block: Block, text: str, opening: bytes, inside: list[bytes]) -> None:
    """Raise Problem where ``text`` can't stand between these fences."""
    if block.included:
        raise Problem(
            block.where,
            "a part of its text comes from a snippet",
            "an output that is in the page",
            "change the included file, or write the text into the page",
        )
    fence = FENCE.match(opening.decode("utf-8", "replace"))
    source = [b"".join(line.lstrip(b" >\t").split()) for line in inside]
    shown = [b"".join(line.lstrip(" >\t").encode().split()) for line in block.text.split("\n")]
    if not fence or [line for line in source if line] != [line for line in shown if line]:
        raise Problem(block.where, "it changed while the page ran", "the page that ran", "run it again")
    if code := CONTROL.search(text):
        raise Problem(
            block.where,
            f"what it should show has the control code {code.group()!r}, which a page can't keep",
            "plain text",
            "let the command write plain text: an option such as --no-color, or NO_COLOR=1 before it",
        )
    for line in text.split("\n"):
        if (inner := FENCE.match(line)) and inner.group(1).startswith(fence.group(1)):
            raise Problem(
                block.where,
                f"its output has the line {line.strip()!r}, which would close its fence",
                f"a fence of more than {len(inner.group(1))} marks around it",
            )
