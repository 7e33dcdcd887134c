"""The links of a built site, whoever wrote them, Markdown or HTML: which lead nowhere, and to which hosts they lead."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ADDRESSES = {"a": "href", "area": "href", "link": "href", "img": "src", "script": "src", "source": "src"}


class _Links(HTMLParser):
    """The addresses that a page names, and the names that a fragment can have on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.names |= {value for name in ("id", "name") if (value := named.get(name))}
        if (address := named.get(ADDRESSES.get(tag, ""))) is not None:
            self.addresses.append(address)


def dead(site: Path) -> list[str]:
    """``page: address`` of every link of the site at ``site`` that leads to no file of it, or to no id on its page.

    Addresses with a scheme or a host are other sites', and not asked.
    """
    root = site.resolve()
    pages = {path: _Links(path.read_text(encoding="utf-8")) for path in sorted(root.rglob("*.html"))}
    return [
        f"{path.relative_to(root).as_posix()}: {address}"
        for path, page in pages.items()
        for address in page.addresses
        if not _leads(root, path, address, pages)
    ]


def hosts(site: Path) -> dict[str, list[str]]:
    """The hosts that pages of the site at ``site`` link to, each with the pages that do."""
    found: dict[str, list[str]] = {}
    for path in sorted(site.rglob("*.html")):
        page = _Links(path.read_text(encoding="utf-8"))
        for host in sorted({urlsplit(address).hostname or "" for address in page.addresses} - {""}):
            found.setdefault(host, []).append(path.relative_to(site).as_posix())
    return found


def _leads(root: Path, path: Path, address: str, pages: dict[Path, _Links]) -> bool:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return True
    place = unquote(parts.path)
    if path.name == "404.html" or place.startswith("/"):
        target = root / place.lstrip("/")
    else:
        target = path.parent / place if place else path
    target = target.resolve()
    if target.is_dir():
        target = target / "index.html"
    if not target.is_file():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].names
