"""The way through the site: eight areas, each with an index of all its pages, and every page two clicks from home."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from checkout import ROOT
from site_sample import Site, words


class Loader(yaml.SafeLoader):
    """Takes the tags of MkDocs for what they enclose."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
NAV = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)["nav"]
HOME, *AREAS = NAV


def inside(items: list[Any]) -> Iterator[tuple[str, str]]:
    """Name and page of everything in a part of the navigation; an entry without a name has the name ``""``."""
    for item in items:
        if isinstance(item, str):
            yield "", item
        else:
            ((name, what),) = item.items()
            if isinstance(what, str):
                yield name, what
            else:
                yield name, ""
                yield from inside(what)


def pages_of(area: dict[str, Any]) -> tuple[str, list[str]]:
    """The name of an area, and its pages below docs/, its index first."""
    ((name, items),) = area.items()
    return name, [page for _, page in inside(items) if page]


def url(page: str) -> str:
    """Where the site has the page made from ``docs/<page>``."""
    place = page.removesuffix(".md").removesuffix("index").strip("/")
    return f"{place}/" if place else ""


def front(page: str) -> dict[str, Any]:
    _, text, _ = (ROOT / "docs" / page).read_text(encoding="utf-8").split("---\n", 2)
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def links(path: Path, selector: str, at: str) -> list[str]:
    """Addresses below the site's root, without fragments, of the links that ``selector`` finds on a page at ``at``."""
    found = []
    for link in Site.parsed(path).select(selector):
        parts = urlsplit(str(link["href"]))
        if not parts.scheme and not parts.netloc:
            place = posixpath.normpath(posixpath.join("/", at, parts.path)).lstrip("/")
            found.append(f"{place}/" if place and "." not in posixpath.basename(place) else place)
    return found


@dataclass(frozen=True)
class Place:
    """What a page says of where it stands: the addresses in its sidebar, and its path from home."""

    entries: set[str]
    path: list[str]


@pytest.fixture(scope="module")
def places(site: Path) -> dict[str, Place]:
    """The place of every page below docs/ that is in an area."""
    found = {}
    for page in [page for _, pages in map(pages_of, AREAS) for page in pages]:
        html = (site / url(page) / "index.html").read_text(encoding="utf-8")
        parsed = BeautifulSoup(html.partition("<article")[0], "html.parser")  # the rest takes longer
        (sidebar,) = parsed.select(".md-sidebar--primary .md-nav--primary > .md-nav__list > .md-nav__item--active")
        entries = [
            link for link in sidebar.select(".md-nav__link[href]") if not link.find_parent(class_="md-nav--secondary")
        ]
        path = [words(item) for item in parsed.select(".md-path__item")]
        found[page] = Place({str(link["href"]) for link in entries}, path)
    return found


def test_at_most_eight_areas_stand_across_the_top(site: Path) -> None:
    page = Site.parsed(site / "index.html")
    tabs = [words(tab) for tab in page.select(".md-tabs__item")]
    assert tabs == [name for name, _ in map(pages_of, AREAS)]
    assert 4 < len(tabs) <= 8


def test_names_in_the_navigation_are_short() -> None:
    names = [(name, page) for name, page in inside(NAV) if not page.endswith("index.md") or name]
    assert not [f"{page}: {name or 'no name'}" for name, page in names if not 0 < len(name) <= 24]


@pytest.mark.parametrize("area", AREAS, ids=lambda area: next(iter(area)))
def test_an_area_begins_with_an_index_that_misses_none_of_its_pages(area: dict[str, Any], site: Path) -> None:
    name, (index, *pages) = pages_of(area)
    assert index.endswith("/index.md"), name
    listed = links(site / url(index) / "index.html", "article .pages li > a", url(index))
    assert listed == [url(page) for page in pages]
    answers = [words(answer) for answer in Site.parsed(site / url(index) / "index.html").select(".pages li > span")]
    assert answers == [front(page)["description"] for page in pages]
    assert all(answers)


FIVE = {
    "Start": "start.md",
    "Cheat sheet": "cheat-sheet.md",
    "Files and lock": "lock.md",
    "Catches": "catches.md",
    "Old forms": "old-forms.md",
}


