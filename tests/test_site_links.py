"""Every link of the built site leads somewhere, those in HTML as well as those in Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from checkout import ROOT
from links import dead, hosts
from pypi_simple import PYPI_SIMPLE_ENDPOINT

# Lists of this guide's own pages, what it measured itself, and its opinions.
OWN = {"status.md", "tasks/compare.md", "tasks/speed.md", "security/policy.md"}


def test_no_link_of_the_site_leads_nowhere(site: Path) -> None:
    assert dead(site) == []


def test_every_page_names_a_source_outside_of_the_guide() -> None:
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).as_posix(): path for path in docs.rglob("*.md") if path.name != "index.md"}
    fence = re.compile(r"```.*?```", re.DOTALL)
    prose = {name: fence.sub("", path.read_text(encoding="utf-8")) for name, path in pages.items()}
    source = re.compile(r"\]\(https?://|^\[.+\]: https?://|<https?://", re.MULTILINE)
    assert {name for name, text in prose.items() if not source.search(text)} <= OWN


@pytest.mark.parametrize(
    "broken",
    [
        '<a href="../nowhere/">x</a>',
        '<a href="#nope">x</a>',
        '<a href="other/#nope">x</a>',
        '<a href="/nowhere/">x</a>',
        '<img src="nowhere.png">',
        '<a href="missing.html">x</a>',
    ],
)
def test_a_link_to_nowhere_is_found(broken: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    good = '<h1 id="top">x</h1><a href="#top"></a><a href="other/"></a><a href="other/#a%20b"></a><a href="."></a>'
    (tmp_path / "index.html").write_text(good + '<a href="https://example.org/x#y"></a><a href="mailto:x@example.org">')
    (tmp_path / "other" / "index.html").write_text('<a id="a b" href="../#top"></a><a href="/other/"></a>')
    (tmp_path / "404.html").write_text('<a href="/other/"></a>')
    assert dead(tmp_path) == []

    (tmp_path / "index.html").write_text(good + broken)
    assert dead(tmp_path) == [f"index.html: {broken.split(chr(34))[1]}"]


INDEX = str(urlsplit(PYPI_SIMPLE_ENDPOINT).hostname)


def test_no_page_links_to_the_index_itself(site: Path) -> None:
    # what is there on a day changes on the next; a page proves it with a block that asks the index
    assert INDEX not in hosts(site)


def test_no_page_names_the_index() -> None:
    # where a tool prints its address, the page shows [...]
    pages = sorted(ROOT.glob("docs/**/*.md"))
    assert pages
    assert [page.name for page in pages if re.search(rf"(?<![\w.]){re.escape(INDEX)}", page.read_text("utf-8"))] == []


def test_a_link_to_the_index_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        f'<a href="https://test.{INDEX}/x">x</a><a href="//{INDEX}:443/project/x/">x</a>'
    )
    assert hosts(tmp_path) == {f"test.{INDEX}": ["index.html"], INDEX: ["index.html"]}
