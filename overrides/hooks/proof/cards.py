"""The picture that a link to a page is shown with elsewhere: a PNG of its area, its title and what ran of it.

A text is put together from drawn letters (``tests/support/letters.py`` draws them), so that a build needs no font and
no library for pictures: a card takes milliseconds. The dot of ``.letters.bin`` keeps that file out of the site.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .book import Book, Page, day

WIDTH, HEIGHT, EDGE = 1200, 630, 90
GROUND = (0x12, 0x3F, 0x2B)
WHITE, QUIET, GREEN = 0, 16, 32  # where a colour's sixteen shades begin in the palette, the ground's own first
COLOURS = {WHITE: (0xFF, 0xFF, 0xFF), QUIET: (0xCF, 0xE5, 0xD9), GREEN: (0x8F, 0xE3, 0xB8)}
LAST = 15  # the shade that is the colour itself
LINES = {"title": 3, "long title": 4}  # of a title there is room for
PART = re.compile(r"\s*(?:[^\s-]+-*|-+)")


@dataclass(frozen=True)
class Letters:
    """Letters of one size: ``rows`` has for each the shades of its lines, all of one height."""

    height: int
    rows: dict[str, list[bytes]]

    def width(self, text: str) -> int:
        return sum(len(self._of(letter)[0]) for letter in text)

    def lines(self, text: str) -> list[bytes]:
        """The lines of pixels of ``text``."""
        return [b"".join(parts) for parts in zip(*map(self._of, text), strict=True)]

    def wrapped(self, text: str) -> list[str]:
        """``text`` in lines that fit on a card, broken at spaces and behind hyphens."""
        found = [""]
        for part in PART.findall(text):
            if found[-1] and self.width((found[-1] + part).strip()) > WIDTH - 2 * EDGE:
                found.append("")
            found[-1] += part
        return [line.strip() for line in found]

    def _of(self, letter: str) -> list[bytes]:
        return self.rows.get(letter, self.rows["?"])


@cache
def letters() -> dict[str, Letters]:
    """The drawn letters by their size's name: a line of JSON with their widths, and behind it their shades, packed."""
    head, _, packed = (Path(__file__).parent / ".letters.bin").read_bytes().partition(b"\n")
    shades, at, found = zlib.decompress(packed), 0, {}
    for name, size in json.loads(head).items():
        rows = {}
        for letter, width in size["widths"]:
            end = at + width * size["height"]
            rows[letter] = [shades[n : n + width] for n in range(at, end, width)]
            at = end
        found[name] = Letters(size["height"], rows)
    return found


def card(page: Page, book: Book, site: str) -> bytes:
    """The card of ``page``; ``site`` is the site's name."""
    canvas = _Canvas()
    canvas.line(EDGE - 16, letters()["line"], " · ".join((site, *book.places.get(page.name, ()))), QUIET)
    fits = [name for name, most in LINES.items() if len(letters()[name].wrapped(page.title)) <= most]
    name = (*fits, "long title")[0]
    title, top = letters()[name], 170
    for text in title.wrapped(page.title)[: LINES[name]]:
        canvas.line(top, title, text, WHITE)
        top += title.height
    canvas.rule(HEIGHT - 148)
    canvas.line(HEIGHT - 118, letters()["line"], said(page), GREEN)
    return canvas.png()


def said(page: Page) -> str:
    """What the card says of the page's proof."""
    if not page.states or not page.proven:
        return "Python packaging, in commands that ran"
    mark = "✗" if page.count.failed else "✓"
    return f"{mark} {page.count.sentence} · checked {day(page.made)}"


class _Canvas:
    """Shades by lines, on the ground at first."""

    def __init__(self) -> None:
        self.rows = [bytes(WIDTH)] * HEIGHT

    def line(self, top: int, of: Letters, text: str, colour: int) -> None:
        """``text`` from the left edge on; what doesn't fit is cut."""
        for number, shades in enumerate(of.lines(text), top):
            row = bytes(EDGE) + shades.translate(_TABLES[colour])
            self.rows[number] = row[: WIDTH - EDGE // 2].ljust(WIDTH, b"\0")

    def rule(self, top: int) -> None:
        row = (bytes(EDGE) + bytes([GREEN + LAST]) * 96).ljust(WIDTH, b"\0")
        self.rows[top : top + 4] = [row] * 4

    def png(self) -> bytes:
        head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self.rows), 6)
        parts = ((b"IHDR", head), (b"PLTE", bytes(_palette())), (b"IDAT", pixels), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


_TABLES = {base: bytes([shade + base if 0 < shade <= LAST else 0 for shade in range(256)]) for base in COLOURS}


def _palette() -> Iterable[int]:
    for colour in COLOURS.values():
        for shade in range(LAST + 1):
            yield from (round(low + (high - low) * shade / LAST) for low, high in zip(GROUND, colour, strict=True))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, data = part
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
