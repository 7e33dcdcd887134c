"""Every link of the built site leads somewhere, those in HTML as well as those in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from links import dead


def test_no_link_of_the_site_leads_nowhere(site: Path) -> None:
    assert dead(site) == []


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
