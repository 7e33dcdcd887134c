"""The code blocks of a page, read from the HTML that readers get, and marks written into that HTML."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


@dataclass
class Block:
    """One rendered block under the labels ``tabs``, outermost first, below the ``heading`` nearest above it.

    ``start``, ``end`` and ``pre`` are offsets into the HTML: of the block's ``<div``, just behind its ``</div>``, and
    just behind the ``<pre`` that holds the code. ``text`` is what readers see.
    """

    index: int
    language: str
    attributes: dict[str, str]
    id: str
    start: int
    end: int = -1
    pre: int = -1
    title: str = ""
    text: str = ""
    tabs: tuple[str, ...] = ()
    heading: str = ""

    @property
    def number(self) -> int:
        """The block's place on the page as readers count, from 1."""
        return self.index + 1

    @property
    def anchor(self) -> str:
        return f"block-{self.number}"

    def digest(self, fence: str) -> str:
        """SHA-256 over language, title, tabs, attributes and text, as the record has it for this ``fence``'s language.

        Empty where such a fence doesn't look like this block.
        """
        if rendered_language(fence) != self.language:
            return ""
        attributes = [f"{name}={value}" for name, value in sorted(self.attributes.items())]
        parts = [fence, self.title, *self.tabs, *attributes, self.text]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def commands(self) -> str:
        """What a reader types to repeat a console block: no prompts and no output; empty for other blocks."""
        return commands(self.text) if self.language == "console" else ""


def rendered_language(fence: str) -> str:
    """The language that readers' HTML names for a ``fence``: its own, or text where Pygments has no such lexer."""
    try:
        get_lexer_by_name(fence)
    except ClassNotFound:
        return "text"
    return fence


def commands(transcript: str) -> str:
    """The commands of a console ``transcript``: lines after ``$ ``, and after ``> `` where a command goes on."""
    typed: list[str] = []
    open_ = False
    for line in transcript.splitlines():
        open_ = line[:2].rstrip() == "$" or (open_ and line[:2].rstrip() == ">")
        if open_:
            typed.append(line[2:])
    return "\n".join(typed)


def blocks(html: str) -> list[Block]:
    """All code blocks of ``html``, in the order of the page."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return reader.blocks


@dataclass
class Marks:
    """Text to insert into a page's HTML by offset; nothing that is there already changes."""

    inserts: list[tuple[int, str]] = field(default_factory=list)

    def add(self, offset: int, text: str) -> None:
        self.inserts.append((offset, text))

    def block(self, block: Block, state: str) -> None:
        """Give ``block`` its anchor, its copy text and the HTML of its ``state`` below it."""
        if block.id:
            self.add(block.start, f'<span id="{block.anchor}"></span>')
        else:
            self.add(block.start + len("<div"), f' id="{block.anchor}"')
        if block.commands and block.pre >= 0:
            # Material's copy button takes this attribute over the code's text.
            self.add(block.pre, f' data-copy="{escape(block.commands).replace(chr(10), "&#10;")}"')
        self.add(block.end, state)

    def apply(self, html: str) -> str:
        pieces, done = [], 0
        for offset, text in sorted(self.inserts, key=lambda insert: insert[0]):
            pieces += [html[done:offset], text]
            done = offset
        return "".join([*pieces, html[done:]])


class _Reader(HTMLParser):
    """Finds ``<div class="language-… highlight">`` and, in it, the file name and the code."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self._depth = 0  # of divs, counted from the block's own
        self._pre = -1
        self._part: str | None = None  # "title" or "text" while inside them
        self._open: list[str] = []  # the role of every open div outside blocks
        self._sets: list[tuple[list[str], int]] = []  # labels of each open tab set, and the tab that is open
        self._label: str | None = None
        self._heading, self._in_heading = "", False

    @property
    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        if not self._depth:
            self._tabs(tag, classes)
            self._headings(tag, classes)
            if tag == "div" and "highlight" in classes:
                self._depth, self._pre = 1, -1
                language = next((name[len("language-") :] for name in classes if name.startswith("language-")), "")
                data = {name: value for name, value in attributes.items() if name.startswith("data-")}
                self.blocks.append(Block(len(self.blocks), language, data, attributes.get("id", ""), self._offset))
                self.blocks[-1].tabs = tuple(labels[at] for labels, at in self._sets if at >= 0)
                self.blocks[-1].heading = self._heading.strip()
        elif tag == "div":
            self._depth += 1
        elif tag == "pre":
            self._pre = self._offset + len("<pre")
        elif tag == "code":
            self._part, self.blocks[-1].pre = "text", self._pre
        elif tag == "span" and "filename" in classes:
            self._part = "title"

    def handle_endtag(self, tag: str) -> None:
        self._in_heading = self._in_heading and tag not in HEADINGS
        if tag == "label" and self._label is not None:
            self._sets[-1][0].append(self._label.strip())
            self._label = None
        elif tag == "div" and not self._depth and self._open and self._open.pop() == "tabbed-set":
            self._sets.pop()
        if tag == "code" or (tag == "span" and self._part == "title"):
            self._part = None
        elif tag == "div" and self._depth:
            self._depth -= 1
            if not self._depth:
                self.blocks[-1].end = self._offset + len("</div>")

    def _tabs(self, tag: str, classes: list[str]) -> None:
        if tag == "label" and self._sets:
            self._label = ""
        if tag != "div" or "highlight" in classes:
            return
        self._open.append(next((name for name in classes if name in ("tabbed-set", "tabbed-block")), ""))
        if self._open[-1] == "tabbed-set":
            self._sets.append(([], -1))
        elif self._open[-1] == "tabbed-block" and self._sets:
            labels, at = self._sets[-1]
            self._sets[-1] = (labels, at + 1)

    def _headings(self, tag: str, classes: list[str]) -> None:
        if tag in HEADINGS:
            self._heading, self._in_heading = "", True
        elif "headerlink" in classes:  # its ¶ isn't part of the words
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if self._in_heading:
            self._heading += data
        if self._label is not None:
            self._label += data
        if self._depth and self._part:
            block = self.blocks[-1]
            setattr(block, self._part, getattr(block, self._part) + data)
