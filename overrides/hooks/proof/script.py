"""A page as a script: what one of its runs typed and wrote, in the page's order, for bash, in which pages run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from shlex import quote

from .badge import days
from .book import Book, Page, day, system
from .contract import RAN, ended
from .copied import patch
from .record import Entry
from .state import State
from .union import family

WINDOWS = ("powershell", "bat")
SCRIPTS = ("bash", "sh")
OWN = 'HOME=$(mktemp -d) || exit\nexport HOME\nmkdir "$HOME/project"\ncd "$HOME/project" || exit'
# the status that a command must end with where that isn't 0
MUST = """must() {
  ended=$?
  set -e
  [ "$ended" = "$1" ] || { echo "ended with status $ended; on the page it is $1" >&2; exit 1; }
}"""


def scripts(page: Page, book: Book, site: str) -> dict[str, str]:
    """The way through the page's tabs (``uv``; empty where it has none) -> its script, of the ways that ran on Linux.

    ``site`` is the site's address, empty where that isn't known.
    """
    return {way: _script(page, book, way, steps, site) for way, steps in ways(page).items()}


def ways(page: Page) -> dict[str, list[tuple[State, Entry]]]:
    """The ways through a page on which something was typed, with their blocks and what became of them."""
    found: dict[str, list[tuple[State, Entry]]] = {}
    for way in dict.fromkeys(entry.scenario for state in page.states for entry in state.runs):
        steps = [(state, entry) for state in page.states if (entry := _entry(state, way))]
        if any(state.block.language in ("console", *SCRIPTS) and entry.outcome in RAN for state, entry in steps):
            found[way] = steps
    return found


def address(page: Page, way: str) -> str:
    """Where the site has the script: ``tasks/update.pip-tools.sh``, ``pip/install.sh``."""
    name = page.name.partition("/")[2].removesuffix(".md")
    chosen = re.sub(r"[^a-z0-9]+", "-", way.lower()).strip("-")
    return ".".join(filter(None, (name, chosen, "sh")))


def _entry(state: State, way: str) -> Entry | None:
    """What became of a block on this way, on Linux where it ran there, on the newest Python."""
    entries = [entry for entry in state.runs if entry.scenario == way]
    return max(entries, key=lambda entry: (entry.outcome in RAN, family(entry.run.system) == "Linux"), default=None)


def _script(page: Page, book: Book, way: str, steps: list[tuple[State, Entry]], site: str) -> str:
    run = steps[0][1].run
    named = f"{page.title}{f', with {way}' if way else ''}"
    source = f" {site}{page.url.removesuffix('./')}" if site else f" {page.name}"
    ran = ", ".join([*book.tools(page), f"Python {steps[0][1].python}", system(run.system), days(page, run.world)])
    body = "\n\n".join("\n".join(_step(*step)) for step in steps)
    asks = any("data-terminal" in state.block.attributes for state, _ in steps)
    parts = [
        "#!/usr/bin/env bash",
        f"# {named}",
        f"# What a run of this page typed and wrote, in order:{source}",
        f"# It ran with {ran}.",
        f"# Checked {day(page.made)}. Today's PyPI may hold other versions, and what then happens may differ.",
        "# It works in a new folder, which is its home too, so none of your files change.",
        "# It ends at the first command that ends otherwise than on the page.",
        'export PYENV_ROOT="${PYENV_ROOT:-$HOME/.pyenv}"',
        "unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME VIRTUAL_ENV",
        OWN,
        MUST,
        *([] if asks else ["exec </dev/null"]),
        "set -e",
        *_recipe(page, way, site),
    ]
    return "\n".join(parts) + f'\n\n{body}\n\necho "What it made is in $HOME"\n'


def _recipe(page: Page, way: str, site: str) -> Iterator[str]:
    """How the project begins, where a page starts from one that is finished."""
    named = page.meta.get("recipe")
    if isinstance(named, dict):
        named = next((named[label] for label in way.split(", ") if label in named), "")
    if not named:
        return
    if site:
        yield f"curl -fsSL {site}recipes/{named}.tar | tar -xf -"
        yield "# the page makes its own locks"
        yield f'(cd {named} && rm -f *.lock pylock.toml && for each in *.in; do rm -f "${{each%.in}}.txt"; done)'
        yield f"cp -R {named}/. ."
        yield f"rm -R {named}"
    else:
        yield f'cp -R "${{GUIDE:?a copy of the repository of the guide}}/recipes/{named}/." .'


def _step(state: State, entry: Entry) -> Iterator[str]:
    block, text = state.block, state.block.text.rstrip("\n")
    yield f"# block {block.number}"
    attributes = block.attributes
    if entry.outcome == "not run" or block.language in WINDOWS:
        yield f"# not run: {(entry.reason or 'it is for Windows').splitlines()[0]}"
        return
    if "data-day" in attributes:
        yield f"# from here on the page saw PyPI as of {day(attributes['data-day'])}"
    if "data-terminal" in attributes:
        yield f"# it asks, and the page answered: {attributes['data-terminal']}"
    ends = int(attributes.get("data-exit", "0"))
    if block.title:
        yield from _file(state)
    elif block.language == "console":
        *before, (command, status) = ended(block.text)
        for each in (*before, (command, ends or status)):
            yield from _typed(*each)
    elif block.language in SCRIPTS:
        yield from (
            _typed(f"( set -euo pipefail\n{text}\n)", ends)
            if ends
            else (
                "set -uo pipefail",
                text,
                "set +uo pipefail",
            )
        )
    elif block.language in ("python", "py"):
        yield from _typed(_here("python3 -", block.text), 1 if "data-raises" in attributes else 0)
    else:
        yield "# data, which nothing runs"


def _typed(command: str, status: int) -> Iterator[str]:
    yield from ("set +e", command, f"must {status}") if status else (command,)


def _file(state: State) -> Iterator[str]:
    block = state.block
    home, path = block.title.startswith("~/"), block.title.removeprefix("~/")
    folder = '"$HOME"' if home else '"$HOME/project"'
    if "data-listing" in block.attributes:
        yield f"# {block.title} is there, made by a command"
    elif block.language == "diff":
        yield _here(f"patch -p1 -d {folder}", patch(path, block.text))
    else:
        parent = path.rpartition("/")[0]
        if parent:
            yield f"mkdir -p {folder}/{quote(parent)}"
        yield _here(f"cat >{folder}/{quote(path)}", block.text)


def _here(command: str, text: str) -> str:
    """``command`` with ``text`` as its input."""
    end = "END"
    while f"\n{end}\n" in f"\n{text}\n":
        end += "_"
    return f"{command} <<'{end}'\n{text.removesuffix(chr(10))}\n{end}"
