"""What the copy button of each block of the guide takes, in a real browser: a page is loaded once for all its blocks.

Needs Chromium and its driver, which the project's other checks don't; without them these tests are skipped, and the
end of the run says so. What the commands and patches that are copied do is in ``test_site_pasting.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import chromium
import pytest
from checkout import ROOT
from chromium import wait
from harness.kinds.shown import names
from harness.page.block import Block
from harness.page.page import Page
from harness.page.prompts import parse
from proof.copied import patch

pytestmark = pytest.mark.skipif(bool(chromium.MISSING), reason=f"{chromium.MISSING} for the browser tests")

DOCS = ROOT / "docs"
READY = """return document.readyState === 'complete'
  && document.querySelector('article .md-clipboard, article .md-code__nav')"""

# Every note and tab with a block is opened, as its reader would; the theme's clipboard library then selects the text
# and asks the browser to copy the selection.
TAKE = """
let taken = null
document.execCommand = () => { taken = document.activeElement.value ?? String(getSelection()); return true }
function take(button) {
  taken = null
  if (button?.checkVisibility({ visibilityProperty: true })) button.click() // as its reader, who has to see it
  return taken
}
for (const note of document.querySelectorAll("article details")) note.open = true
const blocks = [...document.querySelectorAll("article pre > code")].map(code => {
  for (let tab = code.closest(".tabbed-block"); tab; tab = tab.parentElement.closest(".tabbed-block")) {
    const set = tab.closest(".tabbed-set"), place = [...tab.parentElement.children].indexOf(tab)
    set.querySelectorAll(":scope > input")[place].checked = true
  }
  const again = code.closest(".again"), source = again?.querySelector(".again-from a").href
  return [source ?? "", take(code.parentElement.querySelector(".md-code__button[data-md-type=copy]"))]
})
const lines = [...document.querySelectorAll("article [data-clipboard-text]")].map(button => {
  for (let note = button.closest("details"); note; note = note.parentElement.closest("details")) note.open = true
  return [button.previousElementSibling.textContent, take(button)]
})
return [blocks, lines]
"""


@dataclass(frozen=True)
class Taken:
    """What the buttons of a page took: of its own blocks, of other pages' blocks by these blocks' addresses, and of
    the commands in its tables, with the command that readers see."""

    own: list[str | None]
    others: list[tuple[str, str | None]]
    commands: list[tuple[str, str | None]]


def url(name: str) -> str:
    return (name.removesuffix(".md") + "/").removesuffix("index/").lstrip("/")


@pytest.fixture(scope="module")
def taken(browser: Any, serve: Callable[[Path], str], site: Path) -> Iterator[dict[str, Taken]]:
    """Page -> what its buttons took, of all pages that have one."""
    address, found = serve(site), {}
    for name in sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")):
        html = (site / url(name) / "index.html").read_text(encoding="utf-8")
        if "<pre" in html or "data-clipboard-text" in html:
            browser.get(address + url(name))
            wait(browser, READY)
            blocks, lines = browser.execute_script(TAKE)
            own = [text for source, text in blocks if not source]
            others = [(source.removeprefix(address), text) for source, text in blocks if source]
            found[name] = Taken(own, others, [tuple(line) for line in lines])
    yield found
    browser.get("about:blank")


def copied(block: Block) -> str:
    """What a reader wants of a block: commands, a patch, or the text as it is shown; without its last newline."""
    if block.language == "console":
        text = "\n".join(command.text for command in parse(block))
    elif block.language == "diff" and block.title:
        text = patch(block.title.removeprefix("~/"), block.text)
    else:
        text = block.text
    return text.rstrip()


def test_the_button_of_each_block_takes_what_its_reader_wants(
    taken: dict[str, Taken], read: Callable[[str], Page]
) -> None:
    wrong, counted = [], 0
    for name, of in taken.items():
        blocks = read(name).blocks
        assert len(blocks) == len(of.own), name
        wrong += [(block.where, text) for block, text in zip(blocks, of.own, strict=True) if text != copied(block)]
        counted += len(blocks)
    assert wrong == []
    assert counted > 4000


def test_a_block_that_is_shown_again_is_copied_as_at_home(taken: dict[str, Taken], read: Callable[[str], Page]) -> None:
    homes = {url(name): name for name in taken}
    wrong, counted = [], 0
    for name, of in taken.items():
        for source, text in of.others:
            place, _, block = source.partition("#")
            home = names(read(homes[place]))[unquote(block)]
            wrong += [(name, source, text)] if text != copied(home) else []
            counted += 1
    assert wrong == []
    assert counted > 20


def test_the_button_beside_a_command_in_a_table_takes_that_command(taken: dict[str, Taken]) -> None:
    lines = [(name, *line) for name, of in taken.items() for line in of.commands]
    assert [line for line in lines if line[1] != line[2]] == []
    assert len(lines) > 500


def test_what_is_copied_is_in_the_clipboard(browser: Any, serve: Callable[[Path], str], site: Path) -> None:
    """The only test in which the browser itself copies and pastes, on a click of the mouse and a press of keys."""
    from selenium.webdriver.common.keys import Keys

    address = serve(site)
    browser.get(address + "pip/freeze/")
    wait(browser, READY)
    seen = """return [...document.querySelectorAll("article .highlight")]
      .find(block => block.querySelector("pre").dataset.copy?.includes("\\n") && block.checkVisibility())"""
    block = browser.execute_script(seen)
    wanted = block.find_element("css selector", "pre").get_attribute("data-copy")
    browser.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", block)
    block.find_element("css selector", ".md-code__button[data-md-type=copy]").click()
    wait(browser, "return document.querySelector('.md-dialog--active')")
    browser.execute_script("document.querySelector('article').append(document.createElement('textarea'))")
    field = browser.find_element("css selector", "article > textarea")
    field.send_keys(Keys.CONTROL, "v")
    assert field.get_attribute("value") == wanted
