"""The code blocks of a page, read from the HTML that readers get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape

from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from . import answers, contract

ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""")
# What says where a block stands; a comment hides whatever is in it.
OUTSIDE = re.compile(
    rf"<!--.*?-->|<div\b(?P<div>{ATTRIBUTES})>|<(?P<end>/)div\s*>"
    rf"|<label\b{ATTRIBUTES}>(?P<label>.*?)</label\s*>"
    rf"|<(?P<level>h[1-6])\b(?P<named>{ATTRIBUTES})>(?P<heading>.*?)</(?P=level)\s*>",
    re.DOTALL,
)
# What comes below the sentences that a section begins with
FIRST = re.compile(rf"<details\b|<div\b{ATTRIBUTES}\bclass=\"(?:[^\"]* )?(?:tabbed-set|highlight)\b", re.DOTALL)
DIV = re.compile(rf"<(/?)div\b{ATTRIBUTES}>", re.DOTALL)
TITLE = re.compile(rf'<span class="filename"{ATTRIBUTES}>(.*?)</span>', re.DOTALL)
CODE = re.compile(rf"<pre(?P<pre>)\b{ATTRIBUTES}>(?:(?!<pre).)*?<code\b{ATTRIBUTES}>(?P<text>.*?)</code>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


@dataclass
class Block:
    """One rendered block under the labels ``tabs``, outermost first, below the ``heading`` nearest above it.

    ``start``, ``end`` and ``pre`` are offsets into the HTML: of the block's ``<div``, just behind its ``</div>``, and
    just behind the ``<pre`` that holds the code. ``text`` is what readers see, ``html`` what their browser is sent.
    ``section`` is the heading's id, ``place`` the offset of the first tabs, details or block below it.
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
    section: str = ""
    place: int = 0
    html: str = ""

    @property
    def name(self) -> str:
        """What a link calls the block: its fence's id, or what its task and its tool make; empty for the others."""
        return self.id or answers.name(self.attributes, self.tabs)

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
        return contract.digest(fence, self.title, self.tabs, self.attributes, self.text)

    @property
    def commands(self) -> str:
        """What a reader types to repeat a console block: no prompts and no output; empty for other blocks."""
        return "\n".join(self.typed) if self.language == "console" else ""

    @property
    def typed(self) -> list[str]:
        """The commands of a console block, one by one."""
        return contract.commands(self.text)


@cache
def rendered_language(fence: str) -> str:
    """The language that readers' HTML names for a ``fence``: its own, or text where Pygments has no such lexer."""
    try:
        get_lexer_by_name(fence)
    except ClassNotFound:
        return "text"
    return fence


def blocks(html: str) -> list[Block]:
    """All code blocks of ``html``, in the order of the page: every ``<div class="language-… highlight">``.

    It scans what the site's Markdown engine writes, where every element is closed; ValueError names a block that isn't.
    """
    found: list[Block] = []
    open_: list[str] = []  # the role of every open div outside blocks
    sets: list[tuple[list[str], int]] = []  # the labels of each open tab set, and the tab that is open
    heading, section, place, at = "", "", 0, 0
    while token := OUTSIDE.search(html, at):
        at = token.end()
        if token["level"]:
            heading = _text(token["heading"].partition('<a class="headerlink"')[0]).strip()
            section = _attributes(token["named"]).get("id", "")
            below = FIRST.search(html, at)
            place = below.start() if below else at
        elif token["label"] is not None:
            if sets:
                sets[-1][0].append(_text(token["label"]).strip())
        elif token["end"]:
            if open_ and open_.pop() == "tabbed-set":
                sets.pop()
        elif token["div"] is not None:
            attributes = _attributes(token["div"])
            classes = attributes.get("class", "").split()
            if "highlight" in classes:
                block = _block(html, token.start(), at, len(found), attributes)
                block.tabs = tuple(labels[tab] for labels, tab in sets if tab >= 0)
                block.heading, block.section, block.place = heading, section, place
                block.html = html[block.start : block.end]
                found.append(block)
                at = block.end
                continue
            open_.append(next((name for name in classes if name in ("tabbed-set", "tabbed-block")), ""))
            if open_[-1] == "tabbed-set":
                sets.append(([], -1))
            elif open_[-1] == "tabbed-block" and sets:
                labels, tab = sets[-1]
                sets[-1] = (labels, tab + 1)
    return found


def _block(html: str, start: int, inside: int, index: int, attributes: Mapping[str, str]) -> Block:
    """The block whose ``<div …>`` stands from ``start`` to ``inside``."""
    depth, end = 1, inside
    while depth:
        tag = DIV.search(html, end)
        if tag is None:
            raise ValueError(f"code block {index + 1} isn't closed in the page's HTML")
        depth, end = depth + (-1 if tag[1] else 1), tag.end()
    title, code = TITLE.search(html, inside, end), CODE.search(html, inside, end)
    classes = attributes.get("class", "").split()
    return Block(
        index,
        next((name[len("language-") :] for name in classes if name.startswith("language-")), ""),
        {name: value for name, value in attributes.items() if name.startswith("data-")},
        attributes.get("id", ""),
        start,
        end,
        code.start("pre") if code else -1,
        _text(title[1]) if title else "",
        _text(code["text"]) if code else "",
    )


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(double or single or bare) for name, double, single, bare in ATTRIBUTE.findall(text)}


def _text(html: str) -> str:
    return unescape(TAG.sub("", html))
