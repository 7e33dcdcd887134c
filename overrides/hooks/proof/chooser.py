"""One choice of the tool, and one of the system, above a page whose tabs differ by them; its script acts on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from html import unescape

from .answers import TOOLS

SYSTEMS = ("Linux", "macOS", "Windows")
LABEL = re.compile(r'<label for="__tabbed_(\d+)_\d+">(.*?)</label>')
TOP = re.compile(r'<h1.*?</h1>(?:\s*<details class="page-proof.*?</details>)?', re.DOTALL)
HTML = '<p class="chooser-tabs" data-search-exclude>{choices}</p>'


def choosers(html: str) -> str:
    """The page with its choices below the title, where there is more than one thing to choose for."""
    sets: dict[str, list[str]] = defaultdict(list)
    for number, label in LABEL.findall(html):
        sets[number].append(unescape(label))
    tool = _choice("tool", "Tool", TOOLS, list(sets.values()), lambda label, name: label == name, least=2)
    system = _choice("system", "System", SYSTEMS, list(sets.values()), lambda label, name: name in label, least=1)
    if not tool + system:
        return html
    return TOP.sub(lambda top: f"{top[0]}\n{HTML.format(choices=tool + system)}", html, count=1)


def _choice(
    kind: str, title: str, names: tuple[str, ...], sets: list[list[str]], fits: Callable[[str, str], bool], least: int
) -> str:
    """A list of those ``names`` that the tabs have, empty where fewer than ``least`` sets have any."""
    having = [labels for labels in sets if sum(any(fits(label, name) for label in labels) for name in names) > 1]
    found = [name for name in names if any(fits(label, name) for labels in having for label in labels)]
    if len(having) < least:
        return ""
    options = "".join(f"<option>{name}</option>" for name in found)
    return f'<label>{title} <select data-chooses="{kind}" autocomplete="off">{options}</select></label>'
