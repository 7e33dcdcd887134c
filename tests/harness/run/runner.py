"""Running one scenario of a page: every block gets exactly one outcome."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from harness.kinds.claims import unshown
from harness.kinds.kind import Finding
from harness.kinds.masks import unwatched
from harness.kinds.steps import Steps
from harness.kinds.table import kind_of, take
from harness.machine import systems
from harness.machine.needs import NEEDS
from harness.machine.needs.holder import held
from harness.machine.needs.need import Inside, together
from harness.page.block import Block
from harness.page.outcome import Outcome, Ran
from harness.page.page import Page
from harness.page.scenario import Scenario
from harness.problem import Problem
from harness.run.locks import Locks
from harness.sandbox.equipment import Equipment, Link
from harness.sandbox.sandbox import Sandbox


class Refusal(Protocol):
    """A request that the world did not serve: host, what was asked, why not."""

    @property
    def host(self) -> str: ...

    @property
    def what(self) -> str: ...

    @property
    def why(self) -> str: ...


class WorldLink(Link, Protocol):
    @property
    def forwarding(self) -> list[str]: ...

    def day(self, day: dt.date) -> None: ...

    def refusals(self) -> Sequence[Refusal]: ...

    def doubt(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One scenario of a page on one Python: the unit that runs in one sandbox."""

    page: Page
    scenario: Scenario
    python: str
    persistent: bool = False  # go on after a failure that leaves the shell alive (for the negative control)

    @property
    def name(self) -> str:
        """Short and safe for a file name: ``docs-pip-install-uv-3.13``."""
        parts = [self.page.name.removesuffix(".md"), self.scenario.label, self.python]
        return "".join(c if c.isalnum() or c == "." else "-" for c in "-".join(p for p in parts if p))

    @property
    def title(self) -> str:
        inside = ", ".join(p for p in (self.scenario.label, f"Python {self.python}") if p)
        return f"{self.page.name} ({inside})"

    @property
    def needs(self) -> list[str]:
        """The words of what the page needs of its machine."""
        return list(self.page.front.get("needs", []))

    def __repr__(self) -> str:
        return f"<Run {self.title}>"

    def outcome(self, block: Block, finding: Finding, seconds: float = 0.0, commands: Sequence[Ran] = ()) -> Outcome:
        return Outcome(
            block=block,
            scenario=self.scenario.label,
            python=self.python,
            outcome=finding.outcome,
            reason=finding.reason,
            seconds=seconds,
            tools=sum(command.seconds for command in commands),
            notes=finding.notes,
            shown=finding.shown,
            stale=finding.stale,
            commands=list(commands),
        )


def none_run_because(run: Run, equipment: Equipment) -> str:
    """Why this machine can't run ``run`` at all; empty where it can."""
    if run.python not in equipment.interpreters:
        return f"needs Python {run.python}"
    if run.scenario.unfit:
        return f"needs {run.scenario.unfit}"
    for need in run.needs:
        if not NEEDS[need].available():
            return f"needs {NEEDS[need].words}"
        if NEEDS[need].own_network and equipment.level == "plain":
            return f"needs {NEEDS[need].words}, in a sandbox with its own network"
    return ""


def nothing_runs_because(run: Run, equipment: Equipment) -> str:
    """Why no block of ``run`` runs here, for whatever reason each has; empty where one does."""
    if reason := none_run_because(run, equipment):
        return reason
    reasons = [not_run_because(block) for block in run.scenario.blocks]
    return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""


def not_run_because(block: Block) -> str:
    """Why ``block`` itself doesn't run on this system; empty where it does."""
    if reason := block.attributes.get("data-not-run"):
        return reason
    kind = kind_of(block).systems
    wanted = [named for tab in block.tabs if (named := systems.named(tab))]
    missing = next((named for named in wanted if not systems.here(named)), None)
    if missing is None and systems.SYSTEM not in kind:
        missing = kind
    return "" if missing is None else "needs " + " or ".join(sorted(missing))


