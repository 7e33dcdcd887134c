"""The ways through a page's content tabs: each is a scenario, a run from the page's first block to its last.

A reader picks one tab of each set, and tabs with the same label everywhere at once (Material's ``content.tabs.link``).
Sets that share a label are one choice; sets that share none are choices of their own, and their combinations are the
ways. A set inside a tab is a choice only for readers who picked that tab. A tab without a block is a way, too: its
reader goes on below it. Only a set without any block decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.machine import systems
from harness.page.block import Block
from harness.problem import Problem

MOST = 24  # ways through one page


@dataclass(frozen=True)
class TabSet:
    """A set of content tabs: its ``labels``, the labels of the tabs ``within`` which it stands, outermost first.

    ``before`` is the number of blocks above it on the page, ``blocks`` the number of those in it.
    """

    labels: tuple[str, ...]
    within: tuple[str, ...]
    before: int
    blocks: int

    @property
    def branches(self) -> frozenset[str]:
        """The labels between which its reader decides.

        In a set of operating systems that is the machine's part, unless several of its tabs fit this machine.
        """
        named = {label: systems.named(label) for label in self.labels}
        if not all(named.values()):
            return frozenset(self.labels)
        fitting = frozenset(label for label in self.labels if systems.here(named[label]))
        return fitting if len(fitting) > 1 else frozenset()


@dataclass(frozen=True)
class Scenario:
    """One way through a page's tabs: ``chosen`` labels, the blocks outside tabs and those under these labels.

    ``passed`` are sets on the way in which there is no tab for it.
    """

    chosen: tuple[str, ...]
    blocks: tuple[Block, ...]
    passed: tuple[tuple[TabSet, Block | None], ...] = ()

    @property
    def label(self) -> str:
        return ", ".join(self.chosen)

    @property
    def unfit(self) -> str:
        """The systems of a chosen label that this machine is none of; empty where it can go this way."""
        for label in self.chosen:
            if (named := systems.named(label)) and not systems.here(named):
                return " or ".join(sorted(named))
        return ""

    def missed(self, block: Block) -> str:
        """Why ``block`` may lack what its reader would have: the tabs above it in which this way has no part."""
        above = [tabs for tabs, first in self.passed if first is not None and first.line < block.line]
        if not above:
            return ""
        sets = "; ".join(dict.fromkeys(", ".join(one.labels) for one in above))
        return f"the run for {self.label!r} has no tab in these sets of tabs above, and went through none: {sets}"


def scenarios(page: str, blocks: Sequence[Block], sets: Sequence[TabSet]) -> list[Scenario]:
    """The ways through a page, in the order of their labels.

    Raises Problem for a block that no way leads to, and for more ways than MOST.
    """
    deciding = [one for one in sets if one.blocks]
    branching = frozenset[str]().union(*(one.branches for one in deciding))
    choices = _choices([one for one in deciding if one.branches])
    found: list[Scenario] = []
    for chosen in _ways((), choices, branching):
        if len(found) == MOST:
            labels = " × ".join(str(len({label for one in sets for label in one.labels})) for sets in choices)
            raise Problem(
                f"{page}:1",
                f"more than {MOST} ways through its tabs ({labels} labels)",
                "fewer: each combination is a separate run",
                "give sets that are the same choice the same labels, or make two pages of it",
            )
        way = tuple(block for block in blocks if branching.intersection(block.tabs) <= set(chosen))
        passed = tuple(
            (one, blocks[one.before] if one.before < len(blocks) else None)
            for one in deciding
            if one.branches and branching.intersection(one.within) <= set(chosen) and not one.branches & set(chosen)
        )
        if way:
            found.append(Scenario(chosen, way, passed))
    reached = {block.line for scenario in found for block in scenario.blocks}
    for block in blocks:
        if block.line not in reached:
            path = " / ".join(block.tabs)
            raise Problem(
                block.where,
                f"no reader gets to this block: its tabs {path} are one choice, for their labels share a set of tabs",
                "labels of different choices where a tab is inside another",
            )
    return found


def _choices(sets: Sequence[TabSet]) -> list[list[TabSet]]:
    """``sets`` put together where they share a label, directly or over others; each group is one choice."""
    groups: list[list[TabSet]] = []
    for one in sets:
        linked = [group for group in groups if any(one.branches & other.branches for other in group)]
        rest = [group for group in groups if group not in linked]
        groups = [*rest, [other for group in linked for other in group] + [one]]
    return sorted(groups, key=lambda group: min(sets.index(one) for one in group))


def _ways(
    chosen: tuple[str, ...], choices: Sequence[Sequence[TabSet]], branching: frozenset[str]
) -> Iterator[tuple[str, ...]]:
    """Each combination of labels, those of a set inside a tab only together with that tab's."""
    for group in choices:
        met = [one for one in group if branching.intersection(one.within) <= set(chosen)]
        labels = dict.fromkeys(label for one in met for label in one.labels if label in one.branches)
        if labels and not set(labels) & set(chosen):
            for label in labels:
                yield from _ways((*chosen, label), choices, branching)
            return
    yield chosen
