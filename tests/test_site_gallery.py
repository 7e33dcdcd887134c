"""The gallery of recipes: each recipe is in it, with its tools and its purpose, and a filter that a link can set.

The tests in a browser need Chromium and its driver; without them they are skipped, and the end of the run says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chromium
import pytest
from bs4 import Tag
from chromium import wait
from harness.project import ROOT
from mkdocs.utils.meta import get_data
from proof import contract
from proof.answers import TOOLS
from proof.flat import flat
from proof.gallery import PURPOSES, value
from site_sample import Sample, Site, words

PAGES = sorted(path for path in (ROOT / "docs" / "recipes").glob("*.md") if path.name != "index.md")
FRONT = {path.stem: get_data(path.read_text("utf-8"))[1] for path in PAGES}
IN_A_BROWSER = pytest.mark.skipif(bool(chromium.MISSING), reason=f"{chromium.MISSING} for the browser tests")


@pytest.fixture(scope="module")
def cards(site: Path) -> dict[str, Tag]:
    """Each card of the real gallery by the name of its page."""
    found = Site.parsed(site / "recipes" / "index.html").select("article .gallery > ul > li")
    return {str(card.select_one("a[href]")["href"]).strip("./"): card for card in found}  # type: ignore[index]


def test_the_gallery_has_a_card_for_each_recipe_s_page(cards: dict[str, Tag]) -> None:
    assert len(PAGES) > 10
    assert sorted(cards) == sorted(FRONT)


@pytest.mark.parametrize("name", FRONT)
def test_a_card_says_what_the_front_matter_of_its_page_says(name: str, cards: dict[str, Tag]) -> None:
    front, card = FRONT[name], cards[name]
    line = card.select_one(":scope > span")
    assert line and words(line) == front["description"]
    assert [words(tag) for tag in card.select(".gallery-purpose")] == [
        purpose for purpose in PURPOSES if purpose in front["search"]["purpose"]
    ]
    tools = [words(tag) for tag in card.select(".gallery-tool")]
    assert {tool.lower() for tool in tools} >= {tool for tool in front["tools"] if tool in map(str.lower, TOOLS)}
    assert [link["href"] for link in card.select(".gallery-zip a")] == [
        f"{recipe}.zip" for recipe in contract.recipes(front)
    ]
    assert card["data-tool"] == " ".join(map(value, tools))


@pytest.mark.parametrize("name", FRONT)
def test_the_filter_finds_a_card_by_each_tool_that_it_names(name: str, cards: dict[str, Tag]) -> None:
    named = re.findall(r"[\w-]+", words(cards[name]).replace(".zip", ""))
    assert {value(tool) for tool in TOOLS if tool in named} <= set(str(cards[name]["data-tool"]).split())


@pytest.mark.parametrize("name", FRONT)
def test_a_recipe_has_a_purpose_and_the_files_for_it(name: str) -> None:
    purposes = set(FRONT[name].get("search", {}).get("purpose", []))
    assert purposes and purposes <= set(PURPOSES)
    folders = [ROOT / "recipes" / recipe for recipe in contract.recipes(FRONT[name])]
    files = {path.relative_to(folder).as_posix() for folder in folders for path in contract.recipe_files(folder)}
    assert ("container" in purposes) == any(file.endswith("Dockerfile") for file in files)
    assert ("CI" in purposes) == any(file.startswith(".github/workflows/") for file in files)


def test_each_choice_of_the_filter_fits_a_card_and_has_a_name(site: Path, cards: dict[str, Tag]) -> None:
    page = Site.parsed(site / "recipes" / "index.html")
    form = page.select_one(".gallery-filter")
    assert form and form["aria-label"]
    for choice in form.select("label > select"):
        first, *options = choice.select("option")
        assert (first["value"], words(first)) == ("", "any")
        fitting = {one for card in cards.values() for one in str(card[f"data-{choice['name']}"]).split()}
        assert {str(option["value"]) for option in options} == fitting
    assert words(form.select_one("output") or form) == f"{len(cards)} recipes"


def test_links_into_the_gallery_choose_what_its_filter_has_and_each_tool_has_one(site: Path) -> None:
    form = Site.parsed(site / "recipes" / "index.html").select(".gallery-filter option")
    there = {(str(option.find_parent("select")["name"]), str(option["value"])) for option in form}  # type: ignore[index]
    chosen = {
        path.relative_to(ROOT / "docs").as_posix(): parse_qsl(found[1], strict_parsing=True)
        for path in sorted((ROOT / "docs").rglob("*.md"))
        for found in re.finditer(r"recipes/index\.md\?([^)#]+)\)", path.read_text("utf-8"))
    }
    assert {choice for choices in chosen.values() for choice in choices} <= there
    for tool in TOOLS:
        assert chosen.get(f"{value(tool)}/start.md") == [("tool", value(tool))]
        page = (site / value(tool) / "start" / "index.html").read_text("utf-8")
        assert f'href="../../recipes/?tool={value(tool)}"' in page


def test_the_gallery_s_markdown_lists_the_recipes_without_the_filter(site: Path) -> None:
    text = (site / "recipes" / "index.md").read_text(encoding="utf-8")
    assert [name for name in FRONT if f"({name}.md)" not in text] == []
    assert "Show all" not in text and "any" not in text.split()
    assert "**Tools:** uv, Poetry, pip. **Purpose:** library, CI." in text


def test_what_a_form_says_is_not_in_markdown() -> None:
    assert flat("<p>one</p><form><label>Tool <select><option>uv</option></select></label></form><p>two</p>") == (
        "one\n\ntwo"
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A site whose page of pip is a gallery of the other one."""
    sample = Sample.create(tmp_path_factory.mktemp("gallery"))
    sample.write(
        "docs/pip/other.md",
        '---\ntitle: Other\nblocks: none\n---\n\n# Other\n\n<div data-record="gallery"><p>none</p></div>\n',
    )
    return sample