def execute(
    run: Run,
    equipment: Equipment,
    connect: Callable[[str], WorldLink],
    until: int | None = None,
    running: set[Sandbox] | None = None,
) -> list[Outcome]:
    """Run the scenario's blocks in order, to the one at line ``until`` at most; one outcome a block.

    ``running`` holds the open sandboxes, for whoever has to end them early.

    Raises Problem where the sandbox itself fails to start.
    """
    blocks = [b for b in run.scenario.blocks if until is None or b.line <= until]
    if reason := none_run_because(run, equipment):
        return [run.outcome(block, Finding("not run", reason)) for block in blocks]
    reasons = [not_run_because(block) for block in blocks]
    if all(reasons):
        return [run.outcome(block, Finding("not run", why)) for block, why in zip(blocks, reasons, strict=True)]
    outcomes: list[Outcome] = []
    with ExitStack() as stack:
        link = connect(run.name)
        stack.callback(link.close)
        needs = [stack.enter_context(held(n, NEEDS[n], equipment.run, link.publish)) for n in run.needs]
        gift = together([(need.name, need.gift) for need in needs])
        recipe = run.page.recipe(run.scenario)
        sandbox = stack.enter_context(Sandbox(equipment, link, run.name, run.python, recipe, gift))
        for need in needs:
            need.join(Inside(sandbox.process, equipment.certificate, equipment.etc, tuple(link.forwarding)))
        if running is not None:
            running.add(sandbox)
            stack.callback(running.discard, sandbox)
        if run.page.day:
            link.day(run.page.day)
        sandbox.date(run.page.day or run.page.project.date)
        steps, blocker = Steps(sandbox, run.page.timeout), ""
        locks = Locks(recipe, sandbox)
        for block, reason in zip(blocks, reasons, strict=True):
            if block.day:  # also where the block itself isn't run: what follows it is of that day
                link.day(block.day)
                sandbox.date(block.day)
            if reason:
                outcomes.append(run.outcome(block, Finding("not run", reason)))
                steps.jobs.left(block)
                continue
            if blocker:
                outcomes.append(run.outcome(block, Finding("blocked", f"blocked by {blocker}")))
                continue
            started = time.monotonic()
            steps.commands.clear()
            finding = refused(block, take(block, steps), link)
            outcomes.append(run.outcome(block, finding, time.monotonic() - started, steps.commands))
            if outcomes[-1].green and outcomes[-1].commands:
                outcomes[-1].locks = locks.made()
            if finding.outcome == "failed" and (missed := run.scenario.missed(block)):
                outcomes[-1].reason += f"\n  → {missed}"
            if finding.fatal and not (run.persistent and sandbox.alive):
                blocker = block.where
        if not blocker:
            conclude(run, steps, sandbox, outcomes, whole=until is None)
        if not run.persistent and any(outcome.outcome == "failed" for outcome in outcomes):
            link.doubt()
    return outcomes


def refused(block: Block, finding: Finding, link: WorldLink) -> Finding:
    """A block that asked for what the world doesn't hold fails, whatever its command made of the refusal."""
    refusals = link.refusals()
    if not refusals:
        return finding
    lines = [f"{block.where}: {r.host}: {r.what}: {r.why}" for r in {(r.host, r.why): r for r in refusals}.values()]
    lines.append("  expected only hosts and files that the world serves")
    return Finding("failed", "\n".join([*lines, finding.reason]).rstrip(), True, finding.notes)


def conclude(run: Run, steps: Steps, sandbox: Sandbox, outcomes: list[Outcome], whole: bool) -> None:
    """What only the end of a scenario shows: processes left running, files that nothing used, CI jobs not run."""
    running = sandbox.left_running()
    if running and whole:
        last = next(o for o in reversed(outcomes) if o.executed)
        last.fail(
            f"{last.block.where}: the page ends and leaves running: {'; '.join(running[:5])}; expected "
            "every background process to be ended by the page, for example with kill %1"
        )
    if whole and not running and (left := steps.masks.background):
        next(outcome for outcome in outcomes if outcome.block is left).fail(str(unwatched(left)))
    for outcome, problem in unshown(outcomes):
        outcome.fail(str(problem))
    for block, problem in [*steps.unused(), *steps.jobs.untyped()] if whole else []:
        next(outcome for outcome in outcomes if outcome.block is block).fail(str(problem))


def failure(run: Run, problem: Problem) -> list[Outcome]:
    """The outcomes of a scenario whose sandbox could not start."""
    first, *rest = run.scenario.blocks
    return [
        run.outcome(first, Finding("failed", str(problem))),
        *(run.outcome(block, Finding("blocked", f"blocked by {first.where}")) for block in rest),
    ]
