"""A block of data without a title: nothing runs it, and a parser for its format must read it."""

from __future__ import annotations

from harness.kinds.kind import EVERYWHERE, Finding, Kind, Mutation, nothing
from harness.kinds.steps import Steps
from harness.page.block import Block
from harness.problem import Problem
from harness.validate import validators


def matches(block: Block) -> bool:
    return block.language in DATA.languages


def take(block: Block, steps: Steps) -> Finding:
    errors = validators.parse(block.language, block.text)
    if errors:
        problem = Problem(block.where, f"not valid {block.language}: " + "; ".join(errors), f"{block.language}")
        return Finding("failed", str(problem))
    return Finding("validated")


def broken(block: Block) -> Mutation:
    return Mutation("its syntax broken", block.text + "[<{\n", alone=False)


DATA = Kind(
    name="data",
    languages=frozenset({"toml", "yaml", "json", "ini"}),
    systems=EVERYWHERE,
    attributes=(),
    matches=matches,
    check=nothing,
    take=take,
    broken=broken,
)