@pytest.mark.parametrize("given", ["", "search: {purpose: service}\n", "search: {purpose: [kitchen]}\n"])
def test_a_recipe_without_a_purpose_is_named(sample: Sample, tmp_path: Path, given: str) -> None:
    other = sample.copy(tmp_path)
    other.edit("docs/pip/install.md", "recipe: service\n", f"recipe: service\n{given}")
    with pytest.raises(AssertionError, match=r"docs/pip/install.md: search: purpose: .*expected a list with some of"):
        other.build()


def test_a_recipe_with_a_purpose_gets_a_card(sample: Sample, tmp_path: Path) -> None:
    other = sample.copy(tmp_path)
    other.edit("docs/pip/install.md", "recipe: service\n", "recipe: service\nsearch: {purpose: [CI, service]}\n")
    (card,) = other.build().page("pip/other").select(".gallery > ul > li")
    assert (card["data-tool"], card["data-purpose"]) == ("uv pip", "service ci")


# --- in a browser ---

SHOWN = """return [...document.querySelectorAll(".gallery > ul > li")].filter(card => card.checkVisibility())
  .map(card => new URL(card.querySelector("a").href).pathname.split("/").at(-2))"""
SAYS = "return document.querySelector('.gallery-filter output').value"


@pytest.fixture
def gallery(browser: Any, serve: Callable[[Path], str], site: Path) -> Iterator[Callable[[str], None]]:
    """Opens the gallery at an address with these choices."""

    def opened(choices: str = "") -> None:
        browser.get("about:blank")
        browser.get(f"{serve(site)}recipes/{choices}")

    yield opened
    browser.get("about:blank")


def fitting(tool: str = "", purpose: str = "") -> list[str]:
    """The names of the pages that front matter alone says fit; every tool here is one that it names."""
    return sorted(
        name
        for name, front in FRONT.items()
        if (not tool or tool in front["tools"]) and (not purpose or purpose in front["search"]["purpose"])
    )


def choose(browser: Any, name: str, typed: str) -> None:
    """As by keyboard: the first letters of an option, in the list of this name."""
    browser.find_element("css selector", f".gallery-filter select[name={name}]").send_keys(typed)


def query(browser: Any) -> str:
    return urlsplit(browser.current_url).query


@IN_A_BROWSER
def test_the_lists_are_native_and_named(browser: Any, gallery: Callable[..., None]) -> None:
    gallery()
    lists = browser.find_elements("css selector", ".gallery-filter select")
    assert [(one.accessible_name, one.aria_role) for one in lists] == [("Tool", "combobox"), ("Purpose", "combobox")]
    count = browser.find_element("css selector", ".gallery-filter output")
    assert (count.aria_role, count.text) == ("status", f"{len(FRONT)} recipes")  # said when it changes
    assert not browser.find_element("css selector", ".gallery-filter button").is_displayed()


