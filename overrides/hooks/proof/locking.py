"""Which commands of a page write the lock files that a recipe's archive doesn't have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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


def sentence(found: dict[str, tuple[str, str]]) -> str:
    """What the archive lacks, and who makes it; empty where no command of the page writes a lock."""
    makes = [
        f'<a href="#{anchor}"><code>{escape(command)}</code></a> writes <code>{escape(file)}</code>'
        for file, (command, anchor) in found.items()
    ]
    listed = " and ".join(filter(None, [", ".join(makes[:-1]), *makes[-1:]]))
    return f"<p>The archive holds no lock file: {listed}.</p>" if makes else ""
