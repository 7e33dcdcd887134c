"""Sentences below a console block that name what only the lines it leaves out would show.

Nothing holds such a sentence to the output: those lines may change, and the block stays green. What a sentence that
leads on to the next block (it ends in a colon) names, that block shows; and files and settings that any block of the
page shows go by their names everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness.compare.align import elides
from harness.compare.terminal import screen
from harness.kinds.console import CONSOLE
from harness.page.outcome import Outcome
from harness.page.prompts import PART
from harness.problem import Problem

LITERAL = re.compile(r"`([^`\n]+)`")
SETTING = re.compile(r"^[+ ]*([\w.-]+) *=", re.MULTILINE)
FILE = re.compile(r"(?<![\w.-])\.?[A-Za-z][\w-]*\.[A-Za-z]{2,}(?![\w.-])")


def unshown(outcomes: Iterable[Outcome]) -> Iterator[tuple[Outcome, Problem]]:
    """The green console blocks of a scenario whose next paragraph names in backticks what they leave out."""
    outcomes = list(outcomes)
    own = {outcome.block.title for outcome in outcomes}
    own |= {name for outcome in outcomes for names in (SETTING, FILE) for name in names.findall(outcome.block.text)}
    for outcome in outcomes:
        block = outcome.block
        lines = block.text.split("\n")
        if not (outcome.green and CONSOLE.matches(block) and any(elides(line) or PART in line for line in lines)):
            continue
        said = [line for line in block.below.split("\n") if not line.rstrip().endswith(":")]
        literals = [name for name in LITERAL.findall("\n".join(said)) if name not in block.text and name not in own]
        printed = [line for command in outcome.commands for line in screen(command.output)] if literals else []
        for literal in literals:
            word = re.compile(rf"(?<![\w-]){re.escape(literal)}(?![\w-])")
            hidden = next((line for line in printed if word.search(line)), None)
            if hidden is not None:
                found = f"the paragraph below names '{literal}', and only a line that this block leaves out has it"
                yield outcome, Problem(block.where, found, "what a sentence names in sight", f"show '{hidden.strip()}'")
                break
