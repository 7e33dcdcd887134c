"""The search finds what people type: the built site's index, asked through the page's script.

What pages list as ``asked`` in their front matter are questions too, and so is each message of the index of errors.
"""

from __future__ import annotations

import gzip
import posixpath
import re
import tomllib
from pathlib import Path
from typing import Any

import chromium
import pytest
from checkout import ROOT
from mkdocs.utils import meta
from proof import asked as listed
from proof import search
from proof.book import Book, Page
from proof.checkout import Checkout
from site_sample import Sample, Site, words

QUERIES = tomllib.loads((ROOT / "tests" / "site_queries.toml").read_text(encoding="utf-8"))


def phrases() -> dict[str, str]:
    """What pages say that they are asked -> the page that says it."""
    docs = ROOT / "docs"
    return {
        phrase: path.relative_to(docs).with_suffix("").as_posix().removesuffix("/index")
        for path in sorted(docs.rglob("*.md"))
        for phrase in meta.get_data(path.read_text(encoding="utf-8"))[1].get(listed.KEY, [])
    }


PHRASES = phrases()
ERRORS = "errors/index.html"
OWN = "zebra"  # the reader's own name, path or version, where a row of the index of errors leaves one out


def pasted(site: Path) -> dict[str, set[str]]:
    """Each message of the index of errors as a reader has it -> the pages that its rows link."""
    found: dict[str, set[str]] = {}
    for row in Site.parsed(site / ERRORS).select("article tbody tr"):
        places = [str(link["href"]).partition("#")[0] for link in row.select("td:nth-of-type(2) a")]
        pages = {posixpath.normpath(f"errors/{place}") for place in places}
        for message in row.select("td:nth-of-type(1) code"):
            found.setdefault(re.sub(r"(?<=\d)…", f" {OWN}", words(message)).replace("…", OWN), set()).update(pages)
    return found


# Questions as the page's field has them, in the place of the theme's worker.
ASK = """
const done = arguments[arguments.length - 1], found = []
const ask = async () => {
  for (const query of arguments[0]) found.push((await window.asking.find(query)).map(item => item[0].location))
  return found
}
ask().then(done)
"""


