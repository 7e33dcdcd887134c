"""How a tool does a task, and how pages say so: names and notation, once for harness and site. Standard library only.

A block with ``data-task="lock"`` in the tab ``uv`` is uv's answer to the task; its name on the page is ``lock-uv``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .contract import commands

TOOLS = ("uv", "Poetry", "PDM", "Hatch", "Pipenv", "pip-tools", "pip")  # in the one order that every table has
# tool -> the programs that answer for it
PROGRAMS = {
    "uv": ("uv", "uvx"),
    "Poetry": ("poetry",),
    "PDM": ("pdm",),
    "Hatch": ("hatch",),
    "Pipenv": ("pipenv",),
    "pip-tools": ("pip-compile", "pip-sync"),
    "pip": ("pip",),
}


@dataclass(frozen=True)
class Answer:
    """What tables say: ``words``, the ``mark`` beside them, and the ``kind`` of colour: good, open or bad."""

    words: str
    mark: str
    kind: str


# data-answer -> what tables say; a block without one shows that the tool does the task itself
ANSWERS = {
    "": Answer("yes", "✓", "good"),
    "experimental": Answer("experimental", "~", "open"),
    "plugin": Answer("with a plugin", "+", "open"),
    "by hand": Answer("by hand", "✎", "open"),
    "no": Answer("no", "✗", "bad"),
}
CATCH = Answer("yes, with a catch", "!", "open")  # no data-answer, and a data-catch with the catch in a few words
DOUBTED = ("by hand", "no")  # the tool's own words must bear these out

# What of another page's block a link shows: all of it, or its commands alone
SHOW = ("block", "commands")
NUMBERED = re.compile(r"block-\d+")  # the site's own name for a block; it changes when a block is added before it


def answer(attributes: Mapping[str, str]) -> Answer:
    """The answer of a block with ``data-task``; KeyError for a ``data-answer`` that is none."""
    found = ANSWERS[attributes.get("data-answer", "")]
    return CATCH if found is ANSWERS[""] and "data-catch" in attributes else found


def name(attributes: Mapping[str, str], tabs: Sequence[str]) -> str:
    """What a link calls the block of a task, ``add-pip-tools``; empty for a block that is none."""
    task, tool = attributes.get("data-task", ""), tabs[0] if tabs else ""
    return "-".join(filter(None, (task, re.sub(r"\W+", "-", tool.lower())))) if task else ""


def one_liner(attributes: Mapping[str, str], text: str) -> list[str]:
    """Of a console block's ``text`` the commands that do the task: the first, or those that ``data-command`` names.

    It has the beginnings of commands, in their order, with `; ` between them. LookupError names one that begins none.
    """
    there = commands(text)
    if "data-command" not in attributes:
        return there[:1]
    found: list[str] = []
    for beginning in attributes["data-command"].split("; "):
        at = next((n for n, command in enumerate(there) if command.startswith(beginning)), None)
        if at is None:
            raise LookupError(beginning)
        found.append(there[at])
        there = there[at + 1 :]
    return found
