"""The moves of the world's date, and what each broke: a part of the status page, and a feed for those who subscribe."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from .book import Book, Page, day
from .table import Link

FILE = "docs/assets/moves.json"  # `make world` adds to it
FEED = "feed.xml"


@dataclass(frozen=True)
class Move:
    """One move: PyPI is as of ``day`` since ``moved``; ``tools`` has each one's old and new version, ``broken`` why."""

    day: str
    moved: str
    why: str = ""
    pages: int = 0
    tools: dict[str, list[str]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"PyPI as of {day(self.day)}, since {day(self.moved)}"


def moves(book: Book) -> list[Move]:
    """The moves, the newest first; none where the project has no history."""
    path = book.checkout.root / FILE
    if not path.is_file():
        return []
    return [Move(**one) for one in json.loads(path.read_text(encoding="utf-8"))][::-1]


def history(book: Book, link: Link) -> str:
    """What the status page says of them."""
    found = moves(book)
    if not found:
        return "<p>The date has no history yet.</p>"
    return "".join(f"<h3>{escape(move.title)}</h3>{_told(move, book, link)}" for move in found)


def _told(move: Move, book: Book, link: Link) -> str:
    """What there is to say of one move, in HTML."""
    parts = [f"<p>{escape(move.why)}</p>"] if move.why else []
    if move.tools:
        changed = ", ".join(f"{tool} {old or 'none'} → {new}" for tool, (old, new) in sorted(move.tools.items()))
        parts.append(f"<p>Tools: {escape(changed)}.</p>")
    if move.broken:
        count = f"{len(move.broken)} of {move.pages} pages" if move.pages else f"{len(move.broken)} pages"
        rows = "".join(f"<li>{_page(name, book, link)}: {escape(why)}</li>" for name, why in move.broken.items())
        parts.append(f"<p>It broke {count}:</p><ul>{rows}</ul>")
    elif move.pages:
        parts.append(f"<p>It broke none of {move.pages} pages.</p>")
    return "".join(parts)


def _page(name: str, book: Book, link: Link) -> str:
    """A page by its title; by its name then, where it is no more."""
    page = book.pages.get(name)
    return f'<a href="{escape(link(page.url))}">{escape(page.title)}</a>' if page else f"<code>{escape(name)}</code>"


def feed(book: Book, name: str, site: str) -> str:
    """Atom (RFC 4287): an entry a move, and one a day on which pages last ran. It needs the ``site``'s address."""

    def link(url: str) -> str:
        return site + url.removesuffix("./")

    status = link(book.status)
    entries = [
        _entry(f"{status}#move-{move.moved}", _time(move.moved), move.title, status, _told(move, book, link))
        for move in moves(book)
    ]
    ran = sorted((page for page in book.with_blocks if page.proven), key=lambda page: page.made[:10], reverse=True)
    for when, group in groupby(ran, key=lambda page: page.made[:10]):
        entries.append(_ran(when, list(group), status, link))
    updated = max((when for when, _ in entries), default=_time(book.checkout.date))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<id>{escape(site)}{FEED}</id>\n<title>{escape(name)}</title>\n<updated>{updated}</updated>\n"
        f'<author><name>{escape(name)}</name></author>\n<link rel="self" href="{escape(site)}{FEED}"/>\n'
        f'<link rel="alternate" type="text/html" href="{escape(site)}"/>\n'
        + "".join(text for _, text in sorted(entries, reverse=True))
        + "</feed>\n"
    )


def _ran(when: str, pages: list[Page], status: str, link: Link) -> tuple[str, str]:
    """The entry of a day on which pages last ran: what failed, and which they are."""
    failed = [page for page in pages if page.count.failed]
    title = f"{len(pages)} page{'s' if len(pages) > 1 else ''} ran on {day(when)}"
    title += f", {len(failed)} with a failure" if failed else ""
    rows = "".join(
        f'<li><a href="{escape(link(page.url))}">{escape(page.title)}</a>: {escape(page.count.sentence)}</li>'
        for page in failed + [page for page in pages if page not in failed]
    )
    return _entry(f"{status}#run-{when}", max(_time(page.made) for page in pages), title, status, f"<ul>{rows}</ul>")


def _entry(name: str, when: str, title: str, address: str, html: str) -> tuple[str, str]:
    return when, (
        f"<entry>\n<id>{escape(name)}</id>\n<title>{escape(title)}</title>\n<updated>{when}</updated>\n"
        f'<link href="{escape(address)}"/>\n<content type="html">{escape(html)}</content>\n</entry>\n'
    )


def _time(iso: str) -> str:
    """A day, or a time in UTC, as Atom has them."""
    return iso if "T" in iso else f"{iso}T00:00:00Z"