@IN_A_BROWSER
def test_a_tool_leaves_its_recipes_and_their_pages_open_its_tabs(browser: Any, gallery: Callable[..., None]) -> None:
    gallery()
    choose(browser, "tool", "PD")
    assert sorted(browser.execute_script(SHOWN)) == fitting(tool="pdm")
    assert browser.execute_script(SAYS) == f"{len(fitting(tool='pdm'))} of {len(FRONT)} recipes"
    assert query(browser) == "tool=pdm"
    first = browser.find_element("css selector", ".gallery > ul > li:not([hidden]) > a")
    assert urlsplit(first.get_property("href")).query == "tool=pdm"


@IN_A_BROWSER
def test_a_purpose_leaves_its_recipes(browser: Any, gallery: Callable[..., None]) -> None:
    gallery()
    choose(browser, "purpose", "com")
    assert sorted(browser.execute_script(SHOWN)) == fitting(purpose="command-line tool")
    assert query(browser) == "purpose=command-line-tool"


@IN_A_BROWSER
def test_both_choices_count_together_and_one_click_ends_them(browser: Any, gallery: Callable[..., None]) -> None:
    gallery()
    choose(browser, "tool", "po")
    choose(browser, "purpose", "ser")
    both = browser.execute_script(SHOWN)
    assert set(fitting("poetry", "service")) <= set(both) < set(fitting(purpose="service"))
    assert query(browser) == "tool=poetry&purpose=service"
    browser.find_element("css selector", ".gallery-filter button").click()
    assert len(browser.execute_script(SHOWN)) == len(FRONT)
    assert query(browser) == ""
    links = browser.find_elements("css selector", ".gallery > ul > li > a")
    assert {urlsplit(link.get_property("href")).query for link in links} == {""}
    assert browser.execute_script("return document.activeElement.name") == "tool"


@IN_A_BROWSER
def test_where_none_fits_the_count_says_so(browser: Any, gallery: Callable[..., None]) -> None:
    gallery("?tool=pipenv&purpose=library")
    assert browser.execute_script(SHOWN) == []
    assert browser.execute_script(SAYS) == f"0 of {len(FRONT)} recipes: none has both"
    assert browser.find_element("css selector", ".gallery-filter button").is_displayed()


@IN_A_BROWSER
def test_an_address_sets_the_filter_and_back_returns_to_it(browser: Any, gallery: Callable[..., None]) -> None:
    gallery("?tool=UV&purpose=worker")
    values = "return [...document.querySelectorAll('.gallery-filter select')].map(one => one.value)"
    assert browser.execute_script(values) == ["uv", "worker"]
    assert browser.execute_script(SHOWN) == ["worker"]
    browser.find_element("css selector", ".gallery > ul > li:not([hidden]) > a").click()
    wait(browser, "return location.pathname.endsWith('/worker/')")
    browser.back()
    wait(browser, "return location.pathname.endsWith('/recipes/') && document.readyState === 'complete'")
    assert browser.execute_script(values) == ["uv", "worker"]
    assert browser.execute_script(SHOWN) == ["worker"]


@IN_A_BROWSER
def test_what_an_address_names_and_the_filter_lacks_hides_nothing(browser: Any, gallery: Callable[..., None]) -> None:
    gallery("?tool=rye&other=1")
    assert len(browser.execute_script(SHOWN)) == len(FRONT)
    choose(browser, "purpose", "wor")
    assert sorted(browser.execute_script(SHOWN))
    assert "other=1" in query(browser) and "rye" not in query(browser)


@IN_A_BROWSER
def test_without_scripts_every_recipe_is_shown_and_no_filter(browser: Any, gallery: Callable[..., None]) -> None:
    shown = f"JSON.stringify((() => {{ {SHOWN} }})())"
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        gallery("?tool=pdm")
        assert sorted(json.loads(evaluated(browser, shown))) == sorted(FRONT)
        assert evaluated(browser, "document.querySelector('.gallery-filter').checkVisibility()") is False
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def evaluated(browser: Any, expression: str) -> Any:
    """What the browser's tools say of a page that may run no script."""
    return browser.execute_cdp_cmd("Runtime.evaluate", {"expression": expression})["result"]["value"]
