"""What a kind of block is made of. All of it is required: a kind without a part is an error when it is defined."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.kinds.steps import Steps
from harness.page.block import Block
from harness.page.outcome import Kind as OutcomeKind
from harness.problem import Problem

LINUX, MACOS, WINDOWS = "Linux", "macOS", "Windows"
EVERYWHERE = frozenset({LINUX, MACOS, WINDOWS})
POSIX = frozenset({LINUX, MACOS})  # where the page's shell is bash


@dataclass(frozen=True)
class Attribute:
    """An attribute of a fence: its ``name``, its meaning in ``words``, and the ``pattern`` that its whole value has."""

    name: str
    words: str
    pattern: str

    def check(self, block: Block) -> None:
        """Raise Problem for a value that the attribute can't have."""
        value = block.attributes[self.name]
        if not re.fullmatch(self.pattern, value):
            raise Problem(block.where, f"{self.name}={value!r}", self.words)


@dataclass
class Finding:
    """What became of a block: ``outcome`` with its reason; ``fatal`` says that nothing after it can run.

    ``shown`` is the block's text as it should be, where that differs from the page; ``stale`` tells that the block is
    red for nothing else, so that an update turns it green.
    """

    outcome: OutcomeKind
    reason: str = ""
    fatal: bool = False
    notes: list[str] = field(default_factory=list)
    shown: str | None = None
    stale: bool = False


@dataclass(frozen=True)
class Mutation:
    """A block broken on purpose, for the negative control: ``text`` in place of its own, None for no block at all.

    ``what`` says what was broken. ``alone``: it changes what later blocks find, so it needs a separate run.
    """

    what: str
    text: str | None
    alone: bool


DROPPED = Mutation("dropped", None, alone=True)


@dataclass(frozen=True)
class Kind:
    """A kind of block.

    ``languages`` are the fences' that it takes; a fence in a language of no kind is an error.
    ``systems`` are those on which it runs; elsewhere it is *not run*.
    ``attributes`` are its own, beside those that every kind has.
    ``matches`` says whether a block is of this kind, where none of the kinds above it in the table matched.
    ``check`` raises Problem for a block that can't be run as it stands.
    ``take`` runs, writes, compares or validates it; a Problem that it raises makes the block fatally red.
    ``broken`` is the block for the negative control, which must turn it, or what follows it, red.
    """

    name: str
    languages: frozenset[str]
    systems: frozenset[str]
    attributes: tuple[Attribute, ...]
    matches: Callable[[Block], bool]
    check: Callable[[Block], None]
    take: Callable[[Block, Steps], Finding]
    broken: Callable[[Block], Mutation]


def changed(text: str | None, block: Block) -> str | None:
    """``text`` where the page's block can be rewritten to it and isn't so already, else None."""
    return None if text == block.text or block.included else text


def nothing(block: Block) -> None:
    """The check of a kind that takes every block that matches it."""


def update(block: Block, what: str) -> str:
    """What to do where a block shows something else; nothing where a snippet brought its text."""
    return "" if block.included else f"make update PAGE={block.page} writes {what}"
