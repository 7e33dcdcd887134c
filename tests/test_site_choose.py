"""The questions of "Choose a tool": a list for everybody, and one question at a time where scripts run.

The tests in a browser need Chromium and its driver; without them they are skipped, and the end of the run says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import axe
import chromium
import pytest
from bs4 import BeautifulSoup, Tag
from chromium import wait
from site_sample import Site, words

PAGE = "choose/"
browsing = pytest.mark.skipif(bool(chromium.MISSING), reason=f"{chromium.MISSING} for the browser tests")

# how many choices were made, and whether what is in focus is what comes next
SHOWN = """const box = document.querySelector(".choose"), way = box.querySelectorAll(".choose-way > li")
  return way.length === arguments[0] && document.activeElement.matches(".choose legend, .choose-answer")"""
CHOICES = "return [...document.querySelectorAll('.choose fieldset button')].map(one => one.textContent)"
CLICK = "document.querySelectorAll('.choose fieldset button')[arguments[0]].click()"
BACK = "document.querySelector('.choose > p > button').click()"
ANSWER = """return [...document.querySelectorAll(".choose-answer")].map(one => [
  [...one.querySelectorAll("p")].map(p => p.textContent.replace(/\\s+/g, " ").trim()),
  [...one.querySelectorAll("a")].map(a => a.href)])[0]"""


@pytest.fixture
def items(site: Path) -> list[Tag]:
    return Site(site, "").page("choose").select(".questions > ol > li")


@pytest.fixture
def opened(browser: Any, serve: Callable[[Path], str], site: Path) -> Any:
    """The page in a browser, at its first question."""
    browser.get("about:blank")
    browser.get(serve(site) + PAGE)
    wait(browser, "return document.readyState === 'complete' && document.querySelector('.choose')")
    return browser


def missing(address: str, site: Path) -> bool:
    """Whether an address below the site's root leads nowhere."""
    name, part = urldefrag(address)
    path = site / name / "index.html" if name.endswith("/") or not name else site / name
    if not path.is_file():
        return True
    return bool(part) and not BeautifulSoup(path.read_bytes(), "html.parser").find(id=part)


def test_every_question_has_an_answer_that_leads_on(items: list[Tag], site: Path) -> None:
    assert len(items) >= 5
    for item in items:
        question, *answer = item.find_all("p", recursive=False)
        assert words(question).endswith("?") and question.strong, item
        links = [urljoin(PAGE, str(a["href"])) for part in answer for a in part.select("a")]
        assert any(link.startswith(f"{PAGE}#") for link in links), f"no section for {words(question)}"
        assert not [link for link in links if missing(link, site)]


@browsing
def test_every_way_ends_in_an_answer_of_the_page_s_own_words(
    opened: Any, serve: Callable[[Path], str], site: Path, items: list[Tag]
) -> None:
    address = serve(site)
    article = words(Site(site, "").page("choose").select("article")[0])
    ends: dict[str, str] = {}

    def walk(depth: int) -> Iterator[tuple[str, list[str], list[str]]]:
        choices = opened.execute_script(CHOICES)
        if not choices:
            paragraphs, links = opened.execute_script(ANSWER)
            yield opened.current_url, paragraphs, links
        for number in range(len(choices)):
            opened.execute_script(CLICK, number)
            wait(opened, SHOWN, depth + 1)
            yield from walk(depth + 1)
            opened.execute_script(BACK)
            wait(opened, SHOWN, depth)
            assert opened.execute_script(CHOICES) == choices

    for url, paragraphs, links in walk(0):
        said = [text.partition(": ")[2] or text for text in paragraphs]  # a cell is behind the head of its column
        assert links and not [text for text in said if text not in article], url
        for link in links:
            inside = link.removeprefix(address)
            assert inside == link or not missing(inside, site), f"{url} leads to {link}"
        ends[url] = said[-1]
    rows = Site(site, "").page("choose").select("table")[0].select("tbody tr")
    assert len(ends) > len(items) + len(rows)
    assert set(ends.values()) == {words(item.find_all("p", recursive=False)[-1]) for item in items}, "an answer is lost"


