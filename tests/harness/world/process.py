"""The gateway's process: started, asked one question at a time, ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from harness.machine import pip_config
from harness.problem import Problem

PACKAGE = Path(__file__).resolve().parent
GRACE = 10  # seconds that the gateway gets to close its links before it is killed
PATIENCE = 60  # seconds that it gets to start or to answer; both take well under one on an idle machine
THRIFTY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "262144"}  # glibc gives back what a long run used once


class GatewayProcess:
    """The process that answers for every host; it can be asked from several threads.

    ``arguments`` are those of harness.world.gateway; what it says on its standard error goes to ``log``. ``registry``
    is the way to PyPI as the user's pip knows it (harness.machine.pip_config).
    Raises Problem where it doesn't start, has died or says nothing; with ``problem`` in an answer, what that says.
    """

    def __init__(self, arguments: Sequence[str], log: Path, registry: Mapping[str, str]) -> None:
        self.log = log
        self._lock = threading.Lock()
        environment = pip_config.for_pip(registry, os.environ) | THRIFTY
        environment |= {"PYTHONPATH": str(PACKAGE.parent.parent), "PYTHONUNBUFFERED": "1"}
        with log.open("w") as file:
            self._process = self._start(arguments, environment, file)
        assert self._process.stdout is not None
        # Reading a pipe has no time limit of its own; taking from a queue has.
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=_pass_on, args=(self._process.stdout, self._said), daemon=True)
        self._reader.start()
        try:
            self.hosts: tuple[str, ...] = tuple(self._hear()["hosts"])
        except BaseException:
            self.close()
            raise

    def _start(self, arguments: Sequence[str], environment: dict[str, str], log: IO[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "harness.world.gateway", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
            start_new_session=True,
        )

    @property
    def number(self) -> int:
        """Its process id."""
        return self._process.pid

    def ask(self, verb: str, link: str = "", **more: str | float) -> dict[str, Any]:
        """Let the gateway do something; what it answers."""
        assert self._process.stdin is not None
        with self._lock:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps({"do": verb, "link": link, **more}) + "\n")
                self._process.stdin.flush()
            return self._hear()

    def close(self) -> None:
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join()
        process.stdout.close()

    def _hear(self) -> dict[str, Any]:
        found = "its gateway has died"
        try:
            line = self._said.get(timeout=PATIENCE)
        except queue.Empty:
            self._process.kill()
            line, found = "", f"its gateway said nothing for {PATIENCE} s"
        if not line:
            self._said.put("")  # the next one that asks doesn't wait either
            last = self.log.read_text(errors="replace").strip().splitlines()[-8:]
            raise Problem("the world", found, "a running gateway", "its last words: " + "\n".join(last))
        answer: dict[str, Any] = json.loads(line)
        if "problem" in answer:
            raise Problem(*answer["problem"])
        if "error" in answer:
            raise Problem("the world", answer["error"], "an answer of the gateway")
        return answer


def _pass_on(lines: IO[str], said: queue.SimpleQueue[str]) -> None:
    """Put each line into the queue, and an empty one when there are no more."""
    for line in lines:
        said.put(line)
    said.put("")
