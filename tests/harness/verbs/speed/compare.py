"""``make compare``: time the tools, a job at a time, in rounds of random order; each job's numbers are kept at once.

Jobs run from the recording alone, so that no number has PyPI's own speed in it. Where a job asks for something that
isn't recorded, it runs once with the network, and then once more for its numbers.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from harness.kinds.table import read_page
from harness.machine.pythons import find_interpreters
from harness.machine.toolchain import Toolchain, usable
from harness.page.markup import Markup
from harness.problem import Problem
from harness.project import Project
from harness.run import supplies
from harness.run.campaign import PYTHONS
from harness.run.record import now, write_json
from harness.sandbox.equipment import Equipment
from harness.sandbox.sandbox import Sandbox
from harness.verbs.speed.conditions import LINES, alone, conditions
from harness.verbs.speed.job import Measured, measure
from harness.verbs.speed.plan import Plan, Way, plan
from harness.verbs.speed.rounds import Job, Rounds
from harness.verbs.speed.summary import complete, summary
from harness.world.shaping import Shape
from harness.world.world import World

PAGE = "docs/tasks/speed.md"
ROUNDS = 20


def target(project: Project) -> Path:
    """The file with the measurements, which is published with the site."""
    return project.docs / "assets" / "speed.json"


class Comparison:
    """The jobs of one call of the verb, with all that they need; a context manager."""

    def __init__(self, project: Project, page_name: str, seed: int) -> None:
        page = read_page(project, project.pages([page_name])[0], Markup(*project.markdown))
        self.project, self.plan = project, plan(page)
        self.toolchain, self.interpreters = Toolchain(project), find_interpreters()
        base = next((p for p in usable(PYTHONS) if p in self.interpreters), "")
        self.python = next((p for p in page.front.get("python", PYTHONS) if p in self.interpreters), "")
        if not self.python or not base:
            named = ", ".join(page.front.get("python", PYTHONS))
            raise Problem(page_name, f"Pythons {', '.join(self.interpreters) or 'none'}", f"one of {named}")
        tools = {tool: self.toolchain.version(tool) for tool in page.front.get("tools", [])}
        now_is = conditions(
            project, self.plan, self.toolchain, tools, self.interpreters[base], self.interpreters[self.python]
        )
        self.rounds, self.changed = Rounds.open(project.work / "compare" / "rounds.jsonl", now_is, seed)
        self._stack = ExitStack()
        self._filling: World | None = None

    def __enter__(self) -> Comparison:
        made = supplies.Supplies(
            self.project,
            self.toolchain,
            self.interpreters,
            PYTHONS,
            offline=True,
            progress=print,
            stack=self._stack,
            gateway=["--remember", "1000000"],  # or uv would wait for the gateway, which reads its pages again
        )
        try:
            self.equipment = made.equipment()
            self.world = made.world
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def warm(self, project: str) -> None:
        """Have the first tool ask for all that ``project`` needs, so that no job waits for the gateway to read it."""
        print(f"{project}: {self.plan.tools[0]} runs once without being timed", flush=True)
        self._take(self.plan.way(self.plan.tools[0], project), self.world, self.equipment, None)

    def run(self, job: Job) -> str:
        """Do ``job`` and keep what it measured; or say what it asks for that the world doesn't hold."""
        way, started = self.plan.way(job.tool, job.project), time.monotonic()
        measured = self._take(way, self.world, self.equipment, LINES[job.line])
        if measured.refused:
            print(f"  not recorded yet, so first with the network: {measured.refused[0]}", flush=True)
            filling, equipment = self._with_network()
            refused = self._take(way, filling, equipment, None).refused
            started = time.monotonic()
            measured = self._take(way, self.world, self.equipment, LINES[job.line])
            measured.refused = refused or measured.refused
        if measured.refused:
            return f"{job.tool} in {job.project}: {measured.refused[0]}"
        took = round(time.monotonic() - started, 1)
        said = {name: value for name, value in vars(measured).items() if name != "refused"}
        self.rounds.keep(job, {"made": now(), "took": took, "load": round(os.getloadavg()[0], 2), **said})
        return ""

    def _take(self, way: Way, world: World, equipment: Equipment, shape: Shape | None) -> Measured:
        name = re.sub(r"[^a-z0-9]+", "-", f"{way.tool} {way.project}".lower())
        link = world.open(name, shape)
        with contextlib.closing(link), Sandbox(equipment, link, name, self.python) as sandbox:
            sandbox.date(self.project.date)
            return measure(way, sandbox, link)

    def _with_network(self) -> tuple[World, Equipment]:
        """A world that records, made when it is first needed."""
        if self._filling is None:
            run = self.equipment.run / "filling"
            made = type(self.world)(self.world.cache, self.world.date, False, run, self.world.registry)
            self._filling = self._stack.enter_context(made)
        return self._filling, replace(self.equipment, certificate=self._filling.certificate)


