"""What readers type who look for a page, where its title and text don't say it: words for the search alone."""

from __future__ import annotations

import json
from pathlib import Path

from .book import Book, Page

KEY = "asked"  # in the front matter: a list such as [pip.conf location, where is pip.conf]


def phrases(book: Book) -> dict[str, list[str]]:
    """Address of a page -> what it lists; ValueError names a page whose list is wrong or repeats another page's."""
    found: dict[str, list[str]] = {}
    taken: dict[str, str] = {}  # phrase -> page
    for page in book.pages.values():
        for phrase in _listed(page):
            if (other := taken.setdefault(phrase.lower(), page.name)) != page.name:
                raise ValueError(f"{page.name}: {KEY}: {phrase!r} leads to {other}; expected one page for a phrase")
            found.setdefault(page.url, []).append(phrase)
    return found


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