@pytest.fixture(scope="module")
def asked(browser: Any, serve: Any, site: Path) -> dict[str, list[str]]:
    """Query -> pages in the order of the results."""
    browser.get(serve(site))
    browser.set_script_timeout(600)
    queries = [query for kind in (*QUERIES.values(), PHRASES, pasted(site)) for query in kind]
    return {
        query: [location.partition("#")[0].strip("/") for location in found]
        for query, found in zip(queries, browser.execute_async_script(ASK, queries), strict=True)
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


def test_a_pasted_message_leads_to_the_page_that_its_row_links(asked: dict[str, list[str]], site: Path) -> None:
    messages = pasted(site)
    wrong = [
        f"{message}: {asked[message][:3]}; expected {sorted(pages)}"
        for message, pages in messages.items()
        if not asked[message] or asked[message][0] not in pages
    ]
    assert not wrong, "\n".join(wrong)
    assert len(messages) >= 350


def test_messages_of_the_index_of_errors_are_phrases_of_the_pages_that_it_links(tmp_path: Path) -> None:
    (tmp_path / "docs" / "errors").mkdir(parents=True)
    rows = ["| `a: … not found` | [b](b.md#c), or [it](../it.md) |", "| ``x `y` ``, `z` | [b](b.md) |"]
    (tmp_path / "docs" / "errors" / "index.md").write_text("\n".join(rows), encoding="utf-8")
    pages = {
        name: Page(name, "Here", url, {"asked": ["where"]} if url == "it/" else {}, ())
        for name, url in {"docs/errors/b.md": "errors/b/", "docs/it.md": "it/"}.items()
    }
    found = listed.phrases(Book([], Checkout(tmp_path), pages=pages))
    assert found == {"it/": ["where", "a: not found"], "errors/b/": ["a: not found", "x `y`", "z"]}


def test_phrases_are_in_the_index_of_a_built_site(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    sample.edit("docs/pip/other.md", "tools: [pip]", "tools: [pip]\nasked: [where is it]")
    _, _, pages = sample.build().part("pages")
    assert [(url, asked) for url, _, _, _, *asked in pages if asked] == [("pip/other/", ["where is it"])]


def test_the_index_is_published_in_parts_alone(tmp_path: Path) -> None:
    """The theme's file of everything is asked by the theme's worker, which only a site without the hook has."""
    sample = Sample.create(tmp_path)
    published, plain = sample.build(), sample.build(hook=False)
    assert not (published.path / "search" / "search_index.json").exists()
    assert (plain.path / "search" / "search_index.json").is_file()
    assert "assets/search.js" in {str(tag["src"]) for tag in published.page("index").select("script[src]")}
    assert "assets/search.js" not in {str(tag["src"]) for tag in plain.page("index").select("script[src]")}


def test_the_search_works_in_a_folder_of_files(browser: Any, site: Path) -> None:
    browser.get((site / "uv" / "start" / "index.html").as_uri())
    chromium.wait(browser, "return document.readyState === 'complete' && !!window.document$")
    browser.execute_script("document.querySelector('label[for=__search]').click()")
    field = browser.find_element("css selector", ".md-search__input")
    field.send_keys("uv lock --check fails in the pipeline")
    found = chromium.wait(browser, SHOWN)
    assert "Check" in found[0] and "Tasks › Locks" in found[0], found
    browser.find_element("css selector", ".md-search-result__link").click()
    chromium.wait(browser, "return location.pathname.endsWith('/tasks/check-lock/index.html')")
    assert chromium.wait(browser, "return CSS.highlights.get('looked-for')?.size")


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


FETCHED = """return performance.getEntriesByType("resource").map(one => new URL(one.name).pathname)
  .filter(path => path.includes("/search/"))"""
SHOWN = """const found = document.querySelectorAll(".md-search-result__item")
return found.length && [...found].slice(0, 3).map(item => item.innerText)"""


def test_the_index_is_fetched_in_parts_when_the_search_is_used(browser: Any, serve: Any, site: Path) -> None:
    browser.get(serve(site) + "uv/start/")
    chromium.wait(browser, "return document.readyState === 'complete' && !!window.document$")
    assert browser.execute_script(FETCHED) == []
    field = browser.find_element("css selector", ".md-search__input")
    browser.execute_script("document.querySelector('label[for=__search]').click()")
    field.send_keys("uv lock --check fails in the pipeline")
    found = chromium.wait(browser, SHOWN)
    assert "Check" in found[0] and "Tasks › Locks" in found[0], found
    fetched = {path.lstrip("/") for path in browser.execute_script(FETCHED)}
    assert not [path for path in fetched if path.endswith(".json")]
    assert sum(len(gzip.compress((site / path).read_bytes())) for path in fetched) < 120_000
    assert len(fetched) < 100


def test_an_index_that_does_not_arrive_is_no_question_without_an_answer(browser: Any, serve: Any, site: Path) -> None:
    browser.get(serve(site) + "uv/start/")
    chromium.wait(browser, "return document.readyState === 'complete' && !!window.document$")
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/search/*"]})
    try:
        browser.execute_script("document.querySelector('label[for=__search]').click()")
        field = browser.find_element("css selector", ".md-search__input")
        field.send_keys("uv lock")
        found = chromium.wait(browser, SHOWN)
        assert "out of reach" in found[0] and "Check the network" in found[0]
    finally:
        browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    field.send_keys(" --check")
    chromium.wait(browser, f"{SHOWN}[0].includes('Check')")


def test_a_result_s_words_are_marked_on_its_page(browser: Any, serve: Any, site: Path) -> None:
    browser.get(serve(site) + "uv/lock/?h=uv+lock#nowhere")
    marked = "return CSS.highlights.get('looked-for')?.size"
    assert chromium.wait(browser, marked) > 10


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>Type <code>a &lt;b&gt;</code>:</p> <pre><code>$ x  y\n  z\n</code></pre> <p>So.</p>",
         "Type a <b>:\n\t$ x  y\n\t  z\nSo."),
        ("one <em>two</em>\nthree", "one two\nthree"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_text_s_lines_stay_lines(html: str, lines: str) -> None:
    assert search.plain(html) == lines


def test_words_are_the_same_for_the_index_and_for_a_question(browser: Any, serve: Any, site: Path) -> None:
    browser.get(serve(site))
    texts = [
        "ERROR: pip's dependency…",
        "~/.venv/bin/x.",
        "Straße Ünïcode",
        "a==1.0, b~=2.*",
        "uv_build._x @v4",
        "3.12.",
    ]
    for text in texts:
        assert browser.execute_script("return window.asking.wordsOf(arguments[0])", text) == search.words(text), text
