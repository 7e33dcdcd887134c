"""The negative control: break each executed block once and demand red (``python -m harness mutants [PAGE]``).

Mutations that leave the page's state alone (a changed output line, a flipped status, a broken datum) share one run of
their scenario; the others (a script that fails, a file that is missing) get a run each. A CI file that a page shows
isn't read by the page's commands: there, a command of a job is changed, so that the page doesn't run it. A survivor is
a mutation that nothing noticed: it is listed, and the run is red unless tests/survivors.toml gives the reason.
A page of which nothing runs here is named, with what it lacks; where there is no other page, that is an error.
All pages take hours, so what was red is kept, and a later control goes on from there.
"""

from __future__ import annotations

import dataclasses
import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.kinds.jobs import jobs_of, shows
from harness.kinds.kind import DROPPED, Mutation
from harness.kinds.table import kind_of, read_page
from harness.page.block import Block
from harness.page.markup import Markup
from harness.problem import Problem
from harness.project import Project
from harness.run.campaign import Campaign
from harness.run.proofs import Proofs, code_of, own_digests
from harness.run.record import write_json
from harness.run.runner import Run, not_run_because, nothing_runs_because
from harness.run.transcripts import Transcripts

RETYPED = "a command of a job changed"


@dataclass(frozen=True)
class Mutant:
    """``block`` with a ``mutation``."""

    block: Block
    mutation: Mutation

    @property
    def whole(self) -> bool:
        """Whether only what comes later can notice it, so that its run must go to the scenario's end."""
        return self.mutation.text is None or self.mutation.what == RETYPED

    @cached_property
    def changed(self) -> Block | None:
        """The block that takes the place of ``block``, None where none does."""
        return None if self.mutation.text is None else dataclasses.replace(self.block, text=self.mutation.text)


def mutant(block: Block) -> Mutant | None:
    """The one mutation of ``block``, as its kind breaks it; None for a block that never runs here."""
    if not_run_because(block):
        return None
    mutation = kind_of(block).broken(block)
    return Mutant(block, retyped(block) or mutation if mutation is DROPPED else mutation)


def retyped(block: Block) -> Mutation | None:
    """A command in the CI file that ``block`` shows, changed; None for any other file, and for one without commands."""
    typed = [line for job in jobs_of(block.title, block.text) for line in job.lines] if shows(block) else []
    known = next((line for line in typed if line in block.text), "")
    return Mutation(RETYPED, block.text.replace(known, f"{known} --changed"), alone=True) if known else None


def mutated(run: Run, mutants: list[Mutant]) -> Run:
    """``run`` with the mutants in place of their blocks."""
    changed = {one.block: one.changed for one in mutants}
    blocks = [block for old in run.scenario.blocks if (block := changed.get(old, old)) is not None]
    page = dataclasses.replace(run.page, blocks=blocks)
    together = not any(one.mutation.alone for one in mutants)
    return Run(page, dataclasses.replace(run.scenario, blocks=tuple(blocks)), run.python, persistent=together)


Plan = tuple[Run, list[Mutant], int | None]
"""A run, the mutants to put into it, and the line to which it must then run (None: to its end)."""


def plan(runs: list[Run]) -> Iterator[Plan]:
    """Every executed block of ``runs`` once."""
    seen: set[Block] = set()
    for run in runs:
        found = [m for b in run.scenario.blocks if b not in seen and (m := mutant(b))]
        seen |= {m.block for m in found}
        if together := [m for m in found if not m.mutation.alone]:
            yield run, together, None
        for one in found:
            if one.mutation.alone:
                yield run, [one], None if one.whole else one.block.line


def say(line: str) -> None:
    """Print at once: whoever reads a log of hours sees how far it is."""
    print(line, flush=True)


class Red:
    """Which runs were red at each of their mutants, under keys from all that could change that (`make clean` forgets).

    A survivor isn't kept: it is tried again.
    """

    def __init__(self, campaign: Campaign) -> None:
        work = campaign.project.work
        transcripts = Transcripts(work / "transcripts")
        self.proofs = Proofs(work / "mutants", campaign.conditions, own_digests(), transcripts)
        self.judge = code_of(Path(__file__).read_bytes())

    def place(self, changed: Run, until: int | None) -> Path:
        key = hashlib.sha256(f"{self.proofs.key(changed)} {until} {self.judge}".encode()).hexdigest()
        return self.proofs.folder / f"{key}.json"