def lacks(tool: dict[str, Any]) -> str:
    """What a tool of the navigation lacks of the pages that all tools have, in words; empty where it has the five."""
    name, pages = pages_of(tool)
    folder = name.lower()
    entries = [(label, page) for label, page in inside(tool[name]) if page]
    for place, (label, file) in enumerate(FIVE.items(), start=1):
        if (label, f"{folder}/{file}") not in entries:
            return f"{name} lacks its page {label!r}: docs/{folder}/{file}, entry {place} of {name} in mkdocs.yml"
        if pages[place - 1] != f"{folder}/{file}":
            return f"{name}: {pages[place - 1]} is entry {place} in mkdocs.yml; expected {label!r}, {folder}/{file}"
    return ""


def test_every_tool_begins_with_the_same_five_pages() -> None:
    (tools,) = [area["Tools"][1:] for area in AREAS if "Tools" in area]
    assert len(tools) == 7
    assert [words for words in map(lacks, tools) if words] == []


def sample(entries: list[tuple[str, str]]) -> dict[str, Any]:
    """A tool of the navigation that has these entries, labels and files of its folder."""
    return {"Rye": [{label: f"rye/{file}"} for label, file in entries]}


def test_a_tool_with_the_five_pages_and_more_behind_them_lacks_nothing() -> None:
    assert lacks(sample([*FIVE.items(), ("Toolchains", "toolchains.md")])) == ""


@pytest.mark.parametrize(("place", "missing"), list(enumerate(FIVE, start=1)), ids=list(FIVE))
def test_a_tool_that_lacks_one_of_the_five_pages_is_named_with_the_page(place: int, missing: str) -> None:
    others = [(label, file) for label, file in FIVE.items() if label != missing]
    expected = f"Rye lacks its page {missing!r}: docs/rye/{FIVE[missing]}, entry {place} of Rye in mkdocs.yml"
    assert lacks(sample([*others, ("Toolchains", "toolchains.md")])) == expected
    assert lacks(sample([*others, (missing, "toolchains.md")])) == expected


@pytest.mark.parametrize("place", range(1, len(FIVE)))
def test_a_tool_whose_five_pages_have_another_order_is_named_with_the_entry(place: int) -> None:
    entries = list(FIVE.items())
    entries[place - 1], entries[place] = entries[place], entries[place - 1]
    (_, found), (label, file) = entries[place - 1], list(FIVE.items())[place - 1]
    expected = f"Rye: rye/{found} is entry {place} in mkdocs.yml; expected {label!r}, rye/{file}"
    assert lacks(sample(entries)) == expected


def test_an_index_page_says_what_it_is_for() -> None:
    for _, (index, *_) in map(pages_of, AREAS):
        assert front(index)["description"], index


def test_a_sidebar_holds_at_most_twenty_entries(places: dict[str, Place]) -> None:
    assert len(places) > 50
    for page, place in places.items():
        assert 1 <= len(place.entries) <= 20, page


def test_every_page_shows_where_it_stands(places: dict[str, Place]) -> None:
    for name, pages in map(pages_of, AREAS):
        for page in pages:
            assert places[page].path[:2] == ["Home", name], page


def test_every_page_is_two_clicks_from_home(site: Path) -> None:
    ways = "article a[href], .md-tabs a[href]"
    first = {""} | set(links(site / "index.html", ways, ""))
    second = {
        address
        for place in sorted(first)
        if (site / place / "index.html").is_file()
        for address in links(site / place / "index.html", ways, place)
    }
    everything = {url(page.relative_to(ROOT / "docs").as_posix()) for page in (ROOT / "docs").rglob("*.md")}
    assert everything - first - second == set()


def test_a_pip_command_leads_to_the_same_task_in_uv_in_two_clicks(site: Path) -> None:
    assert "tasks/" in links(site / "index.html", "article a[href]", "")
    rows = Site.parsed(site / "tasks" / "index.html").select("article tbody tr")
    (row,) = [row for row in rows if "pip install -r requirements.txt" in words(row)]
    assert "uv sync" in words(row)
    place, _, heading = str(row.select("a")[0]["href"]).partition("#")
    target = Site.parsed(site / "tasks" / place / "index.html")
    assert target.find(id=heading) is not None
