"""A titled diff: a change of a file that an earlier step wrote."""

from __future__ import annotations

from harness.compare.patch import apply_diff
from harness.kinds.file import check, put
from harness.kinds.kind import DROPPED, EVERYWHERE, Finding, Kind, Mutation
from harness.kinds.steps import Steps
from harness.page.block import Block
from harness.problem import Problem


def matches(block: Block) -> bool:
    return bool(block.title) and block.language in DIFF.languages


def take(block: Block, steps: Steps) -> Finding:
    before = steps.sandbox.read(block.title)
    if before is None:
        found = f"there is no {block.title} to apply the diff to"
        raise Problem(block.where, found, "a file that an earlier step wrote")
    return put(block, apply_diff(before, block.text, block.where), steps)


def broken(block: Block) -> Mutation:
    return DROPPED


DIFF = Kind(
    name="diff",
    languages=frozenset({"diff"}),
    systems=EVERYWHERE,
    attributes=(),
    matches=matches,
    check=check,
    take=take,
    broken=broken,
)
