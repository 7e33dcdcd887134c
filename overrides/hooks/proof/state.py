"""The state that readers see at a block: its worst outcome over all runs, or that nothing proves it now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .checkout import Checkout
from .contract import RAN
from .record import Entry, Page, Record
from .rendered import Block

UNVERIFIED = "not verified"
WORST_FIRST = ("failed", "blocked", UNVERIFIED, "not run", "validated", "written", "ran", "compared")
NEVER = "not verified yet"
WORDS = {"written": "written and used", "compared": "ran, output compared", "validated": "checked without a run"}
ELSEWHERE = re.compile(r"needs ((?:Linux|macOS|Windows)(?: or (?:Linux|macOS|Windows))*)")
MARKS = {"failed": "✗", "blocked": "✗", UNVERIFIED: "?", "not run": "–"}  # the others get a tick


@dataclass(frozen=True)
class State:
    """One block's state. ``runs`` are the recorded runs, empty where the block isn't verified."""

    block: Block
    outcome: str
    reason: str = ""
    runs: tuple[Entry, ...] = ()

    @property
    def mark(self) -> str:
        return MARKS.get(self.outcome, "✓")

    @property
    def elsewhere(self) -> str:
        """The system that the block is for, where that is why it wasn't run: ``Windows``."""
        system = ELSEWHERE.fullmatch(self.reason) if self.outcome == "not run" else None
        return system[1] if system else ""

    @property
    def words(self) -> str:
        """The state in a few words, without its mark."""
        if self.reason == NEVER:
            return NEVER
        what = spoken(self.outcome, self.block)
        affected = sum(run.outcome == self.outcome for run in self.runs)
        if self.outcome not in RAN and affected < len(self.runs):
            what += f" in {affected} of {len(self.runs)} runs"
        return told(what, self.reason.splitlines()[0]) if self.reason else what


def spoken(outcome: str, block: Block) -> str:
    """``outcome`` in a reader's words; a listing's comparison is with a file, not with output.

    A status that only the page's source names is said here.
    """
    if outcome == "compared" and "data-listing" in block.attributes:
        return "same as the real file"
    words, status = WORDS.get(outcome, outcome), announced(block)
    return f"{words}, with status {status} as announced" if outcome in RAN and status else words


def announced(block: Block) -> str:
    """The status that a block ends with and doesn't show; empty where that is 0 or shown."""
    status = block.attributes.get("data-exit", "")
    return "" if block.text.rstrip().endswith(f"[{status}]") else status


def told(what: str, reason: str) -> str:
    """A state and why, as one phrase; a reason that says it all needs no state."""
    return reason if reason.startswith(what) else f"{what}: {reason}"


def states(blocks: list[Block], name: str, meta: Mapping[str, Any], record: Record, now: Checkout) -> list[State]:
    """The states of the ``blocks`` of page ``name``, in their order.

    Each run is held against the page by itself: a run's later steps depend on its earlier ones, so what follows a
    changed block isn't verified by it either. A block that no run verifies has the reason of the run that came closest.
    """
    tried = [_held(blocks, page, now.changed(page.run) or now.page_changed(page, meta)) for page in record.pages[name]]
    closest = max(tried, key=lambda held: sum(isinstance(found, tuple) for found in held))
    found = []
    for block, reason, *runs in zip(blocks, closest, *tried, strict=True):
        entries = tuple(entry for run in runs if isinstance(run, tuple) for entry in run)
        if entries:
            found.append(_worst(block, entries))
        else:
            found.append(State(block, UNVERIFIED, str(reason)))
    return found


def _held(blocks: list[Block], page: Page, changed: str) -> list[tuple[Entry, ...] | str]:
    """What a run's ``page`` says of each block, or why it says nothing; ``changed`` is why it says nothing at all.

    The transcript of a run that isn't of this page from end to end is left out: it leads to blocks that aren't there.
    """
    found: list[tuple[Entry, ...] | str] = []
    for block in blocks:
        entries = page.entries.get(block.index, ())
        if changed:
            found.append(changed)
        elif not entries or any(entry.digest != block.digest(entry.language) for entry in entries):
            found.append("changed since it last ran" if entries else "new since the page last ran")
            changed = f"block {block.number}, before it, changed since it last ran"
        else:
            found.append(entries)
    if changed or max(page.entries, default=-1) >= len(blocks):
        return [one if isinstance(one, str) else tuple(replace(entry, transcript="") for entry in one) for one in found]
    return found


def _worst(block: Block, entries: tuple[Entry, ...]) -> State:
    """What a machine didn't run hides nothing of what another did: ``not run`` counts where none ran it."""
    ran = [entry for entry in entries if entry.outcome != "not run"] or entries
    worst = min((entry.outcome for entry in ran), key=WORST_FIRST.index)
    reasons = dict.fromkeys(entry.reason for entry in ran if entry.outcome == worst and entry.reason)
    return State(block, worst, "; ".join(reasons), entries)


@dataclass
class Count:
    """How many blocks are in which state."""

    of: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)  # of those not run, by the system that they are for

    @classmethod
    def over(cls, states: Iterable[State]) -> Count:
        found = list(states)
        elsewhere = Counter(state.elsewhere for state in found if state.elsewhere)
        return cls(Counter(state.outcome for state in found), elsewhere)

    @property
    def all(self) -> int:
        return self.of.total()

    @property
    def ran(self) -> int:
        return sum(self.of[outcome] for outcome in RAN)

    @property
    def failed(self) -> int:
        return self.of["failed"] + self.of["blocked"]

    @property
    def sentence(self) -> str:
        """``12 of 14 blocks ran, 1 not run, 1 failed``: the first number and whatever isn't in it."""
        blocks = "block" if self.all == 1 else "blocks"
        others = {
            "validated": "checked without a run",
            "not run": "not run",
            UNVERIFIED: "not verified",
            "failed": "failed",
            "blocked": "blocked by a failure",
        }
        numbers = self.of - Counter({"not run": self.elsewhere.total()})
        counted = [f"{numbers[outcome]} {words}" for outcome, words in others.items() if numbers[outcome]]
        counted += [f"{number} {'is' if number == 1 else 'are'} for {name}" for name, number in self.elsewhere.items()]
        return ", ".join([f"{self.ran} of {self.all} {blocks} ran", *counted])
