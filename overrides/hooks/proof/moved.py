"""What a page's old address serves: a file that leads to the new one, for servers that can't redirect."""

from __future__ import annotations

import json
import posixpath
from html import escape

from .book import Book, Page

KEY = "moved_from"  # in the front matter of the page as it is now: its old addresses, such as pip/old/


def redirects(book: Book) -> dict[str, str]:
    """File below the site's root -> HTML for every old address; ValueError names a page whose list is wrong."""
    found: dict[str, str] = {}
    taken = {page.url for page in book.pages.values()}
    for page in book.pages.values():
        for address in _addresses(page):
            if address in taken:
                raise ValueError(f"{page.name}: {KEY}: {address} is a page's address; expected one that no page has")
            taken.add(address)
            found[f"{address}index.html"] = _html(page, address)
    return found


def _addresses(page: Page) -> list[str]:
    value = page.meta.get(KEY, [])
    expected = "expected a list of addresses below the site's root, such as [pip/old/]"
    if not isinstance(value, list):
        raise ValueError(f"{page.name}: {KEY}: {value!r}; {expected}")
    for address in value:
        outside = not isinstance(address, str) or address.startswith(("/", ".."))
        if outside or f"{posixpath.normpath(address)}/" != address:
            raise ValueError(f"{page.name}: {KEY}: {address!r}; {expected}")
    return value


def _html(page: Page, address: str) -> str:
    """A page without a theme; the script keeps what follows the address, such as a heading's name."""
    target = posixpath.relpath(f"/{page.url}", f"/{address}") + "/"
    script = f"location.replace({json.dumps(target)} + location.search + location.hash)".replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(page.title)}</title>\n"
        f'<link rel="canonical" href="{escape(target)}">\n<meta name="robots" content="noindex">\n'
        f'<script>{script}</script>\n<meta http-equiv="refresh" content="0; url={escape(target)}">\n'
        f'</head>\n<body>\n<main><h1>This page has moved</h1>\n<p>It is now <a href="{escape(target)}">'
        f"{escape(page.title)}</a>.</p></main>\n</body>\n</html>\n"
    )
