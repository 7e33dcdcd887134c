"""A page as Markdown for programs: its text and its blocks, what became of each, and no notation of MkDocs.

It is where the source of the page is below ``docs``, so links between pages are links between twins.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urldefrag

from . import contract
from .badge import days
from .book import Book, Page, day, system
from .flat import flat
from .state import State
from .summary import PLACE as RECORD
from .summary import fill

SNIPPET = re.compile(r'^(?P<indent> *)--8<-- "(?P<path>[^":]+)"$', re.MULTILINE)
FENCE = re.compile(r"^(?P<indent> *)(?P<marks>```+) ?[^`]*$")
TAB = re.compile(r'^ *===[!+]* "(?P<label>.+)"$')
NOTE = re.compile(r'^ *(?:!!!|\?\?\?\+?) (?P<kind>\w+)(?: "(?P<title>.*)")?$')
PICTURE = re.compile(r"^<svg\b.*?</svg>\n", re.DOTALL | re.MULTILINE)  # the text beside it says the same
WRAPPER = re.compile(r"^ *</?(?:div|section)\b[^>]*>$")
ATTRIBUTES = re.compile(r"(?<=[)\]*`])\{:? ?[.#][^}]*\}")
QUERY = re.compile(r"(?<=\.md)\?[^)#\s]+(?=[)#])")  # of a link, which only a page's script reads
SHOWN = re.compile(r'^ *\[(?P<text>.*)\]\((?P<href>[^)]+)\)\{ ?:? ?data-show="?(?P<what>\w+)"? ?\}$')


def place(page: Page) -> str:
    """Where the site has the twin of ``page``: ``pip/install.md``."""
    return page.name.partition("/")[2]


def twin(page: Page, book: Book, site: str) -> str:
    """The Markdown of ``page``; ``site`` is the site's address, empty where that isn't known.

    ValueError where the blocks of its source aren't those of the page.
    """
    made = _Twin(page, book)
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(made.lines())).strip()
    if made.states:
        raise ValueError(f"{page.name}: block {made.states[0].block.number} isn't in the page's source")
    title = "" if re.search("^# ", body, re.MULTILINE) else f"# {page.title}\n\n"
    return f"---\n{_front(page, book, site)}---\n\n{title}{body}\n"


def _front(page: Page, book: Book, site: str) -> str:
    about = {"title": page.title, "description": str(page.meta.get("description", ""))}
    about["address"] = site + page.url.removesuffix("./") if site else ""
    if page.states:
        about["proof"] = page.count.sentence if page.proven else "nothing vouches for the page as it is now"
    if page.proven:
        about["tools"] = ", ".join(book.tools(page))
        about["python"] = ", ".join(book.pythons(page))
        about["system"] = ", ".join(dict.fromkeys(system(run.system) for run in page.runs))
        about["packages"] = days(page, page.runs[0].world)
        about["checked"] = day(page.made)
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in about.items() if value)


class _Twin:
    """What is left of a page's source to be written; ``states`` are those of the blocks that are still to come."""

    def __init__(self, page: Page, book: Book) -> None:
        self.page, self.book = page, book
        self.states = list(page.states)

    def lines(self) -> Iterator[str]:
        source = SNIPPET.sub(lambda found: _included(found, self.book.checkout.root), self.page.source)
        return self._of(RECORD.sub(self._record, PICTURE.sub("", source)).split("\n"))

    def _record(self, found: re.Match[str]) -> str:
        """What the record says in this place of the page."""
        return flat(fill(found[0], self.book, self._link, self.page))

    def _link(self, url: str) -> str:
        """A page or a file of the site, as seen from the twin."""
        address, part = urldefrag(url)
        name = next((place(page) for page in self.book.pages.values() if page.url == address), address)
        found = posixpath.relpath(name, posixpath.dirname(place(self.page)) or ".")
        return f"{found}#{part}" if part else found

    def _of(self, lines: list[str]) -> Iterator[str]:
        at, tabs = 0, False
        while at < len(lines):
            line = lines[at]
            tab, note = TAB.match(line), NOTE.match(line)
            if tabs and line.strip() and not tab:
                yield from ("<!-- end of the tabs -->", "")
                tabs = False
            if fence := FENCE.match(line):
                end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == fence["marks"]), len(lines))
                yield from self._fence(fence, lines[at + 1 : end])
                at = end
            elif tab or note:
                end = _end(lines, at)
                inside = [one[_indent(line) + 4 :] for one in lines[at + 1 : end]]
                words = f"With {tab['label']}:" if tab else (note and note["title"]) or "Note"
                yield from (f"**{words}**", "", *self._of(inside), "")
                tabs, at = bool(tab), end - 1
            elif shown := SHOWN.match(line):
                yield from self._shown(shown)
            elif not WRAPPER.match(line):
                yield QUERY.sub("", ATTRIBUTES.sub("", line))
            at += 1
        if tabs:
            yield from ("", "<!-- end of the tabs -->")

    def _fence(self, fence: re.Match[str], inside: list[str]) -> Iterator[str]:
        if not self.states:
            raise ValueError(f"{self.page.name}: its source has more blocks than the page")
        state, indent = self.states.pop(0), fence["indent"]
        text = [line.removeprefix(indent) for line in inside]
        if _same(text) != _same(state.block.text.split("\n")):
            raise ValueError(f"{self.page.name}: block {state.block.number} isn't the one in the page's source")
        yield from (indent + line if line else "" for line in block(state, text, fence["marks"]))

    def _shown(self, shown: re.Match[str]) -> Iterator[str]:
        """A block of another page, in the place of the link to it."""
        address, part = urldefrag(shown["href"])
        name = posixpath.normpath(posixpath.join(posixpath.dirname(self.page.name), address))
        home = self.book.pages[name] if address else self.page
        state = next(state for state in home.states if state.block.name == part)
        text = state.block.text.rstrip("\n").split("\n")
        if shown["what"] == "commands":
            text = [prompt + line for command in state.block.typed for prompt, line in contract.prompted(command)]
        yield from (*block(state, text), "", f"From [{shown['text']}]({shown['href']}), where it runs.")


def block(state: State, text: Iterable[str], marks: str = "```") -> Iterator[str]:
    """A block with what became of it."""
    title = f' title="{state.block.title}"' if state.block.title else ""
    yield f"{marks}{state.block.language}{title}"
    yield from text
    yield marks
    yield f"<!-- block {state.block.number}: {state.words.replace('--', '- -')} -->"


def _included(found: re.Match[str], root: Path) -> str:
    """The file that a line of the source includes."""
    text = (root / found["path"]).read_text(encoding="utf-8").rstrip("\n")
    return "\n".join(f"{found['indent']}{line}" if line else "" for line in text.split("\n"))


def _same(lines: list[str]) -> list[str]:
    """Lines for comparing: the HTML has no blank ones at a block's ends, and none behind a line."""
    return "\n".join(line.rstrip() for line in lines).strip("\n").split("\n")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _end(lines: list[str], at: int) -> int:
    """The number of the first line behind the indented ones below line ``at``."""
    inside = _indent(lines[at]) + 4
    end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() and _indent(lines[n]) < inside), len(lines))
    while not lines[end - 1].strip():
        end -= 1
    return end
