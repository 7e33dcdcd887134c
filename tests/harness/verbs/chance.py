"""Random mutants: any shown line of any block changed at any place, and the rule that forgave each survivor.

The negative control breaks a block where it is seen; this finds what isn't. A mutant changes a letter or a digit,
drops a line, swaps two, or takes a letter out of a command's word. Mutants of shown outputs share runs, one per block;
those that change what later blocks find (a command, a file, a program) get a run each, to the scenario's end.
"""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from collections.abc import Iterable

from proof.contract import STATUS, begins, goes_on

from harness.compare.align import elides
from harness.compare.volatile import RULES, settled
from harness.kinds import masks
from harness.kinds.console import CONSOLE
from harness.kinds.kind import Mutation
from harness.kinds.python import PYTHON
from harness.kinds.table import check, kind_of, read_page
from harness.page.block import Block
from harness.page.markup import Markup
from harness.page.prompts import PART
from harness.problem import Problem
from harness.project import Project
from harness.run.campaign import Campaign
from harness.run.runner import Run, not_run_because
from harness.verbs.mutants import Mutant, Plan, say, survivors, working

SHARE = 0.95  # of the mutants must be red
COMMENT = re.compile(r"(?:^|\s)(?:#|//|;)")
Place = tuple[Block, int]
"""A block and the index of one of its lines."""


def places(runs: Iterable[Run]) -> list[Place]:
    """Every shown line that isn't blank of every block that runs here, once."""
    blocks = dict.fromkeys(block for run in runs for block in run.scenario.blocks if not not_run_because(block))
    return [
        (block, n) for block in blocks for n, line in enumerate(block.text.rstrip("\n").split("\n")) if line.strip()
    ]


def acts(block: Block, text: str) -> bool:
    """Whether ``text`` in place of that of ``block`` can change what later blocks find."""
    kind = kind_of(block)
    if kind is CONSOLE:
        return _steps(block.text) != _steps(text)
    if kind is PYTHON:
        return _program(block.text) != _program(text)
    return kind.broken(block).alone


def _steps(text: str) -> list[str]:
    """What decides what a console block does: its commands, and the statuses after which it goes on."""
    return [line for line in text.split("\n") if begins(line) or goes_on(line) or STATUS.match(line)]


def _program(text: str) -> list[str]:
    return [line for line in text.split("\n") if not line.lstrip().startswith("#>")]


def mutant(block: Block, number: int, chance: random.Random) -> Mutant | None:
    """``block`` with a random change at line ``number``; None where that changes nothing that is seen."""
    lines = block.text.rstrip("\n").split("\n")
    line = lines[number]
    letters = [at for at, sign in enumerate(line) if sign.isascii() and sign.isalnum()]
    how = chance.choice(["letter", "letter", "letter", "drop", "swap", "word"])
    if how == "letter" and letters:
        at = chance.choice(letters)
        signs = string.digits if line[at].isdigit() else string.ascii_lowercase
        lines[number] = line[:at] + chance.choice([sign for sign in signs if sign != line[at].lower()]) + line[at + 1 :]
    elif how == "word" and letters:
        at = chance.choice(letters)
        lines[number] = line[:at] + line[at + 1 :]
    elif how == "swap" and number + 1 < len(lines):
        lines[number : number + 2] = lines[number + 1], lines[number]
    elif how == "drop" and len(lines) > 1:
        del lines[number]
    text = "\n".join(lines) + "\n"
    if [one.rstrip() for one in lines] == [one.rstrip() for one in block.text.rstrip("\n").split("\n")]:
        return None
    after = lines[number] if how != "drop" else ""
    what = f"{how} at line {block.line + number + 1}: {line.strip()!r}" + (f" → {after.strip()!r}" if after else "")
    return Mutant(block, Mutation(what, text, acts(block, text)))


def rule(one: Mutant) -> str:
    """What forgave a survivor: the name of a volatile rule, or the reason why nothing looks at the line."""
    old, new = one.block.text.rstrip("\n").split("\n"), (one.mutation.text or "").rstrip("\n").split("\n")
    number = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(new))
    line = old[number] if number < len(old) else ""
    if kind_of(one.block) is CONSOLE and not (begins(line) or goes_on(line)):
        for name, (pattern, replacement) in RULES.items():
            if len(old) == len(new) and pattern.sub(replacement, line) == pattern.sub(replacement, new[number]):
                return f"volatile: {name}"
        if [settled(a) for a in old] == [settled(b) for b in new]:
            return "volatile: several"
        if any(map(elides, old[max(0, number - 1) : number + 2])):
            return "elision"
        return "part left out" if PART in line else "unexplained"
    if masks.REASON in one.block.attributes:
        return "masked"
    if any(map(elides, old[max(0, number - 1) : number + 2])):
        return "elision"
    if COMMENT.search(line) and COMMENT.search(new[number] if number < len(new) else "#"):
        return "comment"
    return "unused line"


def batches(pairs: list[tuple[Run, Mutant]]) -> list[Plan]:
    """What to run for mutants, each in the run beside it: those that change no state together, one per block."""
    planned: list[Plan] = [(run, [one], None) for run, one in pairs if one.mutation.alone]
    shared: dict[Run, list[list[Mutant]]] = {}
    for run, one in pairs:
        if not one.mutation.alone:
            groups = shared.setdefault(run, [])
            group = next((group for group in groups if all(one.block is not other.block for other in group)), None)
            if group is None:
                groups.append([one])
            else:
                group.append(one)
    return planned + [(run, group, None) for run, groups in shared.items() for group in groups]


def wild(project: Project, pages: list[str], count: int, seed: int) -> int:
    """Try ``count`` random mutants of ``pages`` (all where none is named); 0 where SHARE of them is red, else 1.

    A survivor in the first scenario that shows its block is tried in the others.
    Raises Problem where a sandbox doesn't start.
    """
    chance, markup = random.Random(seed), Markup(*project.markdown)
    campaign = Campaign(project, everything=True, keep=False, progress=say)
    runs = [run for path in project.pages(pages) for run in campaign.runs(read_page(project, path, markup))]
    try:
        runs, _ = working(campaign, runs)
        lines = places(runs)
        made: dict[tuple[Block, str | None], Mutant] = {}
        for _ in range(count * 20):
            if len(made) < count and (one := mutant(*chance.choice(lines), chance)):
                made.setdefault((one.block, one.mutation.text), one)
        say(f"seed {seed}: {len(made)} mutants of {len(lines)} shown lines")
        left = [one for one in made.values() if _readable(one)]
        turn = 0
        while again := [(showing[turn], one) for one in left if len(showing := _showing(runs, one.block)) > turn]:
            tried = [one for _, one in again]
            left = [one for one in left if one not in tried] + survivors(campaign, batches(again))
            turn += 1
    finally:
        campaign.close()
    for one in left:
        print(f"survived: {one.block.where}: {one.mutation.what}: {rule(one)}")
    rules = Counter(map(rule, left))
    share = 1 - len(left) / max(1, len(made))
    print(
        f"seed {seed}: {len(made)} mutants, {len(made) - len(left)} red ({share:.1%}), {len(left)} survived"
        + "".join(f"; {number} {name}" for name, number in rules.most_common())
    )
    return 0 if made and share >= SHARE else 1


def _readable(one: Mutant) -> bool:
    """Whether the mutated block is one that runs at all: else the page is red before it runs."""
    try:
        check(one.changed or one.block)
    except Problem:
        return False
    return True


def _showing(runs: list[Run], block: Block) -> list[Run]:
    return [run for run in runs if block in run.scenario.blocks]
