"""What a page's HTML holds: the places of its blocks, its tabs, and all that a reader would take for one and isn't.

The HTML is what the site's Markdown engine makes of a page's text, with a placeholder for each fence (``markup``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from harness.page.scenario import TabSet

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LISTINGS = {"samp", "textarea", "xmp", "listing", "plaintext"}  # show text as it is, and no Markdown makes them
INLINE = {"code", "kbd", "tt"}
UNSEEN = {"template", "noscript", "script", "style", "dialog", "datalist", "title", "head"}
INVISIBLE = re.compile(r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0*)?(?:;|$)")
PROMPT = re.compile(r"^\s*(?:\([\w.-]+\)\s?)?\$\s+\S", re.MULTILINE)
HEADING = re.compile(r"h[1-6]")
FENCE = "a fence with a language, which is run"


@dataclass(frozen=True)
class Link:
    """A link of the page's text: its ``target`` as the source has it, and its ``data-`` attributes.

    It is in the tabs ``tabs``, below ``section`` headings; ``alone`` says that its paragraph has nothing else.
    ``line`` is its page line, known once the source has been searched.
    """

    target: str
    attributes: Mapping[str, str]
    tabs: tuple[str, ...]
    section: int
    alone: bool = False
    line: int = 0


@dataclass(frozen=True)
class Oddity:
    """Something in the HTML that looks like what it isn't; ``needle`` is text of its line in the page's source."""

    found: str
    expected: str
    needle: str
    todo: str = ""


# What is left of Markdown in a page's text where a part of it came to nothing
LEFTOVERS = (
    (re.compile(r"\[\^[^\[\]\s]+\]"), "a footnote reference without its footnote", "a line '[^…]: …' somewhere below"),
    (re.compile(r"!?\[[^\[\]]*\]\[[^\[\]]*\]"), "a link whose target is defined nowhere", "a line '[…]: address'"),
    (re.compile(r"\]\([^)\s]*"), "a link that doesn't render as one", "'[text](address)', spaces in it as %20"),
    (re.compile(r"<!--"), "a comment that nothing closes, so readers see it", "'-->' behind it"),
)


@dataclass
class _OpenSet:
    """A set of tabs that is being read: the tabs around it, blocks before it, its labels, its tab at hand."""

    within: tuple[str, ...]
    before: int
    labels: list[str] = field(default_factory=list)
    at: int = -1


@dataclass
class _Element:
    """An open element; ``unseen`` says how it keeps what it holds from readers, empty where it doesn't."""

    tag: str
    role: str = ""
    unseen: str = ""
    listing: bool = False  # inline code of several lines, or in the language of consoles
    text: list[str] = field(default_factory=list)
    named: Mapping[str, str | None] = field(default_factory=dict)
    links: list[tuple[int, str]] = field(default_factory=list)  # of a paragraph: their numbers and texts


class Rendering(HTMLParser):
    """``found``: the number of each placeholder in the HTML's order, the tabs around it, the headings above it.

    ``tabs`` are the sets of tabs, ``links`` those of the text, ``strangers`` the texts of ``<pre>`` elements, ``odd``
    the rest that isn't right.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[int, tuple[str, ...], int]] = []
        self.tabs: list[TabSet] = []
        self.links: list[Link] = []
        self.strangers: list[str] = []
        self.odd: list[Oddity] = []
        self.hidden: list[tuple[int, str]] = []
        self._stack: list[_Element] = []
        self._sets: list[_OpenSet] = []
        self._sections = 0
        self._prose: list[str] = []
        self.feed(html)
        self.close()
        self._leftovers()

    def _path(self) -> tuple[str, ...]:
        """The labels of the tabs that are open."""
        return tuple(one.labels[one.at] for one in self._sets if one.at >= 0)

    def _inside(self, *tags: str) -> _Element | None:
        return next((one for one in reversed(self._stack) if one.tag in tags), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        classes = (named.get("class") or "").split()
        role = next((c for c in ("tabbed-set", "tabbed-block") if c in classes), "")
        if role == "tabbed-set":
            self._sets.append(_OpenSet(self._path(), len(self.found)))
        elif role == "tabbed-block":
            self._sets[-1].at += 1
        elif HEADING.fullmatch(tag):
            self._sections += 1
        element = _Element(tag, role, _unseen(tag, named), "language-console" in classes, named=named)
        if (number := named.get("data-guide-block")) is not None:
            self.found.append((int(number), self._path(), self._sections))
            if unseen := next((one.unseen for one in [*self._stack, element] if one.unseen), ""):
                self.hidden.append((int(number), unseen))
        elif tag != "code" and any(one == "highlight" or one.startswith("language-") for one in classes):
            needle = named["class"] or tag
            self.odd.append(Oddity(f"<{tag} class={needle!r}>, a code block by hand", FENCE, needle))
        elif tag in LISTINGS:
            self.odd.append(Oddity(f"a <{tag}>, which shows code that isn't a block", FENCE, f"<{tag}"))
        elif tag == "br" and (code := self._inside(*INLINE)):
            code.listing = True
            code.text.append("\n")
        if tag not in VOID:
            self._stack.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {one.tag for one in self._stack}:
            return  # `<input />` ends what never was on the stack
        while self._stack:
            closed = self._stack.pop()
            self._close(closed)
            if closed.tag == tag:
                break

    def _close(self, closed: _Element) -> None:
        text = "".join(closed.text)
        if closed.tag == "label" and self._sets:
            self._sets[-1].labels.append(text.strip())
        elif closed.tag == "a" and (target := closed.named.get("href")):
            data = {name: value or "" for name, value in closed.named.items() if name.startswith("data-")}
            self.links.append(Link(target, data, self._path(), self._sections))
            if self._stack and self._stack[-1].tag == "p":
                self._stack[-1].links.append((len(self.links) - 1, text))
        elif closed.tag == "p" and len(closed.links) == 1:
            number, shown = closed.links[0]
            self.links[number] = replace(self.links[number], alone=shown.strip() == text.strip())
        elif closed.tag == "pre":
            self.strangers.append(text)
        elif closed.tag in INLINE and not self._inside("pre") and (closed.listing or PROMPT.search(text)):
            line = text.strip().split("\n")[0]
            self.odd.append(Oddity(f"the inline code {line!r}, which looks like a console block", FENCE, line))
        if closed.role == "tabbed-set":
            done = self._sets.pop()
            labels = tuple(dict.fromkeys(done.labels))
            self.tabs.append(TabSet(labels, done.within, done.before, len(self.found) - done.before))

    def handle_data(self, data: str) -> None:
        for one in self._stack:
            if one.tag in ("a", "label", "p", "pre", *INLINE):
                one.text.append(data)
        if not self._inside("pre", *INLINE, *LISTINGS, *UNSEEN):
            self._prose.append(data)

    def _leftovers(self) -> None:
        text = "".join(self._prose)
        for pattern, found, expected in LEFTOVERS:
            for match in pattern.finditer(text):
                needle = match.group()[max(0, match.group().rfind("][")) :]  # the text before it may be marked up
                self.odd.append(Oddity(f"{found}: {match.group()!r}", expected, needle))


def _unseen(tag: str, attributes: dict[str, str | None]) -> str:
    """How an element keeps what it holds from readers; empty where it doesn't."""
    style = re.sub(r"\s", "", (attributes.get("style") or "").lower())
    if "hidden" in attributes:
        return "hidden"
    if INVISIBLE.search(style):
        return f'style="{attributes["style"]}"'
    return f"<{tag}>" if tag in UNSEEN and "open" not in attributes else ""
