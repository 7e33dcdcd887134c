"""What readers type who look for a page, where its title and text don't say it: words for the search alone.

A page lists such phrases in its front matter, and the index of errors has rows: a row's message is a question for the
pages that the row links.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from .book import Book, Page

KEY = "asked"  # in the front matter: a list such as [pip.conf location, where is pip.conf]
ERRORS = "docs/errors/index.md"
VARIES = "…"  # in a message: names, versions and paths of the reader
CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"\]\(([^)#]+\.md)")


def phrases(book: Book) -> dict[str, list[str]]:
    """Address of a page -> what it lists, and the messages whose rows in the index of errors link it.

    ValueError names a page whose list is wrong or repeats another page's.
    """
    found: dict[str, list[str]] = {}
    taken: dict[str, str] = {}  # phrase -> page
    for page in book.pages.values():
        for phrase in _listed(page):
            if (other := taken.setdefault(phrase.lower(), page.name)) != page.name:
                raise ValueError(f"{page.name}: {KEY}: {phrase!r} leads to {other}; expected one page for a phrase")
            found.setdefault(page.url, []).append(phrase)
    for message, name in _messages(book.checkout.root / ERRORS):
        listed = found.setdefault(book.pages[name].url, []) if name in book.pages else []
        if message not in listed:
            listed.append(message)
    return found


def _messages(index: Path) -> Iterator[tuple[str, str]]:
    """Each message of the index of errors, without what varies in it, with the name of each page that its row links."""
    lines = index.read_text(encoding="utf-8").splitlines() if index.is_file() else []
    for line in lines:
        shown, _, meaning = line.removesuffix(" |").rpartition(" | ")
        for _, message in CODE.findall(shown) if line.startswith("| `") else ():
            for link in LINK.findall(meaning):
                yield " ".join(message.replace(VARIES, " ").split()), posixpath.normpath(f"docs/errors/{link}")


def index(path: Path, asked: dict[str, list[str]]) -> None:
    """Add the phrases to the search's index, the JSON file that its plugin has written: ``asked`` of a page's entry."""
    if not asked or not path.is_file():
        return
    data = json.loads(path.read_text(encoding="utf-8"))
    for entry in data["docs"]:
        if listed := asked.get(entry["location"]):
            entry[KEY] = listed
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _listed(page: Page) -> list[str]:
    value = page.meta.get(KEY, [])
    if not isinstance(value, list) or not all(isinstance(phrase, str) and phrase.strip() for phrase in value):
        raise ValueError(f"{page.name}: {KEY}: {value!r}; expected a list of phrases, such as [where is pip.conf]")
    if len({phrase.lower() for phrase in value}) < len(value):
        raise ValueError(f"{page.name}: {KEY}: {value!r}; expected each phrase once")
    return value
