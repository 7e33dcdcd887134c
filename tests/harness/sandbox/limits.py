"""A limit on the number of processes where the sandbox's own (RLIMIT_NPROC) doesn't bind: for root.

The kernel exempts root from RLIMIT_NPROC, also inside a user namespace (setrlimit(2)); a pids control group doesn't.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from pathlib import Path

UNIFIED = Path("/sys/fs/cgroup")
PIDS = Path("/sys/fs/cgroup/pids")
PREFIX = "guide-"  # with the run's process number behind it: what a killed run left can be told from what is in use


class ProcessLimit:
    """A pids control group of its own for one sandbox; ``command`` puts what it starts into it.

    Where the machine grants none (no cgroup file system, a container without delegation) ``group`` is None
    and ``command`` is empty: the time limit remains.
    """

    def __init__(self, processes: int) -> None:
        self.group: Path | None = None
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return
        for parent in (PIDS, UNIFIED):
            group = parent / f"{PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"
            try:
                if not (parent / "cgroup.procs").exists():
                    continue
                group.mkdir()
                (group / "pids.max").write_text(str(processes))
            except OSError:
                with contextlib.suppress(OSError):
                    group.rmdir()
                continue
            self.group = group
            return

    @property
    def command(self) -> list[str]:
        if self.group is None:
            return []
        return ["sh", "-c", 'echo $$ >"$1" && shift && exec "$@"', "limit", str(self.group / "cgroup.procs")]

    def close(self) -> None:
        """Remove the group; its processes have been killed and may take a moment to be gone."""
        if self.group is None:
            return
        for _ in range(200):
            try:
                self.group.rmdir()
            except FileNotFoundError:
                break
            except OSError:
                time.sleep(0.01)
            else:
                break
        self.group = None


def sweep(temporary: Path) -> None:
    """Remove what killed runs left behind: their folders in ``temporary`` and their control groups."""
    for folder in temporary.glob(f"{PREFIX}*-*"):
        if _abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    for group in (found for parent in (PIDS, UNIFIED) if parent.is_dir() for found in parent.glob(f"{PREFIX}*-*")):
        if _abandoned(group):
            with contextlib.suppress(OSError):
                group.rmdir()


def _abandoned(path: Path) -> bool:
    number = path.name.removeprefix(PREFIX).partition("-")[0]
    if not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False
