"""A listing: a block that shows a file, whole or in part, that an earlier step made."""

from __future__ import annotations

from harness.compare import listing
from harness.compare.align import elides
from harness.kinds.file import FILE
from harness.kinds.kind import EVERYWHERE, Attribute, Finding, Kind, Mutation, changed, update
from harness.kinds.steps import Steps
from harness.page.block import Block
from harness.problem import Problem

SHOWS = Attribute(
    "data-listing", "'compare' (the whole file) or 'part' (consecutive lines of it), with a title", "compare|part"
)


def matches(block: Block) -> bool:
    return SHOWS.name in block.attributes


def check(block: Block) -> None:
    if not block.title:
        raise Problem(block.where, "data-listing without a title", 'title="path" naming the file that is listed')
    if all(elides(line) or not line.strip() for line in block.text.splitlines()):
        raise Problem(block.where, "a listing that shows no line", "the lines of the file that matter")


def take(block: Block, steps: Steps) -> Finding:
    actual = steps.sandbox.read(block.title)
    if actual is None:
        problem = Problem(block.where, f"there is no file {block.title}", "one that an earlier step made")
        return Finding("failed", str(problem))
    actual = actual.expandtabs(4)  # as Markdown does with the page
    part = block.attributes[SHOWS.name] == "part"
    difference, notes = listing.compare(block.text, actual, part)
    notes = [f"{block.where}: {note}" for note in notes]
    if difference is None:
        return Finding("compared", notes=notes)
    problem = Problem(
        block.where,
        f"{block.title} holds something else",
        "what the page shows",
        update(block, "what it holds"),
        evidence=difference,
    )
    shown = listing.updated(block.text, actual, part)
    stale = changed(shown, block) is not None
    return Finding("failed", str(problem), notes=notes, shown=shown, stale=stale)


def broken(block: Block) -> Mutation:
    lines = block.text.rstrip("\n").split("\n")
    number = max(n for n, line in enumerate(lines) if line.strip() and not elides(line))
    text = "\n".join([*lines[:number], lines[number] + "x", *lines[number + 1 :]])
    return Mutation(f"line {number + 1} changed", text, alone=False)


LISTING = Kind(
    name="listing",
    languages=FILE.languages,
    systems=EVERYWHERE,
    attributes=(SHOWS,),
    matches=matches,
    check=check,
    take=take,
    broken=broken,
)
