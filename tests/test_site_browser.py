"""The site in a real browser: what the copy buttons take, what is fetched, what a link into a tab shows, contrast.

Needs Chromium and its driver, which the project's other checks don't; without them these tests are skipped, and the
end of the run says so. ``.ci/run`` installs them where it may.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromium
import pytest
from chromium import wait
from proof.answers import TOOLS
from site_sample import Sample

pytestmark = pytest.mark.skipif(bool(chromium.MISSING), reason=f"{chromium.MISSING} for the browser tests")

# The theme's clipboard library selects the text and then asks the browser to copy the selection.
COPY = """
let taken = null
document.execCommand = () => { taken = document.activeElement.value ?? String(getSelection()); return true }
document.querySelector(`#block-${arguments[0]} .md-code__button[data-md-type=copy]`).click()
return taken
"""

# The window of a phone grows with a page that is too wide for it: innerWidth is then the page's.
FITS = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"

# What Lighthouse calls illegible.
SMALL = """
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = new Set()
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement, size = parseFloat(getComputedStyle(element).fontSize)
  if (size < 12 && texts.currentNode.data.trim() && element.checkVisibility() && !element.closest("script, style, svg"))
    small.add(`${size} ${element.tagName} ${texts.currentNode.data.trim().slice(0, 40)}`)
}
return [...small].slice(0, 20)
"""

# WCAG 2.2: every text below the article, the header and the navigation against the first opaque ground behind it.
CONTRAST = """
const rgb = css => { const n = css.match(/[\\d.]+/g).map(Number); return [...n.slice(0, 3), n[3] ?? 1] }
const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3]))
const light = c => c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
const ground = element => {
  const own = rgb(getComputedStyle(element).backgroundColor)
  if (own[3] === 1 || !element.parentElement) return own.slice(0, 3)
  return over(own, ground(element.parentElement))
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), low = []
let seen = 0
while (texts.nextNode()) {
  const text = texts.currentNode.data.trim(), element = texts.currentNode.parentElement
  if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
  if (element.closest("script, style, .headerlink, .md-search, [hidden]")) continue
  const back = ground(element), front = over(rgb(getComputedStyle(element).color), back)
  const [a, b] = [light(front), light(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05)
  seen++
  if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.className} ${text.slice(0, 40)}`)
}
return [seen, low]
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """The sample's site on loopback."""
    sample = Sample.create(tmp_path_factory.mktemp("browser"))
    ran = {
        "text": "uv pip install \\\n  httpx",
        "status": 0,
        "seconds": 0.2,
        "output": "the whole output\n",
        "left_out": 0,
    }
    uv = sample.transcript("docs/pip/install.md", "uv", {1: [ran]})
    runs = [{"outcome": "written"}, {"outcome": "failed", "reason": "one\ntwo"}]
    sample.keep(sample.record(b0=runs, b1=[{"scenario": "uv", "transcript": uv}]))
    return serve(sample.build().path)


def at_rest(browser: Any) -> None:
    """Wait until the page is loaded, with what its scripts fetch, and nothing on it moves or changes its colour."""
    wait(
        browser,
        """return document.readyState === 'complete' && document.fonts.status === 'loaded' && document$
            && document.getAnimations().every(one => one.playState !== 'running')""",
    )


def copied(browser: Any, number: int) -> str:
    """What the copy button of a block takes; its tab is opened first, as a reader would."""
    browser.execute_script(f"location.hash = 'block-{number}'")
    wait(browser, f"return document.querySelector('#block-{number} .md-code__button[data-md-type=copy]')")
    return str(browser.execute_script(COPY, number))


def test_copying_a_console_block_takes_the_commands_alone(browser: Any, address: str) -> None:
    browser.get(address + "pip/install/")
    assert copied(browser, 2) == "uv venv --quiet\nuv pip install \\\n  httpx"
    assert copied(browser, 3) == "python -m venv .venv\nsource .venv/bin/activate\npython -m pip install httpx"
    assert copied(browser, 8) == "grep -c pydantc pyproject.toml"


def test_copying_any_other_block_takes_it_as_it_is(browser: Any, address: str) -> None:
    browser.get(address + "pip/install/")
    assert copied(browser, 4) == ".venv\\Scripts\\Activate.ps1"
    assert copied(browser, 9) == '{"a": "<b>"}'
    assert copied(browser, 1).startswith("[project]\nname") and "written" not in copied(browser, 1)


def test_a_link_to_a_block_in_a_closed_tab_opens_the_tab(browser: Any, address: str) -> None:
    browser.get(address + "pip/install/#block-3")
    wait(browser, "return document.querySelector('#block-3 code').checkVisibility() && scrollY > 0")


def test_what_ran_is_one_click_away_from_a_block(browser: Any, address: str) -> None:
    from selenium.webdriver.common.by import By

    browser.get(address + "pip/install/#block-2")
    browser.find_element(By.CSS_SELECTOR, "#block-2 + .block-proof a").click()
    shown = browser.find_element(By.CSS_SELECTOR, "#block-2 .printed")
    assert shown.is_displayed() and shown.text == "the whole output"
    assert "/transcripts/" in browser.current_url
    browser.find_element(By.CSS_SELECTOR, "#block-2 h2 a").click()
    assert browser.current_url == address + "pip/install/#block-2"


@pytest.mark.parametrize("page", ["", "pip/install/", "status/", "how/"])
def test_a_page_fetches_nothing_from_another_host(browser: Any, address: str, page: str) -> None:
    browser.get("about:blank")  # ends what an earlier test's page still fetches
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(address + page)
    at_rest(browser)
    log = " ".join(entry["message"] for entry in browser.get_log("performance"))
    requested = {part.split('"')[0] for part in log.split('"url":"')[1:]}
    assert address + page in requested
    assert not [url for url in requested if not url.startswith((address, "data:", "about:", "chrome"))]
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


# One of each kind of page, the heaviest among them.
KINDS = (
    "", "uv/start/", "tasks/add-remove/", "tasks/compare/", "tasks/speed/", "choose/", "errors/", "status/",
    "recipes/", "recipes/fastapi-postgres-uv/", "start/old-tutorials/", "moves/requirements/",
)  # fmt: skip
REQUESTED = "return [location.href, ...performance.getEntriesByType('resource').map(one => one.name)]"


@pytest.mark.parametrize("page", KINDS)
def test_a_page_is_light(browser: Any, serve: Callable[[Path], str], site: Path, page: str) -> None:
    browser.get("about:blank")
    browser.get(serve(site) + page)
    at_rest(browser)
    names = [str(url).removeprefix(serve(site)) for url in browser.execute_script(REQUESTED)]
    assert not [name for name in names if ":" in name], "from another host"
    files = [site / name / "index.html" if name.endswith("/") or not name else site / name for name in names]
    sizes = {path.relative_to(site).as_posix(): len(gzip.compress(path.read_bytes(), 6)) for path in files}
    assert len(names) <= 10, sizes
    assert sum(sizes.values()) <= 110_000, sizes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["", "pip/install/", "status/", "how/"])
def test_every_text_stands_out_from_its_ground(browser: Any, address: str, page: str, scheme: str) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(address + page)
    wait(browser, f"return document.body.dataset.mdColorScheme === '{'slate' if scheme == 'dark' else 'default'}'")
    at_rest(browser)
    seen, low = browser.execute_script(CONTRAST)
    assert seen > 20
    assert low == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["pip/install/", "pip/other/"])
def test_what_scrolls_sideways_can_be_reached_and_pages_never_do(
    browser: Any, address: str, page: str, width: int
) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(address + page)
        at_rest(browser)
        assert browser.execute_script(FITS)
        wide = """const wide = [...document.querySelectorAll("pre > code, .md-typeset__scrollwrap")].filter(
            element => element.scrollWidth > element.clientWidth && element.checkVisibility())
            return [wide.length, wide.filter(element => element.tabIndex < 0).length]"""
        found, unreachable = browser.execute_script(wide)
        assert found or width > 390
        assert unreachable == 0
        named = """return [...document.querySelectorAll("[role=dialog], nav.md-code__nav")].every(
            element => element.getAttribute("aria-label"))"""
        assert browser.execute_script(named)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_copied_diff_applies(browser: Any, address: str, tmp_path: Path) -> None:
    browser.get(address + "pip/install/")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "0.1.0"\n')
    subprocess.run(["patch", "-p1"], cwd=tmp_path, input=copied(browser, 7), text=True, check=True)
    assert 'version = "0.2.0"' in (tmp_path / "pyproject.toml").read_text()


@contextmanager
def phone(browser: Any, width: int = 390) -> Iterator[None]:
    metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_on_a_phone_every_tab_is_in_sight(browser: Any, serve: Callable[[Path], str], site: Path) -> None:
    with phone(browser):
        browser.get(serve(site) + "tasks/update/")
        at_rest(browser)
        seen = browser.execute_script(
            """const labels = [...document.querySelector(".tabbed-labels").children]
            return labels.map(label => [label.textContent.trim(), label.getBoundingClientRect()])
              .map(([name, box]) => [name, box.left >= 0 && box.right <= screen.width && box.width > 20])"""
        )
        assert [name for name, _ in seen] == list(TOOLS)
        assert all(inside for _, inside in seen)


def test_a_link_carries_a_tool(browser: Any, serve: Callable[[Path], str], site: Path) -> None:
    open_tabs = """return [...document.querySelectorAll(".tabbed-set")]
      .filter(set => [...set.querySelectorAll(":scope > .tabbed-labels > label")]
        .some(label => label.textContent.trim() === "pip-tools"))
      .map(set => set.querySelector(":scope > input:checked"))
      .map(input => document.querySelector(`label[for=${input.id}]`).textContent.trim())"""
    address = serve(site)
    browser.get(address + "tasks/update/?tool=pip-tools")
    at_rest(browser)
    tabs = browser.execute_script(open_tabs)
    assert len(tabs) > 2 and set(tabs) == {"pip-tools"}
    browser.get(address + "tasks/inspect/")
    at_rest(browser)
    assert set(browser.execute_script(open_tabs)) == {"pip-tools"}, "kept on the next page"
    browser.execute_script("localStorage.clear()")


OPEN = """return [...document.querySelectorAll(".tabbed-set")].map(set =>
  [...set.querySelectorAll(":scope > .tabbed-labels > label")]
    .find(label => document.getElementById(label.htmlFor).checked).textContent.trim())"""


def test_one_choice_opens_all_tabs_of_a_tool_on_this_page_and_the_next(
    browser: Any, serve: Callable[[Path], str], site: Path
) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    address = serve(site)
    browser.get(address + "tasks/update/")
    at_rest(browser)
    browser.execute_script("localStorage.clear()")
    choice = browser.find_element(By.CSS_SELECTOR, ".chooser-tabs select[data-chooses=tool]")
    assert choice.accessible_name == "Tool"
    assert [option.text for option in Select(choice).options] == list(TOOLS)
    choice.send_keys("PD")  # by keyboard
    assert set(browser.execute_script(OPEN)) == {"PDM"}
    browser.get(address + "tasks/inspect/")
    at_rest(browser)
    assert set(browser.execute_script(OPEN)) == {"PDM"}
    chosen = "return document.querySelector('[data-chooses=tool]').value"
    assert browser.execute_script(chosen) == "PDM"
    click = """const tab = [...document.querySelectorAll(".tabbed-labels > label")].find(one => one.checkVisibility())
      tab.click()
      return tab.textContent.trim()"""
    opened = browser.execute_script(click)
    assert wait(browser, f"{chosen} === '{opened}'"), "a tab says it to the choice"
    browser.execute_script("localStorage.clear()")


def test_one_choice_opens_the_tabs_of_a_system(browser: Any, serve: Callable[[Path], str], site: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    browser.get(serve(site) + "environments/create/")
    at_rest(browser)
    choice = Select(browser.find_element(By.CSS_SELECTOR, ".chooser-tabs select[data-chooses=system]"))
    choice.select_by_visible_text("Windows")
    assert any("Windows" in label for label in browser.execute_script(OPEN))
    browser.refresh()
    at_rest(browser)
    assert any("Windows" in label for label in browser.execute_script(OPEN))
    browser.execute_script("localStorage.clear()")


def test_a_long_title_doesn_t_scroll_a_phone(browser: Any, serve: Callable[[Path], str], site: Path) -> None:
    browser.get(serve(site) + "tasks/add-remove/")
    scrolled = []
    for width in (320, 344, 375, 384, 390, 393, 412, 430):
        with phone(browser, width):
            at_rest(browser)
            assert browser.execute_script("return document.documentElement.clientWidth") == width
            scrolled += [] if browser.execute_script(FITS) else [width]
    assert scrolled == []


def test_the_comparison_keeps_its_tasks_and_tools_in_sight(
    browser: Any, serve: Callable[[Path], str], site: Path
) -> None:
    with phone(browser):
        browser.get(serve(site) + "tasks/compare/")
        at_rest(browser)
        wait(browser, "return document.querySelector('.record .md-typeset__scrollwrap')")
        inside = browser.execute_script(
            """const wrap = document.querySelector(".record .md-typeset__scrollwrap")
            wrap.scrollIntoView({ behavior: "instant" }); wrap.scrollTo(200, 400)
            const box = wrap.getBoundingClientRect(), row = wrap.querySelector("tbody tr:last-child")
            const first = row.cells[0].getBoundingClientRect(), head = wrap.querySelector("th").getBoundingClientRect()
            return [wrap.scrollLeft > 0, Math.abs(first.left - box.left) < 3, Math.abs(head.top - box.top) < 3]"""
        )
        assert inside == [True, True, True]


@pytest.mark.parametrize("below", ["", "guide/"])
def test_a_missing_page_is_styled_and_leads_home_wherever_the_site_is(
    browser: Any, serve: Callable[[Path], str], site: Path, tmp_path: Path, below: str
) -> None:
    root = tmp_path / "served"
    shutil.copytree(site, root / below, dirs_exist_ok=True)
    shutil.copy(site / "404.html", root / "404.html")
    address = serve(root)
    browser.get(f"{address}{below}pip/nowhere/at/all/")
    wait(browser, "return getComputedStyle(document.querySelector('.md-header')).position === 'sticky'")
    home = "return document.querySelector('article a').href"
    assert browser.execute_script(home).rstrip(".") == f"{address}{below}"
    browser.get(f"{address}{below}docs/externally_managed.html")
    nearest = wait(browser, "return document.querySelector('#nearest a')?.href")
    assert nearest == f"{address}{below}environments/externally-managed/"


# Parts without a text, whose ground would be gone: browsers leave grounds out on paper, and where colours are forced.
LOST = """const style = one => getComputedStyle(one)
return [...document.querySelectorAll("article :not(svg *):empty")]
  .filter(one => one.offsetHeight > 2 && style(one).backgroundColor !== "rgba(0, 0, 0, 0)")
  .filter(one => style(one).forcedColorAdjust !== "none" || style(one).printColorAdjust !== "exact")
  .map(one => one.outerHTML)"""


@pytest.mark.parametrize("page", ["tasks/compare/", "tasks/speed/", "status/", "recipes/library/"])
def test_what_is_a_colour_alone_is_there_on_paper_and_in_forced_colours(
    browser: Any, serve: Callable[[Path], str], site: Path, page: str
) -> None:
    browser.get(serve(site) + page)
    at_rest(browser)
    assert browser.execute_script(LOST) == []


NEAREST = "return [...document.querySelectorAll('#nearest a')].map(one => new URL(one).pathname)"


@pytest.mark.parametrize(
    ("missing", "first"),
    [("poetry/strat/", "poetry/"), ("uv/cheatsheet/", "uv/"), ("docs/%E0%A4%A/lock%fe.html", "")],
    ids=["misspelt", "joined", "letters of no alphabet"],
)
def test_a_missing_page_leads_to_those_in_its_folder_first(
    browser: Any, serve: Callable[[Path], str], site: Path, missing: str, first: str
) -> None:
    browser.get_log("browser")  # what earlier tests left
    browser.get(f"{serve(site)}{missing}")
    assert wait(browser, NEAREST)[0].startswith(f"/{first}")
    assert not [entry for entry in browser.get_log("browser") if "Uncaught" in entry["message"]]


def test_a_tick_and_a_file_s_role_cost_no_room(browser: Any, address: str) -> None:
    browser.get(address + "pip/install/")
    at_rest(browser)
    script = """const block = document.getElementById("block-10"), mark = block.nextElementSibling
      const tick = mark.firstElementChild.getBoundingClientRect(), box = block.getBoundingClientRect()
      const bar = document.querySelector("#settings > .filename").getBoundingClientRect()
      const code = document.querySelector("#settings > pre").getBoundingClientRect()
      const inside = tick.top > box.top && tick.bottom < box.bottom && tick.right < box.right
      return [inside, Math.abs(code.top - bar.bottom)]"""
    inside, gap = browser.execute_script(script)
    assert inside
    assert gap < 2


def test_the_site_can_be_read_as_a_folder_of_files(browser: Any, site: Path) -> None:
    from selenium.webdriver.common.by import By

    browser.get((site / "index.html").as_uri())
    at_rest(browser)
    links = [("article a[href^='choose/']", "choose"), (".md-path a", ""), (".md-tabs a[href^='tasks/']", "tasks")]
    for selector, folder in links:
        browser.find_element(By.CSS_SELECTOR, selector).click()
        wait(browser, "return location.href === arguments[0]", (site / folder / "index.html").as_uri())
        assert (
            browser.execute_script("return getComputedStyle(document.querySelector('.md-header')).position") == "sticky"
        )


def test_a_mark_is_reached_and_followed_by_keyboard(browser: Any, address: str) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.get(address + "pip/install/#block-2")
    at_rest(browser)
    browser.execute_script("document.querySelector('#block-2 code').focus()")
    mark = "return document.activeElement.matches('#block-2 + .block-proof a')"
    for _ in range(6):
        if browser.execute_script(mark):
            break
        browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.execute_script(mark)
    assert browser.execute_script("return document.activeElement.textContent.trim()").endswith("see what ran")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(browser, "return location.pathname.includes('/transcripts/') && location.hash === '#block-2'")


@pytest.mark.parametrize("page", ["", "tasks/update/", "status/", "proof/programs/"])
def test_at_twice_the_size_no_page_scrolls_sideways(
    browser: Any, serve: Callable[[Path], str], site: Path, page: str
) -> None:
    metrics = {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(serve(site) + page)
        at_rest(browser)
        assert browser.execute_script(FITS)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_whoever_wants_no_motion_gets_none(browser: Any, address: str) -> None:
    media = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        browser.get(address + "pip/install/")
        at_rest(browser)
        moving = """return [...document.querySelectorAll("*")].filter(one =>
            getComputedStyle(one).transitionDuration.split(", ").some(time => parseFloat(time) > 0.01)
            && one.checkVisibility()).length"""
        assert browser.execute_script(moving) == 0
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize(
    "page", ["", "tasks/update/", "tasks/compare/", "errors/", "recipes/", "recipes/library/", "status/"]
)
def test_no_text_is_smaller_than_12_pixels(browser: Any, serve: Callable[[Path], str], site: Path, page: str) -> None:
    browser.get(serve(site) + page)
    at_rest(browser)
    assert browser.execute_script(SMALL) == []


def test_the_status_page_lays_out_its_long_table_late_and_finds_each_row(
    browser: Any, serve: Callable[[Path], str], site: Path
) -> None:
    browser.get(serve(site) + "status/")
    at_rest(browser)
    late = "return getComputedStyle(document.querySelector('.every-page')).contentVisibility"
    assert browser.execute_script(late) == "auto"
    rows = browser.execute_script("return [...document.querySelectorAll('.every-page td [id]')].map(row => row.id)")
    assert len(rows) > 200
    for row in (rows[0], rows[-1]):
        browser.get(f"{serve(site)}status/?{row}#{row}")
        at_rest(browser)
        box = "const box = document.getElementById(arguments[0]).getBoundingClientRect()"
        wait(browser, f"{box}; return 0 < box.top && box.bottom < innerHeight", row)


def test_without_scripts_a_missing_page_promises_no_search(
    browser: Any, serve: Callable[[Path], str], site: Path
) -> None:
    said = {}
    for scripts in (False, True):
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        try:
            browser.get(serve(site) + "nowhere/")
            shown = {"expression": "document.querySelector('article p').innerText"}
            said[scripts] = browser.execute_cdp_cmd("Runtime.evaluate", shown)["result"]["value"]
        finally:
            browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "search" in said[True] and "search" not in said[False]
    assert said[False].endswith("Start from the home page.")


def test_on_paper_are_all_tabs_and_nothing_to_press(browser: Any, serve: Callable[[Path], str], site: Path) -> None:
    browser.get(serve(site) + "tasks/update/")
    at_rest(browser)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        browser.execute_script("dispatchEvent(new Event('beforeprint'))")  # as the browser's own command does
        wait(browser, "return [...document.querySelectorAll('details')].every(one => one.open)")
        shown = """const all = [...document.querySelectorAll(arguments[0])]
            return [all.filter(one => one.checkVisibility()).length, all.length]"""
        for found in (".tabbed-block > .highlight", ".tabbed-labels > label"):
            seen, there = browser.execute_script(shown, found)
            assert seen == there > 7, found
        for found in (".md-header", ".md-sidebar", ".md-code__nav", ".md-clipboard", ".chooser-tabs", ".page-files"):
            seen, there = browser.execute_script(shown, found)
            assert not seen and there, found
        whole = "return [...document.querySelectorAll('details')].map(one => getComputedStyle(one).breakInside)"
        assert set(browser.execute_script(whole)) == {"auto"}
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_scripts_a_page_says_the_same(browser: Any, address: str) -> None:
    words = "return document.querySelector('article').innerText.replace(/\\s+/g, ' ')"
    browser.get(address + "pip/install/")
    at_rest(browser)
    scripted = browser.execute_script(words)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address + "pip/install/")
        shown = browser.execute_cdp_cmd("Runtime.evaluate", {"expression": words.removeprefix("return ")})
        bare = shown["result"]["value"]
        assert set(scripted.split()) <= set(bare.split())
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
