"""Above a page's shell at level ``plain``: ``python supervisor.py HARNESS COMMAND…``, standard library only.

Runs COMMAND and ends with its status. When COMMAND ends, when SIGTERM says so, or when the process HARNESS is gone,
everything that COMMAND started is killed. On Linux that holds for what detached itself, too (``setsid``, a double
fork): as a subreaper (prctl(2)) this process stays above it. Elsewhere it holds for COMMAND's process group.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
import time

WATCHING = 1  # seconds between two looks whether the harness is there, where the kernel doesn't say so
ENDING = 10  # seconds that killed processes get to be gone
DESCRIPTORS = 4096  # past the highest that a harness hands on
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


def adopt() -> None:
    """Hear of the harness' death at once, and become the parent of what loses its own (Linux)."""
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None).prctl
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start(command: list[str]) -> int:
    """Run ``command`` in a session of its own, so that what it sends to its group never comes here."""
    if child := os.fork():
        return child
    os.setsid()
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores both
        signal.signal(number, signal.SIG_DFL)
    # The first terminal that a page opens becomes the session's own, whose end would end the page's shell (setsid(2)).
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)


def below(top: int) -> list[int]:
    """All descendants of the process ``top`` (Linux)."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
            parent = int(file.read().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    found, todo = [], [top]
    while todo:
        todo += (numbers := children.get(todo.pop(), []))
        found += numbers
    return found


def reap(shell: int) -> int | None:
    """Take leave of what ended, adopted processes among it; the status of ``shell`` if it did."""
    status = None
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == shell:
                status = os.waitstatus_to_exitcode(ended[1])
    return status


def end(shell: int) -> None:
    """Kill all that is below this process, again and again until nothing is left: some of it forks meanwhile."""
    limit = time.monotonic() + ENDING
    while time.monotonic() < limit:
        if sys.platform == "linux":
            left = below(os.getpid())
            for number in left:
                with contextlib.suppress(OSError):
                    os.kill(number, signal.SIGKILL)
        else:
            left = []
            with contextlib.suppress(OSError):
                os.killpg(shell, signal.SIGKILL)
                left = [shell]
        reap(shell)
        if not left:
            return
        time.sleep(0.005)


def main(harness: int, command: list[str]) -> int:
    told: list[int] = []
    heard, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: told.append(number))
    adopt()
    shell = start(command)
    for first, last in ((3, heard), (heard + 1, wake), (wake + 1, DESCRIPTORS)):
        os.closerange(first, last)  # the shell's pipes are the shell's alone: their end is how the harness sees its end
    status = None
    while status is None and not told and os.getppid() == harness:
        if select.select([heard], [], [], WATCHING)[0]:
            os.read(heard, 4096)
        status = reap(shell)
    end(shell)
    if status is None:
        return 128 + signal.SIGKILL
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
