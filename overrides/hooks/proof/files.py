"""What the site has beside its pages for programs: Markdown twins, scripts, llms.txt, the feed."""

from __future__ import annotations

from html import escape

from .book import Book, Page
from .script import address, scripts, ways
from .table import Link
from .twin import place, twin

FULL, LIST = "llms-full.txt", "llms.txt"


def files(book: Book, name: str, about: str, site: str) -> dict[str, str]:
    """Address below the site's root -> text of each file; ``name`` and ``about`` are the site's, ``site`` its address.

    ValueError names a page of which no twin can be made.
    """
    twins = {place(page): twin(page, book, site) for page in book.in_order}
    found = dict(twins)
    for page in book.in_order:
        found |= {address(page, way): text for way, text in scripts(page, book, site).items()}
    found[LIST] = _list(book, name, about, site)
    found[FULL] = _full(book, twins, name, about)
    return found


def _said(book: Book, name: str, about: str) -> str:
    """What both files say of the site before its pages."""
    ran = f"{book.count.sentence}, with PyPI as it was at the beginning of {book.checkout.date}" if book.proven else ""
    return "\n\n".join(filter(None, [f"# {name}", f"> {about}", ran and f"What a program ran of it: {ran}."]))


def _list(book: Book, name: str, about: str, site: str) -> str:
    """The site's pages as https://llmstxt.org has them: a section an area, a line a page."""
    areas: dict[str, list[Page]] = {}
    for page in book.in_order:
        areas.setdefault((book.places[page.name] or ("Start",))[0], []).append(page)
    lines = [
        _said(book, name, about),
        "",
        "Each page is a Markdown file; a comment below each of its code blocks says what became of it when it ran.",
        f"[All of them in one file]({site}{FULL}).",
    ]
    for area, pages in areas.items():
        lines += ["", f"## {area}", ""]
        for page in pages:
            lines.append(f"- [{page.title}]({site}{place(page)}): {page.meta.get('description', '')}".rstrip(": "))
    return "\n".join(lines) + "\n"


def _full(book: Book, twins: dict[str, str], name: str, about: str) -> str:
    head = f"{_said(book, name, about)}\n\nLinks in a page are relative to its file, which is named above it.\n"
    return head + "".join(f"\n<!-- file: {file} -->\n{text}" for file, text in twins.items())


def links(page: Page, link: Link) -> str:
    """The line at a page's end that leads to its files."""

    def file(url: str, words: str) -> str:
        return f'<a href="{escape(link(url))}">{escape(words)}</a>'

    found = [file(place(page), "Markdown")]
    there = ways(page)
    if list(there) == [""]:
        found.append(file(address(page, ""), "a script"))
    elif there:
        found.append("a script for " + ", ".join(file(address(page, way), way) for way in there if way))
    return f'<p class="page-files" data-search-exclude>This page as {" or as ".join(found)}.</p>'
