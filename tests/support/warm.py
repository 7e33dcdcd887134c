"""Processes that begin with everything imported and every Python found: runs of pytest, and gateways.

A run in a fresh process spends more on imports than on a page, and a gateway more than on its sandboxes. So one
process, forked from by multiprocessing's fork server, has done that once; what runs in a fork of it is a process of its
own in every other respect.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from harness.world.process import GatewayProcess
from harness.world.world import World

# Windows has no fork: there a run is a fresh process after all
FORKS = "forkserver" in mp.get_all_start_methods()
CONTEXT: Any = mp.get_context("forkserver" if FORKS else "spawn")
CONTEXT.set_forkserver_preload(["warmed"])


def run(arguments: Sequence[str], folder: Path, env: Mapping[str, str], timeout: float) -> tuple[int, int, str]:
    """Run pytest with ``arguments``, in ``folder`` and with ``env`` alone as its environment.

    Returns the process' number, its exit status and its output.

    Raises TimeoutError, with what was printed so far, when it doesn't end within ``timeout`` seconds.
    """
    with tempfile.NamedTemporaryFile() as output:
        process = start(arguments, folder, env, output.name)
        process.join(timeout)
        printed = Path(output.name).read_text(encoding="utf-8", errors="replace")
        if process.is_alive():
            process.kill()
            process.join()
            raise TimeoutError(f"pytest did not end within {timeout:.0f} s:\n{printed}")
        return process.pid, int(process.exitcode or 0), printed


def start(arguments: Sequence[str], folder: Path, env: Mapping[str, str], output: str = os.devnull) -> Any:
    """The process (multiprocessing.Process) of pytest with ``arguments``, which prints to the file ``output``."""
    process = CONTEXT.Process(target=within, args=(list(arguments), str(folder), dict(env), output))
    process.start()
    return process


def within(arguments: list[str], folder: str, env: dict[str, str], output: str) -> None:
    """What the forked process does; it ends as pytest does."""
    import warmed

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a CI's background job has it ignored
    file = os.open(output, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(file, descriptor)
    os.close(file)
    os.chdir(folder)
    warmed.change(env)
    sys.exit(warmed.main(arguments))


class WarmGateway(GatewayProcess):
    """A gateway that is a fork of the warm process."""

    def _start(self, arguments: Sequence[str], environment: dict[str, str], log: IO[str]) -> subprocess.Popen[str]:
        if not FORKS:
            return super()._start(arguments, environment, log)
        return Forked(list(arguments), environment, log)  # type: ignore[return-value]


class Warm(World):
    """A world with such a gateway. Tests of how a gateway starts take a World itself."""

    kind = WarmGateway


class Forked:
    """As much of a subprocess.Popen as GatewayProcess uses."""

    def __init__(self, arguments: list[str], env: dict[str, str], log: IO[str]) -> None:
        reads, asks = os.pipe()
        answers, says = os.pipe()
        with Connection(reads, writable=False) as here, Connection(says, readable=False) as there:
            self._process = CONTEXT.Process(target=gateway, args=(arguments, env, here, there, log.name))
            self._process.start()
        self.stdin = os.fdopen(asks, "w", encoding="utf-8")
        self.stdout = os.fdopen(answers, encoding="utf-8")
        self.pid: int = self._process.pid

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("the gateway", timeout or 0)
        return int(self._process.exitcode)

    def kill(self) -> None:
        self._process.kill()


def gateway(arguments: list[str], env: dict[str, str], reads: Connection, says: Connection, log: str) -> None:
    """What a forked gateway does."""
    import warmed
    from harness.world import gateway

    os.setsid()
    errors = os.open(log, os.O_WRONLY | os.O_APPEND)
    for descriptor, file in enumerate((reads.fileno(), says.fileno(), errors)):
        os.dup2(file, descriptor)
    for end in (reads, says):
        end.close()
    os.close(errors)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    warmed.change(env)
    sys.argv[1:] = arguments
    gateway.main()
