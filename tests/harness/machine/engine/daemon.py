"""An engine for as long as a context lasts: its keeper, started with the rights that it needs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from harness.machine.engine.plan import Plan
from harness.machine.engine.programs import root
from harness.problem import Problem
from harness.project import ROOT

ENDING = 60  # seconds for all of an engine to be gone


@contextlib.contextmanager
def running(plan: Plan) -> Iterator[Path]:
    """An engine of ``plan``; its socket. Raises Problem where it doesn't start."""
    keeper = [sys.executable, "-S", "-m", "harness.machine.engine.keeper"]
    command = [*(root() or ()), "env", f"PYTHONPATH={ROOT / 'tests'}", *keeper]
    Path(plan.folder).mkdir(parents=True, exist_ok=True)
    log = Path(plan.folder, "keeper.log")
    with log.open("w") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True, start_new_session=True
        )
    assert process.stdin and process.stdout
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(plan.line())
            process.stdin.flush()
        if process.stdout.readline() != "ready\n":
            said = log.read_text(errors="replace").strip()[-1500:]
            raise Problem("the container engine", said or "it did not start", "one that answers")
        yield Path(plan.folder, "run", "docker.sock")
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(ENDING)
        process.stdout.close()
