"""Failures that a command or script hides from its status, so that a block would be green though a step of it fails.

What is written to hide a failure (``|| true``) is found in the text; what hides one by bash's own rules (an earlier
member of a pipe, a command before the last one, a background process that nobody waits for) is reported by the shell.
The attribute ``data-masks`` gives the reason where a page wants that, and must be needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.kinds.wording import first
from harness.page.block import Block
from harness.problem import Problem

REASON = "data-masks"
WRITTEN = {
    # what is written: how
    "|| true": re.compile(r"\|\|\s*(?:true|:)(?=\s|$|[;)}|&])"),
    "2>/dev/null ||": re.compile(r"(?:2|&)>>?\s*/dev/null\s*\|\|"),
    "if !": re.compile(r"(?:^|[;&|(]|\bthen|\bdo)\s*(?:el)?if\s+!\s", re.M),
    "exec 2>/dev/null": re.compile(r"(?:^|[;&|])\s*exec\s[^;&|\n]*(?:2|&)>\s*/dev/null", re.M),
    "export NAME=$(…)": re.compile(r"(?:^|[;&|])\s*(?:export|readonly|declare|local)\s+\w+=[\"']?\$\(", re.M),
}
HEREDOC = re.compile(r"<<-?\s*([\"']?)(\w+)\1[^\n]*\n.*?\n\s*\2(?=\n|$)", re.S)
QUOTED = re.compile(r"'[^']*'")
BACKGROUND = re.compile(r"(?<![&<>|\\])&(?![&>])")
BROKEN_PIPE = {141, 120}  # the reader closed it: SIGPIPE, and how Python ends when its last flush finds that
ENDS = re.compile(r"\b(?:kill|fg)\b|\bwait\s+\S")


def written(text: str) -> list[str]:
    """What in ``text``, commands of bash, is written to hide a failure; here-documents and quotes are no commands."""
    return [f"'{name}' would hide a failure" for name, pattern in WRITTEN.items() if pattern.search(bare(text))]


def bare(text: str) -> str:
    return QUOTED.sub("''", HEREDOC.sub("", text))


@dataclass
class Masks:
    """What a page's commands hide; ``background`` has the block whose background command nobody ended or waited for."""

    background: Block | None = None
    process: str = field(default="", repr=False)

    def of(self, block: Block, text: str, status: int, message: str) -> list[str]:
        """What ``text``, a command or script of ``block``, hid; ``message`` is what the shell says of it (LOOP)."""
        found = written(text)
        if message.count("\2") == 2:
            failed, pipe, process = message.split("\2")
            if ENDS.search(text):
                self.background = None
            elif process != self.process and BACKGROUND.search(bare(text)):  # <(…) has a process, too
                self.background = block
            self.process = process
            if status == 0:
                entries = [entry.partition(" ") for entry in failed.split("\1")[:-1]]
                found += [
                    f"'{command.splitlines()[0]}' ended with status {code}"
                    for code, _, command in entries
                    if "__guide_" not in command and command != 'return "$1"'
                ]
            for place, code in enumerate(pipe.split()[:-1], 1):
                if int(code) and int(code) not in BROKEN_PIPE:
                    found.append(f"member {place} of the pipe ended with status {code}")
        return [f"in '{first(text)}', {what}" for what in dict.fromkeys(found)]


def problem(block: Block, hidden: list[str]) -> Problem | None:
    """What is wrong with ``block``, which hid ``hidden``; None where it states a reason, or hides nothing."""
    stated = REASON in block.attributes
    if hidden and not stated:
        todo = f'show the failure ([1] or data-exit), or say why it is hidden: {REASON}="…"'
        return Problem(block.where, "; ".join(hidden), "no failure that the status hides", todo)
    if stated and not hidden:
        return Problem(
            block.where, f"{REASON}, and nothing in the block hides a failure", "it only where one is hidden"
        )
    return None


def unwatched(block: Block) -> Problem:
    """What is wrong where the page ends without ``Masks.background`` having been ended or waited for."""
    return Problem(
        block.where,
        "nobody sees how its command in the background ends",
        "a later step that waits for it or ends it",
        "wait $!, or kill %1",
    )
