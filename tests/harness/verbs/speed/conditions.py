"""Under which conditions numbers are made: those that are added to one another were made under the same."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.machine.pythons import Interpreter
from harness.machine.toolchain import Toolchain
from harness.problem import Problem
from harness.project import Project
from harness.run.record import system
from harness.sandbox import isolation
from harness.verbs.speed.plan import Plan
from harness.world.shaping import Shape

LOCK = Path(tempfile.gettempdir(), "guide-compare.lock")  # of this machine
LOOPBACK, SLOW = "loopback", "link"
LINES: dict[str, Shape | None] = {LOOPBACK: None, SLOW: Shape(round_trip=0.04, rate=50e6 / 8)}


def conditions(
    project: Project, plan: Plan, toolchain: Toolchain, tools: Mapping[str, str], base: Interpreter, python: Interpreter
) -> dict[str, Any]:
    """What must be the same for a number to be added to others.

    ``tools`` is tool -> version; ``base`` runs those that are written in Python, ``python`` is in the environments.
    """
    return {
        "page": plan.digest,
        "world": project.date.isoformat(),
        "system": system(),
        "processor": processor(),
        "isolation": isolation.level(),
        "tools": dict(tools),
        "locks": toolchain.locks,
        "python": python.named,
        "tools_python": base.named,
        "lines": {name: vars(shape) if shape else {} for name, shape in LINES.items()},
    }


def processor() -> str:
    """The machine's processor as its maker names it, with the number of cores that this process may use."""
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        if found := re.search(r"^model name\s*: (.+)$", text, re.MULTILINE):
            return f"{found[1].strip()}, {len(os.sched_getaffinity(0))} cores"
    return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Be the only measurement on this machine. Raises Problem where another one runs."""
    import fcntl  # Windows has none, and no sandbox of the kind either

    with contextlib.suppress(FileExistsError):
        LOCK.touch(exist_ok=False)
    with LOCK.open() as file:  # for reading: another user's lock can't be opened for more, and flock needs no more
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            found, todo = "another measurement runs on this machine", "wait for its end"
            raise Problem("make compare", found, "to be the only one", todo) from None
        yield
