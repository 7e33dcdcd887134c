"""A campaign: all runs of a session, side by side over the cores, longest first, each proven or executed."""

from __future__ import annotations

import os
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field

from harness.machine.pythons import Interpreter, find_interpreters
from harness.machine.toolchain import COMMANDS, Toolchain
from harness.page.outcome import Outcome
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project
from harness.run.ports import Ports
from harness.run.proofs import Proofs, own_digests
from harness.run.record import Conditions, Made, keep, now, read_json, system, write_json
from harness.run.runner import Run, execute, failure
from harness.run.supplies import Supplies
from harness.run.transcripts import Transcripts
from harness.sandbox import isolation, recipe
from harness.sandbox.equipment import Equipment
from harness.sandbox.sandbox import Sandbox

CORES = os.cpu_count() or 1
PYTHONS = ("3.15", "3.14", "3.13", "3.12", "3.11")  # of a page that names none: the first of these that is found


@dataclass
class Done:
    """A finished run: its outcomes, when they were made (UTC), wall seconds now, whether a proof saved running it.

    ``transcript`` is its SHA-256, empty where none was kept; ``problem`` says why it couldn't be run at all: its
    outcomes are then made up for the report.
    """

    outcomes: list[Outcome]
    made: str
    seconds: float = 0.0
    proven: bool = False
    transcript: str = ""
    problem: Problem | None = None