def control(project: Project, pages: list[str], everything: bool = False) -> int:
    """Run the negative control over ``pages`` (all where none is named); the number of unexplained survivors.

    ``everything`` runs those again, too, of which it is known that they are red.
    Raises Problem where a sandbox doesn't start: that is red for another reason than the mutation.
    """
    markup = Markup(*project.markdown)
    campaign = Campaign(project, everything=True, keep=False, progress=say)
    runs = [run for path in project.pages(pages) for run in campaign.runs(read_page(project, path, markup))]
    try:
        runs, idle = working(campaign, runs)
        planned = list(plan(runs))
        left = survivors(campaign, planned, everything)
    finally:
        campaign.close()
    reasons = _reasons(project)
    unexplained = 0
    for one in left:
        reason = reasons.get((one.block.page, one.block.digest[:12]), "")
        unexplained += not reason
        print(
            f"survived: {one.block.id} ({one.mutation.what}): {reason or 'no reason in tests/survivors.toml'} "
            f"[{one.block.digest[:12]}]"
        )
    count = sum(len(mutants) for _, mutants, _ in planned)
    without = f"; {idle} page{'s' if idle > 1 else ''} not run" if idle else ""
    print(f"{count} mutants, {count - len(left)} red, {len(left)} survived, {unexplained} of them unexplained{without}")
    return unexplained


def working(campaign: Campaign, runs: list[Run]) -> tuple[list[Run], int]:
    """Those of ``runs`` of which something runs here, and the number of pages of which nothing does, each printed.

    Raises Problem where that is every page: then nothing would be broken, and nothing missed.
    """
    equipment = campaign.prepare()
    reasons = {run: nothing_runs_because(run, equipment) for run in runs}
    found = [run for run in runs if not reasons[run]]
    pages = {run.page.name for run in found}
    idle: dict[str, dict[str, None]] = {}
    for run in runs:
        if run.page.name not in pages:
            idle.setdefault(run.page.name, {})[reasons[run]] = None
    lines = [f"not run: {page}: {'; '.join(why)}" for page, why in idle.items()]
    if runs and not found:
        raise Problem("make mutants", "no page that runs here", "one at least", evidence="\n".join(lines))
    for line in lines:
        say(line)
    return found, len(idle)


def survivors(campaign: Campaign, planned: list[Plan], everything: bool = False) -> list[Mutant]:
    """The mutants that nothing noticed; without ``everything``, what is known to be red isn't run again."""
    found, hidden = _survivors(campaign, planned, everything)
    if hidden:  # a mutation before theirs ended the shell, so each gets a run of its own
        more, still = _survivors(campaign, [(run, [one], one.block.line) for run, one in hidden], everything)
        found += [*more, *(one for _, one in still)]
    return found


def _survivors(
    campaign: Campaign, planned: list[Plan], everything: bool
) -> tuple[list[Mutant], list[tuple[Run, Mutant]]]:
    """The mutants that nothing noticed, and those whose block was never reached, with the run that they belong to."""
    red = Red(campaign)
    todo = {mutated(run, mutants): (run, mutants, until) for run, mutants, until in planned}
    places = {changed: red.place(changed, until) for changed, (_, _, until) in todo.items()}
    known = set() if everything else {changed for changed in todo if places[changed].exists()}
    if known:
        campaign.progress(f"{len(known)} of {len(todo)} runs with mutants are known to be red (ALL=1 repeats them)")
    todo = {changed: about for changed, about in todo.items() if changed not in known}
    campaign.start({changed: until for changed, (_, _, until) in todo.items()})
    missed, hidden = list[Mutant](), list[tuple[Run, Mutant]]()
    for changed in campaign.order(todo):
        run, mutants, _ = todo[changed]
        done = campaign.result(changed)
        if done.problem:
            raise done.problem
        failed = {o.block for o in done.outcomes if o.outcome == "failed"}
        blocked = {o.block for o in done.outcomes if o.outcome == "blocked"}
        before = len(missed) + len(hidden)
        for one in mutants:
            later = any(block.line >= one.block.line for block in failed)
            caught = later if one.mutation.alone else one.changed in failed
            if not caught and one.changed in blocked:
                hidden.append((run, one))
            elif not caught:
                missed.append(one)
        if len(missed) + len(hidden) == before:
            write_json(places[changed], {"run": run.title, "red": len(mutants)})
    return missed, hidden


def _reasons(project: Project) -> dict[tuple[str, str], str]:
    """tests/survivors.toml: [[survivor]] tables with page, block (the first 12 digits of its digest) and reason."""
    path = project.root / "tests" / "survivors.toml"
    if not path.exists():
        return {}
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    return {(t["page"], t["block"]): t["reason"] for t in tables}
