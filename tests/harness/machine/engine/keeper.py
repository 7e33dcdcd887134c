"""One engine, kept by root: ``python -m harness.machine.engine.keeper``.

The first line of its standard input is a :class:`.Plan`. It prints ``ready`` once the engine answers, and ends the
engine with that input: whoever started it can't leave one behind by dying.

This process holds what is on the machine: control groups and folder. Mounts, addresses, rules and processes are made
by a second one (:mod:`.inside`), the first process of the engine's own namespaces, so that they go when it goes.
Neither process outlives the other: unshare(1) kills the second with itself, and the first waits for it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from harness.machine.engine import groups, home
from harness.machine.engine.plan import Plan

ENDING = 20  # seconds for an engine to end in order
GLANCE = 0.1


def command(name: str, plan: Plan, mount: int | None) -> list[str]:
    unshare = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"]
    enter = ["nsenter", f"--net=/proc/{plan.network}/ns/net"] if plan.network else []
    inside = [sys.executable, "-S", "-m", "harness.machine.engine.inside", name]
    return [*enter, *unshare, *inside, *([] if mount is None else [str(mount)])]


def main() -> int:
    line = sys.stdin.readline()
    plan = Plan.read(line)
    os.umask(0o022)
    groups.sweep()
    name, folder, inner = f"{groups.NAME}{os.getpid()}", Path(plan.folder), None
    try:
        joined = groups.bound(name, plan)

        def join() -> None:
            for file in joined:
                file.write_text(str(os.getpid()))

        mount = home.taken(home.dweller(plan.network), plan.home) if plan.home else None
        inner = subprocess.Popen(
            command(name, plan, mount),
            stdin=subprocess.PIPE,
            text=True,
            preexec_fn=join,
            pass_fds=() if mount is None else (mount,),
        )
        assert inner.stdin
        inner.stdin.write(line)
        inner.stdin.flush()
        ended = threading.Thread(target=sys.stdin.read, daemon=True)
        ended.start()
        while ended.is_alive() and inner.poll() is None:
            ended.join(GLANCE)
        if (status := inner.poll()) is not None:
            return status or 1  # it died
        inner.stdin.close()
        groups.thaw(name)
        with contextlib.suppress(subprocess.TimeoutExpired):
            inner.wait(ENDING)
        return 0
    finally:
        if inner:
            inner.kill()
            groups.thaw(name)
            inner.wait()
        groups.release(name)
        for part in ("exec", "run"):
            shutil.rmtree(folder / part, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
