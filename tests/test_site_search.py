"""The search finds what people type: the built site's index, asked through the page's script in the theme's worker."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT

QUERIES = tomllib.loads((ROOT / "tests" / "site_queries.toml").read_text(encoding="utf-8"))

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
        for queries in QUERIES.values()
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


def test_no_query_is_without_a_result(asked: dict[str, list[str]]) -> None:
    assert [query for query, found in asked.items() if not found] == []
