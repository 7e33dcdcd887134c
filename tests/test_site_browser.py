"""The site in a real browser: what the copy buttons take, what is fetched, what a link into a tab shows, contrast.

Needs Chromium and its driver, which the project's other checks don't; without them these tests are skipped, and the
end of the run says so. ``.ci/run`` installs them where it may.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from patience import PATIENCE
from site_sample import Sample

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver", path=f"{os.environ['PATH']}:{os.environ.get('CHROMEWEBDRIVER', '')}")
MISSING = "Chromium" if not CHROMIUM else "chromedriver"
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=f"no {MISSING} for the browser tests")

OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1280,900",
)  # fmt: skip

# The theme's clipboard library selects the text and then asks the browser to copy the selection.
COPY = """
let taken = null
document.execCommand = () => { taken = document.activeElement.value ?? String(getSelection()); return true }
document.querySelector(`#block-${arguments[0]} .md-code__button[data-md-type=copy]`).click()
return taken
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


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
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
    site = sample.build()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    # slow to import, and not needed where there is no browser
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = str(CHROMIUM)
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.set_page_load_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


def wait(browser: Any, script: str, *arguments: object) -> Any:
    """What ``script`` returns as soon as that is true."""
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, PATIENCE).until(lambda driver: driver.execute_script(script, *arguments))


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
    assert copied(browser, 7) == '-version = "0.1.0"\n+version = "0.2.0"'
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
    browser.get_log("performance")
    browser.get(address + page)
    at_rest(browser)
    log = " ".join(entry["message"] for entry in browser.get_log("performance"))
    requested = {part.split('"')[0] for part in log.split('"url":"')[1:]}
    assert address + page in requested
    assert not [url for url in requested if not url.startswith((address, "data:", "about:", "chrome"))]
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


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
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
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