@dataclass
class Campaign:
    """``progress`` is called from worker threads with a line of text for whoever watches."""

    project: Project
    jobs: int = CORES + 1  # a scenario often waits for PyPI
    everything: bool = False
    offline: bool = False
    progress: Callable[[str], None] = print
    first: Sequence[str] = ()
    keep: bool = True
    _stack: ExitStack = field(default_factory=ExitStack)
    _futures: dict[Run, Future[Done]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.interpreters: dict[str, Interpreter] = find_interpreters()
        self.toolchain = Toolchain(self.project)
        self.supplies = Supplies(
            self.project, self.toolchain, self.interpreters, PYTHONS, self.offline, self.progress, self._stack
        )
        self.conditions = Conditions(
            self.project.date.isoformat(),
            system(),
            isolation.level(),
            {name: self.toolchain.version(name) for name in COMMANDS},
            {minor: interpreter.named for minor, interpreter in self.interpreters.items()},
            self.toolchain.locks,
        )
        self._lock = threading.Lock()
        self._ports = Ports(shared=self.conditions.isolation == "plain")
        self._count = 0
        self._running: set[Sandbox] = set()
        self._writable()

    def _writable(self) -> None:
        """A run that can't keep its proofs and recordings says so before it begins."""
        work = self.project.work
        try:
            work.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=work):
                pass
        except OSError as error:
            todo = "GUIDE_WORK=/path/to/a/folder make test"
            raise Problem(work.name, f"can't be written ({error.strerror})", "a folder to write to", todo) from None

    def runs(self, page: Page) -> list[Run]:
        """Every scenario of ``page`` on each of its Pythons. Raises Problem where its recipe can't be copied."""
        for folder in page.recipes:
            recipe.check(folder)
        default = next((p for p in PYTHONS if p in self.interpreters), PYTHONS[0])
        return [
            Run(page, scenario, python) for python in page.front.get("python", [default]) for scenario in page.scenarios
        ]

    def start(self, runs: dict[Run, int | None]) -> None:
        """Begin: each run to the block at the given line, or all of it for None."""
        work = self.project.work
        self._transcripts = Transcripts(work / "transcripts")
        self._proofs = Proofs(work / "proofs", self.conditions, own_digests(), self._transcripts)
        found = (
            {}
            if self.everything
            else {r: p for r, until in runs.items() if until is None and (p := self._proofs.find(r))}
        )
        for run, (outcomes, made, transcript) in found.items():
            self._futures[run] = Future()
            self._futures[run].set_result(Done(outcomes, made, proven=True, transcript=transcript))
        if found:
            self.progress(f"{len(found)} of {len(runs)} scenarios are proven already (ALL=1 runs them anyway)")
        todo = self.order(r for r in runs if r not in found)
        self._count, self._total = 0, len(todo)
        if todo:
            pool = self._stack.enter_context(ThreadPoolExecutor(self.jobs, thread_name_prefix="sandbox"))
            self._stack.callback(pool.shutdown, wait=True, cancel_futures=True)
            for run in todo:
                self._futures[run] = pool.submit(self._do, run, runs[run])

    def order(self, runs: Iterable[Run]) -> list[Run]:
        """``runs`` as they are done: pages named first, then longest first; unknown ones count as longest."""
        durations = read_json(self.project.work / "durations.json") or {}

        def rank(run: Run) -> tuple[bool, float]:
            return run.page.name not in self.first, -durations.get(run.title, 1000.0 + len(run.scenario.blocks))

        return sorted(runs, key=rank)

    def _do(self, run: Run, until: int | None) -> Done:
        started, broken = time.monotonic(), None
        try:
            equipment = self.supplies.equipment()
            with self._ports.held(run.scenario):
                outcomes = execute(run, equipment, self.supplies.connect, until, self._running)
        except Problem as problem:
            outcomes, broken = failure(run, problem), problem
        except Exception as error:  # a mistake of the harness must not take the other pages with it
            trace = "".join(traceback.format_exception(error))
            broken = Problem(run.title, f"the harness failed\n{trace}", "an outcome a block")
            outcomes = failure(run, broken)
        seconds = time.monotonic() - started
        transcript = ""
        if until is None and self.keep:
            transcript = self._transcripts.keep(run, outcomes)
            self._proofs.keep(run, outcomes, transcript)
        with self._lock:
            self._count += 1
            red = [o for o in outcomes if o.outcome in ("failed", "blocked")]
            self.progress(
                f"[{self._count}/{self._total}] {run.title}: {len(outcomes)} blocks"
                f"{f', {len(red)} not green from line {red[0].block.line} on' if red else ''}, {seconds:.1f} s"
            )
            if until is None and self.keep:
                durations = read_json(self.project.work / "durations.json") or {}
                write_json(self.project.work / "durations.json", {**durations, run.title: round(seconds, 2)})
        return Done(outcomes, now(), seconds, transcript=transcript, problem=broken)

    def prepare(self) -> Equipment:
        """Make world and tools ready before the first run needs them; what the runs then have."""
        return self.supplies.equipment()

    def gateway_peak(self) -> int:
        """The most resident bytes that the world's gateway has had."""
        return self.supplies.gateway_peak()

    def result(self, run: Run) -> Done:
        """Wait for ``run``."""
        return self._futures[run].result()

    def waiting(self, run: Run, seconds: float) -> bool:
        """Whether ``run`` is still not done after ``seconds``."""
        try:
            self._futures[run].result(seconds)
        except TimeoutError:
            return True
        return False

    def record(self, runs: Sequence[Run]) -> None:
        """Write the record of these complete, finished runs."""
        pages: dict[str, Made] = {}
        for run in runs:
            done, name = self.result(run), run.page.name
            made = pages.get(name, Made(run.page, [], done.made, {}))
            transcripts = {**made.transcripts, (run.scenario.label, run.python): done.transcript}
            pages[name] = Made(run.page, [*made.outcomes, *done.outcomes], min(made.made, done.made), transcripts)
        record = keep(self.project, self.project.work / "record.json", self.conditions, list(pages.values()))
        self._transcripts.forget({block.get("transcript", "") for block in record["blocks"]})

    def close(self) -> None:
        """End what still runs; nothing outlives the campaign."""
        self.supplies.closing = True
        going = [future for future in self._futures.values() if not future.cancel()]
        # one that prepares now would leave its folder, or open a sandbox later
        while wait(going, timeout=0.05).not_done:
            for running in list(self._running):
                running.kill()
        self._stack.close()
