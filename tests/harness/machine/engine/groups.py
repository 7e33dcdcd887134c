"""The control groups of an engine: what they bound, and that none is left (cgroups(7), versions 1 and 2)."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from harness.machine.engine.plan import Plan

NAME = "guide-engine-"  # with the number of the keeper's process behind it
TOP = Path("/sys/fs/cgroup")
SECONDS = 30  # for what is killed to be gone
PAUSE = 0.02


def hierarchies() -> list[Path]:
    """The folder of each hierarchy of this machine: one (version 2), or one a controller and more (version 1)."""
    if (TOP / "cgroup.controllers").exists():
        return [TOP]
    return sorted({path.parent.resolve() for path in TOP.glob("*/cgroup.procs")})


def bound(name: str, plan: Plan) -> list[Path]:
    """Make an engine's groups; the files to which the number of its first process is written."""
    joined = []
    for top in hierarchies():
        group = top / name
        group.mkdir(exist_ok=True)
        limits = {"pids.max": plan.processes, "memory.max": plan.memory, "memory.limit_in_bytes": plan.memory}
        for file, limit in limits.items():
            if (group / file).exists():
                (group / file).write_text(str(limit))
        for controller in ("cpu", "io", "memory", "pids") if (group / "cgroup.subtree_control").exists() else ():
            with contextlib.suppress(OSError):  # one may not be handed on to the group
                (group / "cgroup.subtree_control").write_text(f"+{controller}")
        daemon = group / "daemon"  # in version 2 a group with groups below it has no processes
        daemon.mkdir(exist_ok=True)
        for file in ("cpuset.cpus", "cpuset.mems") if (top / "cpuset.cpus").exists() and top != TOP else ():
            for place in (group, daemon):  # version 1's are empty at first, and nothing may join them
                (place / file).write_text((top / file).read_text())
        joined.append(daemon / "cgroup.procs")
    return joined


def thaw(name: str) -> None:
    """Let paused containers go on, so that they can end: in version 1 a frozen process isn't killed before."""
    for top in hierarchies():
        for state in (top / name).rglob("freezer.state"):
            with contextlib.suppress(OSError):
                state.write_text("THAWED")


def release(name: str) -> None:
    """Remove an engine's groups and kill what still runs in them."""
    thaw(name)
    for top in hierarchies():
        end = time.monotonic() + SECONDS
        below = [path for path in (top / name).rglob("*") if path.is_dir()]
        for group in [*sorted(below, reverse=True), top / name]:
            while group.exists() and time.monotonic() < end:
                try:
                    group.rmdir()
                except OSError:
                    _kill(group)
                    time.sleep(PAUSE)


def _kill(group: Path) -> None:
    with contextlib.suppress(OSError):
        for number in filter(None, map(int, (group / "cgroup.procs").read_text().split())):
            os.kill(number, signal.SIGKILL)


def sweep() -> None:
    """Remove what keepers that were killed have left."""
    for name in {group.name for top in hierarchies() for group in top.glob(f"{NAME}*")}:
        number = name.removeprefix(NAME)
        if number.isdigit() and not Path("/proc", number).exists():
            release(name)
