"""One bash for a page: what a reader's terminal is.

Commands go in on file descriptor 3, statuses come out on 4, output through a pipe; standard input is empty.
So a command can't swallow the next one, and a background process can't keep a command from ending.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.sandbox.loop import LOOP

if sys.platform != "win32":  # where pages have a PowerShell
    import fcntl

KILL = 9
PATIENCE = 15  # seconds for what was killed to be gone
OUTPUT_LIMIT = 10_000_000  # bytes that one command may print
FORGED = "something wrote to the pipe on which the page's shell tells the harness the status of each command\n"
Ended = Literal["", "exit", "timeout", "output", "forged"]


@dataclass
class Result:
    """What a command did: its exit status, everything it printed, its wall time in seconds.

    ``ended`` says why the shell is gone: ``exit`` (the command ended it), ``timeout``, ``output`` (too much),
    ``forged`` (something of the page's wrote a status into the harness' pipe), or "".
    ``message`` is what came on descriptor 5 (commands of the harness), or what a command of the page hides (LOOP).
    """

    status: int
    output: str
    seconds: float
    ended: Ended = ""
    message: str = ""


def _high(fd: int) -> int:
    """``fd`` under a number that is none of those which the loop uses; the old one is closed."""
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64)
    os.close(fd)
    return high


class Shell:
    """A bash behind ``wrap`` (the sandbox's command line, to which ``bash …`` is appended).

    ``ending`` is the signal that makes ``wrap`` end with all below it.
    """

    def __init__(
        self,
        wrap: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        ending: int = KILL,
    ) -> None:
        self._ending = ending
        command_read, self._commands = os.pipe()
        self._statuses, status_write = os.pipe()
        memory_read, memory_write = os.pipe()
        self._output, output_write = os.pipe()
        given = [_high(fd) for fd in (command_read, status_write, memory_write, memory_read)]
        inside = "".join(f"exec {fd}<&{high} {high}<&-; " for fd, high in zip(range(60, 64), given, strict=True))
        try:
            self.process = subprocess.Popen(
                [*wrap, "bash", "--norc", "--noprofile", "-c", inside + LOOP, "bash"],
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                env=env,
                cwd=cwd,
                pass_fds=given,
                start_new_session=True,
            )
        except OSError:
            for fd in (self._commands, self._statuses, self._output):
                os.close(fd)
            raise
        finally:
            for fd in (*given, output_write):
                os.close(fd)
        for fd in (self._commands, self._statuses, self._output):
            os.set_blocking(fd, False)
        self.ended: Ended = ""
        self._closed = False

    def run(self, text: str, mode: Literal["c", "s", "x"] = "c", timeout: float = 120.0) -> Result:
        """Run ``text``; after ``timeout`` seconds or OUTPUT_LIMIT bytes everything in the shell is killed."""
        return self._exchange([mode, text], timeout)

    def write(self, path: str, content: str, timeout: float = 120.0) -> Result:
        """Write ``content`` to ``path`` with the rights, limits and links of the page's own shell."""
        return self._exchange(["w", path, content], timeout)

    def _exchange(self, parts: list[str], timeout: float) -> Result:
        started = time.monotonic()
        if self.ended:
            return Result(-1, "", 0.0, self.ended)
        if any("\0" in part for part in parts):
            return Result(1, "a NUL byte in a command or file\n", 0.0)
        serial = secrets.token_hex(4)
        parts[0] += serial
        payload = "".join(part + "\0" for part in parts).encode()
        output, answer = bytearray(), bytearray()
        if self._receive(self._statuses, answer):  # nobody has asked anything yet
            self._kill("forged")
            return Result(self._wait(), FORGED, 0.0, self.ended)
        payload = self._send(payload)
        poll, into = select.poll(), {self._statuses: answer, self._output: output}
        for fd in into:
            poll.register(fd, select.POLLIN)
        if payload:
            poll.register(self._commands, select.POLLOUT)
        while answer.count(b"\0") < 2 and not self.ended:
            left = timeout - (time.monotonic() - started)
            events = poll.poll(max(0.0, left) * 1000)
            if not events:
                self._kill("timeout")
            for fd, _ in events:
                if fd == self._commands:
                    payload = self._send(payload)
                    if not payload:
                        poll.unregister(fd)
                elif not self._receive(fd, into[fd]):
                    poll.unregister(fd)
                    if fd == self._statuses:
                        self.ended = "exit"
            if len(output) > OUTPUT_LIMIT:
                self._kill("output")
        while self._receive(self._output, output) and len(output) <= OUTPUT_LIMIT:
            pass  # what the command printed before its status is in the pipe already
        message, _, status = bytes(answer).partition(b"\0")
        seconds = time.monotonic() - started
        text = bytes(output[:OUTPUT_LIMIT]).decode("utf-8", "replace")
        code, _, repeated = status[:-1].partition(b" ")
        if not self.ended and (not code.isdigit() or repeated != serial.encode()):
            self._kill("forged")
            text += FORGED
        if self.ended:
            return Result(self._wait(), text, seconds, self.ended, message.decode("utf-8", "replace"))
        return Result(int(code), text, seconds, "", message.decode("utf-8", "replace"))

    def _send(self, payload: bytes) -> bytes:
        try:
            return payload[os.write(self._commands, payload[:65536]) :]
        except BlockingIOError:
            return payload
        except BrokenPipeError:
            return b""

    @staticmethod
    def _receive(fd: int, into: bytearray) -> bool:
        """Read once; False at the end of the pipe, and where nothing is there."""
        try:
            data = os.read(fd, 262144)
        except BlockingIOError:
            return False
        into += data
        return bool(data)

    def _kill(self, why: Ended) -> None:
        self.ended = why
        self.kill()

    def kill(self) -> None:
        """End everything that the shell started (its process group; its process namespace where it has one)."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, self._ending)

    def _wait(self) -> int:
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._ending = KILL
            self.kill()
            status = self.process.wait()
        return status if status >= 0 else 128 - status

    def close(self) -> None:
        """End the shell and all it started; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        os.close(self._commands)
        self.kill()
        self._wait()
        os.close(self._statuses)
        os.close(self._output)
