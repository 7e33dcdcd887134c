"""Bounds for a whole sandbox, where the kernel grants them: its processes and its memory, by control groups.

What binds each process alone (:data:`harness.sandbox.bounds.BOUNDS`) binds everywhere. Root is exempt from
RLIMIT_NPROC, also inside a user namespace (setrlimit(2)), and no such limit counts the memory of many processes;
a control group does both (cgroups(7)).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from harness.sandbox import strays

MEMORY_BYTES = 8 * 2**30  # of all processes and of the files in ~ and /tmp, which are memory as well
PREFIX = "guide-"  # with the run's process number behind it: what a killed run left can be told from what is in use
ABANDONED_SECONDS = 24 * 3600  # for a folder whose run can't be asked for


def parents() -> Iterator[tuple[Path, dict[str, str]]]:
    """Each hierarchy of this machine in which a group can be made, and which of its files bounds what."""
    top = Path("/sys/fs/cgroup")
    for parent, files in (
        (top, {"pids.max": "processes", "memory.max": "memory"}),  # version 2, else version 1
        (top / "pids", {"pids.max": "processes"}),
        (top / "memory", {"memory.limit_in_bytes": "memory", "memory.memsw.limit_in_bytes": "memory"}),
    ):
        if (parent / "cgroup.procs").exists():
            yield parent, files


class ControlGroups:
    """The control groups of one sandbox; ``command`` puts what it starts into them.

    ``groups`` is empty where the machine grants none (no cgroup file system, a container without delegation, an
    ordinary user); ``bounded`` names what they bound, of ``processes`` and ``memory`` (bytes).
    """

    def __init__(self, processes: int, memory: int = MEMORY_BYTES) -> None:
        self.groups: list[Path] = []
        self.bounded: set[str] = set()
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return
        values = {"processes": str(processes), "memory": str(memory)}
        name = f"{PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        for parent, files in parents():
            bounded = set()
            with contextlib.suppress(OSError):
                (parent / name).mkdir()
                self.groups.append(parent / name)
                for file, what in files.items():
                    if (parent / name / file).exists():  # a controller may not be handed on to the group
                        (parent / name / file).write_text(values[what])
                        bounded.add(what)
            self.bounded |= bounded

    @property
    def command(self) -> list[str]:
        if not self.groups:
            return []
        script = 'until [ "$1" = -- ]; do echo $$ >"$1" || exit 70; shift; done; shift; exec "$@"'
        return ["sh", "-c", script, "limit", *(str(group / "cgroup.procs") for group in self.groups), "--"]

    def close(self) -> None:
        """Remove the groups; their processes have been killed and may take a moment to be gone."""
        for group in self.groups:
            remove(group)
        self.groups = []


def remove(group: Path, seconds: float = 60.0) -> None:
    """Kill what is in ``group`` and remove it; a group that keeps a process for longer than that stays."""
    end = time.monotonic() + seconds
    while True:
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            for number in _members(group):
                with contextlib.suppress(OSError):
                    os.kill(number, signal.SIGKILL)
        else:
            return
        if time.monotonic() > end:
            return
        time.sleep(0.01)


def _members(group: Path) -> list[int]:
    """The processes in ``group``; one of another process namespace is shown as 0, which kill(2) would misunderstand."""
    with contextlib.suppress(OSError, ValueError):
        return [n for n in map(int, (group / "cgroup.procs").read_text().split()) if n > 0]
    return []


def sweep(temporary: Path) -> None:
    """End and remove what killed runs left behind: their processes, their folders in ``temporary``, their groups."""
    for folder in temporary.glob(f"{PREFIX}*-*"):
        if _abandoned(folder):
            for sandbox in folder.glob("sandboxes/*"):
                strays.remove(sandbox)
            shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        for group in [found for parent, _ in parents() for found in parent.glob(f"{PREFIX}*-*")]:
            if _abandoned(group):
                remove(group)


def _abandoned(path: Path) -> bool:
    number = path.name.removeprefix(PREFIX).partition("-")[0]
    if not number.isdigit():
        return False
    try:
        if os.name == "nt":  # where os.kill would end the process that it asks for
            return time.time() - path.stat().st_mtime > ABANDONED_SECONDS
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False