def compare(
    project: Project,
    page_name: str = PAGE,
    rounds: int = ROUNDS,
    projects: Sequence[str] = (),
    lines: Sequence[str] = (),
    seed: int = 0,
) -> None:
    """Measure until there are ``rounds`` of each of ``projects`` over each of ``lines``, all of them for none.

    Writes ``speed.json`` after each round. Raises Problem where another measurement runs on this machine, for a
    project or a line that there isn't, and at the end for jobs that the world has too little for.
    """
    with alone(), Comparison(project, page_name, seed) as comparison:
        plan, kept = comparison.plan, comparison.rounds
        for what, named, there in (("PROJECT", projects, plan.projects), ("LINK", lines, tuple(LINES))):
            if unknown := [name for name in named if name not in there]:
                raise Problem(what, ", ".join(unknown), f"one of {', '.join(there)}")
        if comparison.changed:
            print(f"a new beginning: {comparison.changed}")
        wanted = [
            Job(number, way.project, line, way.tool)
            for number in range(1, rounds + 1)
            for way in plan.ways
            for line in LINES
            if not way.left_out and way.project in (projects or plan.projects) and line in (lines or LINES)
        ]
        todo = kept.order(wanted)
        print(
            f"{len(todo)} of {len(wanted)} jobs to do, in the order of seed {kept.seed}; the load is "
            f"{os.getloadavg()[0]:.1f}, and what else runs makes these numbers wrong"
        )
        for name in dict.fromkeys(job.project for job in todo):
            comparison.warm(name)
        lacking: list[str] = []
        fresh = False
        try:
            for count, job in enumerate(todo, 1):
                progress = f"[{count}/{len(todo)}] round {job.round}, {job.project} over {job.line}, {job.tool}"
                if refused := comparison.run(job):
                    lacking.append(refused)
                    print(f"{progress}: not measured", flush=True)
                    continue
                fresh = True
                said = kept.done[job]
                failed = f"; no number for {', '.join(said['failed'])}" if said["failed"] else ""
                timed = sum(said["seconds"].values())
                print(f"{progress}: {said['took']} s, {timed:.1f} of them timed{failed}", flush=True)
                if count < len(todo) and todo[count].round != job.round:
                    write(project, plan, kept)
                    fresh = False
        except KeyboardInterrupt:
            raise SystemExit("stopped: the jobs that ended are kept, and the same command goes on") from None
        finally:
            if fresh:
                write(project, plan, kept)
    if lacking:
        found = f"{len(lacking)} jobs asked for what the world doesn't hold"
        raise Problem(page_name, found, "jobs that need nothing else", "\n".join(dict.fromkeys(lacking)))


def write(project: Project, plan: Plan, rounds: Rounds) -> None:
    """Write what the complete rounds show; what was there stays where there is none."""
    counts = {
        f"{name} over {line}": len(found)
        for name in plan.projects
        for line in LINES
        if (found := complete(plan, rounds, name, line))
    }
    if counts:
        write_json(target(project), summary(plan, rounds, list(LINES)))
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        print(f"written: {project.relative(target(project))}; complete rounds: {told}", flush=True)
