"""The index of an area: each of its pages with what the page answers, from the pages' own front matter."""

from __future__ import annotations

from html import escape
from itertools import groupby

from .book import Book, Page
from .table import Link


def area(book: Book, link: Link, here: Page) -> str:
    """The other pages of the area that ``here`` belongs to, under the titles of the sections within it."""
    lists = []
    for section, found in groupby(others(book, here), key=lambda page: book.places[page.name][1:2]):
        title = f"<h2>{escape(section[0])}</h2>" if section else ""
        lists.append(f"<section>{title}<ul>{''.join(_line(page, link) for page in found)}</ul></section>")
    return f'<div class="pages">{"".join(lists)}</div>' if lists else "<p>There is no other page here yet.</p>"


def others(book: Book, here: Page) -> list[Page]:
    """The pages of the area that ``here`` belongs to, without it, in the order of the navigation."""
    place = book.places.get(here.name, ())
    return [page for page in book.in_order if place and book.places[page.name][:1] == place[:1] and page is not here]


def _line(page: Page, link: Link) -> str:
    what = escape(str(page.meta.get("description", "")))
    return f'<li><a href="{escape(link(page.url))}">{escape(page.title)}</a> <span>{what}</span></li>'
