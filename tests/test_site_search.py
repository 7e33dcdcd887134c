"""The search finds what people type: the built site's index, asked through the page's script in the theme's worker.

What pages list as ``asked`` in their front matter are questions too.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from mkdocs.utils import meta
from proof import asked as listed
from proof.book import Book, Page
from proof.checkout import Checkout
from site_sample import Sample

QUERIES = tomllib.loads((ROOT / "tests" / "site_queries.toml").read_text(encoding="utf-8"))


def phrases() -> dict[str, str]:
    """What pages say that they are asked -> the page that says it."""
    docs = ROOT / "docs"
    return {
        phrase: path.relative_to(docs).with_suffix("").as_posix()
        for path in sorted(docs.rglob("*.md"))
        for phrase in meta.get_data(path.read_text(encoding="utf-8"))[1].get(listed.KEY, [])
    }


PHRASES = phrases()

# A question as the page sends it: the script of the guide stands between the field and the worker.
START = """
const done = arguments[arguments.length - 1]
const config = JSON.parse(document.getElementById("__config").textContent)
fetch(new URL("search/search_index.json", new URL(config.base, location))).then(found => found.json()).then(index => {
  window.asking = new Worker(new URL(config.search, location))
  window.asking.onmessage = ({ data }) => data.type === 1 && done(index.docs.length)
  window.asking.postMessage({ type: 0, data: { ...index, options: { suggest: false } } })
})
"""
ASK = """
const done = arguments[arguments.length - 1], found = []
window.asking.onmessage = ({ data }) => {
  found.push(data.data.items.map(item => item[0].location))
  done(found[0])
}
window.asking.postMessage({ type: 2, data: arguments[0] })
"""


@pytest.fixture(scope="module")
def asked(browser: Any, serve: Any, site: Path) -> dict[str, list[str]]:
    """Query -> pages in the order of the results."""
    browser.get(serve(site))
    browser.set_script_timeout(120)
    assert browser.execute_async_script(START) > 300
    return {
        query: [location.partition("#")[0].strip("/") for location in browser.execute_async_script(ASK, query)]
        for queries in (*QUERIES.values(), PHRASES)
        for query in queries
    }


def test_there_are_enough_queries_of_each_kind() -> None:
    assert sorted(QUERIES) == ["commands", "files", "messages", "misspelled", "tools", "words"]
    assert all(len(queries) >= 12 for queries in QUERIES.values())
    assert sum(map(len, QUERIES.values())) >= 100


@pytest.mark.parametrize("kind", QUERIES)
def test_the_page_that_answers_comes_first(kind: str, asked: dict[str, list[str]]) -> None:
    wrong = [
        f"{query}: {', '.join(asked[query][:3]) or 'nothing'}; expected {pages}"
        for query, pages in QUERIES[kind].items()
        if not asked[query] or asked[query][0] not in pages.split(" | ")
    ]
    assert not wrong, "\n".join(wrong)


def test_what_a_page_says_that_it_is_asked_leads_to_it(asked: dict[str, list[str]]) -> None:
    wrong = [
        f"{phrase}: {asked[phrase][:3]}; expected {page}"
        for phrase, page in PHRASES.items()
        if asked[phrase][:1] != [page]
    ]
    assert not wrong, "\n".join(wrong)
    assert len(PHRASES) >= 30


def test_phrases_are_in_the_index_of_a_built_site(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    sample.edit("docs/pip/other.md", "tools: [pip]", "tools: [pip]\nasked: [where is it]")
    docs = json.loads((sample.build().path / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    assert [(doc["location"], doc["asked"]) for doc in docs if "asked" in doc] == [("pip/other/", ["where is it"])]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["where is it"], "docs/pip/0.md: asked: 'where is it'; expected a list of phrases"),
        ([[3]], "docs/pip/0.md: asked: [3]; expected a list of phrases"),
        ([[" "]], "docs/pip/0.md: asked: [' ']; expected a list of phrases"),
        ([["a b", "A b"]], "docs/pip/0.md: asked: ['a b', 'A b']; expected each phrase once"),
        ([["a b"], ["A B"]], "docs/pip/1.md: asked: 'A B' leads to docs/pip/0.md; expected one page for a phrase"),
    ],
    ids=["no list", "a number", "empty", "twice", "on two pages"],
)
def test_a_list_of_phrases_that_is_none_is_refused(values: list[Any], found: str, tmp_path: Path) -> None:
    pages = {
        f"docs/pip/{n}.md": Page(f"docs/pip/{n}.md", "Here", f"pip/{n}/", {"asked": value}, ())
        for n, value in enumerate(values)
    }
    with pytest.raises(ValueError, match=re.escape(found)):
        listed.phrases(Book([], Checkout(tmp_path), pages=pages))


def test_a_wrong_list_of_phrases_stops_the_build(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    sample.edit("docs/pip/other.md", "tools: [pip]", "tools: [pip]\nasked: where is it")
    with pytest.raises(AssertionError, match="docs/pip/other.md: asked: 'where is it'; expected a list"):
        sample.build()


def test_no_query_is_without_a_result(asked: dict[str, list[str]]) -> None:
    assert [query for query, found in asked.items() if not found] == []