@browsing
def test_a_no_and_none_of_a_table_s_rows_lead_to_the_next_question(opened: Any, items: list[Tag]) -> None:
    def asks(*choices: str) -> str:
        opened.execute_script("location.hash = arguments[0]", f"choose={','.join(choices)}")
        wait(opened, SHOWN, len(choices))
        return str(opened.execute_script("return document.activeElement.textContent"))

    tables = 0
    for number, item in enumerate(items[1:-1]):
        before, question = ["no"] * number, words(item.find_all("p", recursive=False)[0])
        assert asks(*before, "no") == question
        asks(*before, "yes")
        if opened.execute_script(CHOICES)[-1:] == ["None of these"]:
            tables += 1
            assert asks(*before, "yes", "none") == question
    assert tables


@browsing
def test_an_address_leads_to_its_answer_and_the_browser_goes_back(opened: Any) -> None:
    opened.get_log("browser")  # what earlier tests left
    start = opened.current_url
    opened.execute_script(CLICK, 1)
    wait(opened, SHOWN, 1)
    opened.execute_script(CLICK, 0)
    wait(opened, SHOWN, 2)
    there, answer = opened.current_url, opened.execute_script(ANSWER)
    assert there == f"{start}#choose=no,yes"
    opened.back()
    wait(opened, SHOWN, 1)
    opened.get("about:blank")
    opened.get(there)
    wait(opened, "return document.querySelector('.choose-answer')")
    assert opened.execute_script(ANSWER) == answer
    for wrong in ("no,maybe", "no,,", "%E0%A4", "<b>"):
        opened.get("about:blank")
        opened.get(f"{start}#choose={wrong}")
        assert wait(opened, CHOICES) == ["Yes", "No"]
    assert not [entry for entry in opened.get_log("browser") if entry["level"] == "SEVERE"]


@browsing
def test_the_questions_can_be_answered_by_keyboard_alone(opened: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    def press(key: str) -> str:
        opened.switch_to.active_element.send_keys(key)
        return str(opened.execute_script("return document.activeElement.textContent"))

    opened.execute_script("[...document.querySelectorAll('article > p:first-of-type a')].at(-1).focus()")
    assert press(Keys.TAB) == "Yes"
    assert press(Keys.TAB) == "No"
    opened.switch_to.active_element.send_keys(Keys.SPACE)
    wait(opened, SHOWN, 1)
    assert press(Keys.TAB) == "Yes", "the next thing after the question"
    opened.switch_to.active_element.send_keys(Keys.ENTER)
    wait(opened, SHOWN, 2)
    inside = "return document.activeElement.closest('.choose-answer') !== null"
    while press(Keys.TAB) and opened.execute_script(inside):
        pass
    assert opened.execute_script("return document.activeElement.textContent") == "Back"
    assert press(Keys.TAB) == "Start again"
    opened.switch_to.active_element.send_keys(Keys.ENTER)
    wait(opened, SHOWN, 0)


@browsing
def test_the_list_is_there_without_scripts_and_on_paper(opened: Any, items: list[Tag]) -> None:
    seen = "[...document.querySelectorAll('.questions li')].filter(one => one.checkVisibility()).length"
    assert opened.execute_script(f"return {seen}") == 0, "a click away"
    opened.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert opened.execute_script(f"return {seen}") == len(items)
    opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened.refresh()
        shown = opened.execute_cdp_cmd(
            "Runtime.evaluate", {"expression": f"[{seen}, !document.querySelector('.choose')].join()"}
        )
        assert shown["result"]["value"] == f"{len(items)},true"
    finally:
        opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@contextmanager
def seen(browser: Any, width: int, scheme: str) -> Iterator[None]:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@browsing
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_questions_and_answers(opened: Any, scheme: str) -> None:
    if not axe.source():
        pytest.skip("no npm that can fetch axe-core")
    start, found = opened.current_url, {}
    with seen(opened, 390, scheme):
        for state in ("", "no", "yes", "yes,pdm-lock", "no,no,no,no,no"):
            opened.get("about:blank")
            opened.get(f"{start}#choose={state}")
            wait(opened, "return document.querySelector('.choose') && document.body.dataset.mdColorScheme")
            if state == "no,no,no,no,no":
                opened.execute_script("document.querySelector('.choose + details').open = true")
            assert opened.execute_script("return document.documentElement.scrollWidth") <= 390
            if violations := axe.violations(opened):
                found[state] = violations
    assert found == {}
