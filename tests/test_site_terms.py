"""The glossary's words, linked where a page has them first, and the choices above pages with tabs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from proof.chooser import choosers
from proof.terms import Term, explained, terms
from site_sample import Site

KNOWN = [
    Term(("wheel",), "glossary/#wheel", "A built package."),
    Term(("sdist", "source distribution"), "glossary/#sdist", "A project's sources."),
]
WHEEL = '<a class="term" href="../glossary/#wheel" title="A built package.">{0}</a>'


def link(url: str) -> str:
    return f"../{url}"


def test_the_glossary_s_page_says_what_its_words_mean() -> None:
    html = (
        '<h2 id="a">A</h2><p>No word.</p><h3 id="sdist">sdist, source distribution<a class="headerlink" href="#sdist">'
        "&para;</a></h3>\n<p>Sources &amp; metadata in <code>.tar.gz</code>\nfiles. See <a>more</a>.</p>"
        '<h3 id="dep">dependency</h3><p>Needed: it.</p>'
    )
    assert terms(html, "glossary/") == [
        Term(("sdist", "source distribution"), "glossary/#sdist", "Sources & metadata in .tar.gz files."),
        Term(("dependency", "dependencies"), "glossary/#dep", "Needed: it."),
    ]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>A wheel and a wheel.</p>", f"<p>A {WHEEL.format('wheel')} and a wheel.</p>"),
        ("<p>Wheels.</p>", f"<p>{WHEEL.format('Wheels')}.</p>"),
        ("<p>A <code>wheel</code>, a <a href=x>wheel <b>x</b></a>.</p>", ""),
        (
            "<h2>wheel</h2><pre>wheel</pre><td>wheel</td><p>wheelhouse, x.wheel, a-wheel, wheel-x</p><!-- wheel -->",
            "",
        ),
        ('<p title="wheel">x</p>', ""),
    ],
    ids=["the first", "several", "closed", "other words", "an attribute"],
)
def test_the_first_place_of_a_word_is_linked(html: str, found: str) -> None:
    title = "<h1>A wheel</h1>"
    assert explained(title + html, KNOWN, "pip/", link) == title + (found or html)


@pytest.mark.parametrize("url", ["", "glossary/"])
def test_home_and_the_glossary_stay_as_they_are(url: str) -> None:
    html = "<h1>x</h1><p>A wheel.</p>"
    assert explained(html, KNOWN, url, link) == html
    assert explained(html, [], "pip/", link) == html


def test_words_lead_to_the_glossary_from_many_pages(site: Path) -> None:
    known = set(re.findall(r'<h3 id="([^"]+)"', (site / "glossary" / "index.html").read_text(encoding="utf-8")))
    assert len(known) >= 25
    used = [Site.parsed(path).select("article a.term[title]") for path in site.rglob("index.html")]
    assert sum(map(bool, used)) >= 100
    assert {str(link["href"]).partition("#")[2] for links in used for link in links} <= known


def tabs(*sets: tuple[str, ...]) -> str:
    labels = [
        '<div class="tabbed-labels">'
        + "".join(f'<label for="__tabbed_{number}_{at}">{label}</label>' for at, label in enumerate(of, 1))
        for number, of in enumerate(sets, 1)
    ]
    return f"<h1>x</h1>\n<p>y</p>{''.join(labels)}"


@pytest.mark.parametrize(
    ("sets", "options"),
    [
        ([("uv", "pip"), ("uv", "Poetry")], ["uv", "Poetry", "pip"]),
        ([("uv", "pip")], []),
        ([("uv", "x"), ("uv", "y")], []),
        ([("Linux and macOS", "Windows (cmd)")], ["Linux", "macOS", "Windows"]),
        ([("setup.py", "setup.cfg")] * 3, []),
    ],
    ids=["tools", "one set", "one tool", "systems", "others"],
)
def test_a_page_has_a_choice_where_its_tabs_differ_by_tool_or_system(
    sets: list[tuple[str, ...]], options: list[str]
) -> None:
    html = choosers(tabs(*sets))
    assert re.findall("<option>(.*?)</option>", html) == options
    assert html.startswith("<h1>x</h1>\n<p class=" if options else "<h1>x</h1>\n<p>y")
