"""The locks of a recipe in words: which are in its archives, which beside them, and which commands write them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from html import escape

from .contract import ended
from .rendered import Block

# a command, and the file that it writes where that isn't there; the first that ends well on a page is named
WRITE = (
    (re.compile(r"uv lock --script (?P<script>[\w./-]+\.py)"), r"\g<script>.lock"),
    (re.compile(r"uv (?:lock|sync|run)(?= |$)(?!.* --(?:locked|frozen|script|no-project)(?: |$))"), "uv.lock"),
    (re.compile(r"uv pip compile .*-o (?P<output>[\w-]+\.txt)$"), r"\g<output>"),
    (re.compile(r"poetry (?:lock|install)(?= |$)"), "poetry.lock"),
    (re.compile(r"pdm (?:lock|install)(?= |$)(?!.* --check)"), "pdm.lock"),
    (re.compile(r"pipenv (?:lock|install)(?= |$)"), "Pipfile.lock"),
    (re.compile(r"pip-compile (?P<name>[\w-]+)\.in$"), r"\g<name>.txt"),
)
QUIET = re.compile(r" --quiet(?= |$)")


def locking(found: Iterable[Block], project: bool) -> dict[str, tuple[str, str]]:
    """Lock file -> the first command among these blocks that writes it, and its block's anchor.

    A folder without a ``project`` of its own, such as one of single scripts, has no lock of a project.
    """
    first: dict[str, tuple[str, str]] = {}
    for block in found:
        for command in _ended_well(block):
            for pattern, file in WRITE:
                match = pattern.match(command)
                name = match.expand(file) if match else ""
                if name and (project or name != "uv.lock"):
                    first.setdefault(name, (QUIET.sub("", command), block.anchor))
    return first


def _ended_well(block: Block) -> Iterator[str]:
    if block.language == "console":
        *before, (command, status) = ended(block.text) or [("", 0)]
        last = (command, int(block.attributes.get("data-exit", "0")) or status)
        yield from (command for command, status in (*before, last) if not status)


def sentence(found: Mapping[str, tuple[str, str]], inside: Container[str], beside: Mapping[str, str]) -> str:
    """The commands that write the locks, and where the last run's are: ``inside`` the archives or at ``beside``.

    Empty where no command of the page writes one.
    """
    makes = []
    for file, (command, anchor) in found.items():
        typed, name = f'<a href="#{anchor}"><code>{escape(command)}</code></a>', f"<code>{escape(file)}</code>"
        last = f' (<a class="made" href="{escape(beside[file])}">what a run wrote</a>)' if file in beside else ""
        makes.append(f"{typed} writes {name}{last}")
    held = [f"<code>{escape(file)}</code>" for file in found if file in inside]
    holds = f"{_listed(held)} as a run of this guide wrote {'them' if held[1:] else 'it'}" if held else "no lock file"
    return f"<p>The archive holds {holds}: {_listed(makes)}.</p>" if makes else ""


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
