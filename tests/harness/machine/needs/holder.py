"""Holding a need for one sandbox, in a process of its own: ``python -m harness.machine.needs.holder``.

The process is given the pickled need and a folder on the first line of its standard input. It says one JSON object a
line: ``{"gift": …}`` once the need is there, ``{"publish": [port, target]}`` for each further port, which is answered
by a line (``""``, or why not). A line ``{"inside": …}`` tells it that the sandbox has started, and ``{"joined": null}``
is its answer. Its input ends when the sandbox does, and when the harness dies, however it dies:
either way it takes away what the need gave. That is why the need isn't held by the harness itself.
"""

from __future__ import annotations

import _thread
import base64
import contextlib
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from harness.machine.needs.need import Gift, Inside, Need, Room, Target
from harness.problem import Problem

STARTING = 300  # seconds that a need gets to be there: a container engine or a browser may be slow to start
ENDING = 60  # seconds that it gets to take away what it gave


def nothing(_: Inside) -> None:
    """A need that does nothing once the sandbox has started."""


@dataclass(frozen=True)
class Held:
    """A need that is there: its ``gift``, and ``join`` for when the sandbox has started."""

    name: str
    gift: Gift
    join: Callable[[Inside], None] = nothing


@contextlib.contextmanager
def held(name: str, need: Need, folder: Path, publish: Callable[[int, Target], None]) -> Iterator[Held]:
    """``need`` for the sandbox that ``publish`` opens ports for; below ``folder`` it may leave any file.

    Raises Problem where the need can't be provided, can't join the sandbox or can't be taken away.
    """
    if type(need).provide is Need.provide:
        yield Held(name, Gift())  # it is there or not, and gives nothing
        return
    given = base64.b64encode(pickle.dumps(need)).decode()
    with tempfile.TemporaryDirectory(dir=folder, prefix="need-", ignore_cleanup_errors=True) as own:
        with Path(own, "holder.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "harness.machine.needs.holder"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,  # an interrupt at the terminal is for the harness, which ends this in order
            )
        said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        listener = threading.Thread(target=_listen, args=(process, said, publish), daemon=True)
        listener.start()

        def broken(what: str) -> Problem:
            last = Path(own, "holder.log").read_text(errors="replace").strip()[-1500:]
            return Problem(f"needs: {name}", what, need.words, f"its last words: {last}" if last else "")

        def answer(failure: str) -> list[Any]:
            try:
                found = said.get(timeout=STARTING)
            except queue.Empty:
                raise broken(f"it was not there after {STARTING} s") from None
            if found is None:
                said.put(None)  # whoever asks next doesn't wait either
                raise broken(failure)
            return list(found)

        def join(inside: Inside) -> None:
            _tell(process, json.dumps({"inside": asdict(inside)}, default=str))
            answer("it can't join the sandbox")

        try:
            _tell(process, json.dumps([given, own]))
            mounts, variables, ports, programs, home = answer("it can't be provided")
            gift = Gift(
                tuple((Path(source), target) for source, target in mounts),
                variables,
                {int(port): target for port, target in ports.items()},
                tuple(programs),
                home,
            )
            yield Held(name, gift, nothing if type(need).join is Need.join else join)
        finally:
            assert process.stdin and process.stdout
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                status = process.wait(ENDING)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(OSError):
                    process.kill()
                status = process.wait()
            listener.join()
            process.stdout.close()
            failed = broken(f"what it gave can't be taken away (status {status})") if status else None
            unwinding = sys.exc_info()[0] is not None
        if failed and not unwinding:
            raise failed


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin
    with contextlib.suppress(OSError, ValueError):  # it has died, or is being ended: the next read says so
        process.stdin.write(line + "\n")
        process.stdin.flush()


def _listen(process: subprocess.Popen[str], said: queue.SimpleQueue[Any], publish: Callable[..., None]) -> None:
    """Pass the gift on, open the ports that follow it; None where the process ends."""
    assert process.stdout
    for line in process.stdout:
        message = json.loads(line)
        if "publish" not in message:
            said.put(message.get("gift", []))
            continue
        try:
            publish(*message["publish"])
        except Problem as problem:
            _tell(process, json.dumps(str(problem)))
        else:
            _tell(process, json.dumps(""))
    said.put(None)


class Holder:
    """The process' own side."""

    def __init__(self, lines: IO[str]) -> None:
        self.lines = lines
        self.answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.started: queue.SimpleQueue[Inside | None] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.providing, self.ended = True, False

    def publish(self, port: int, target: Target) -> None:
        with self.lock:  # one question at a time
            print(json.dumps({"publish": [port, target]}), flush=True)
            problem = self.answers.get()
        if problem:
            raise Problem(f"port {port}", problem, "a port that is free in the sandbox")

    def read(self) -> None:
        for line in self.lines:
            message = json.loads(line)
            if isinstance(message, str):
                self.answers.put(message)
                continue
            self.providing = True
            process, certificate, etc, way = message["inside"].values()
            self.started.put(Inside(process, Path(certificate), Path(etc), tuple(way)))
        self.end()

    def end(self) -> None:
        self.answers.put("the sandbox has ended")
        self.ended = True
        if self.providing:  # it waits for something that nobody will use: let it go, and take away what it has
            if hasattr(signal, "pthread_kill"):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            else:
                _thread.interrupt_main()
        self.started.put(None)

    def hold(self, need: Need, folder: Path) -> None:
        room = Room(folder, self.publish)
        with need.provide(room) as gift:
            self.providing = False
            mounts = [(str(source), target) for source, target in gift.mounts]
            self.say(gift=[mounts, dict(gift.variables), dict(gift.ports), gift.programs, dict(gift.home)])
            inside = self.started.get()
            if inside is None:
                return
            with need.join(room, inside):
                self.providing = False
                self.say(joined=None)
                self.started.get()

    def say(self, **message: Any) -> None:
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(message), flush=True)


def interrupted(*_: object) -> None:
    """Take away what there is, once, undisturbed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    given, folder = json.loads(sys.stdin.readline())
    holder = Holder(sys.stdin)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    threading.Thread(target=holder.read, daemon=True).start()
    try:
        holder.hold(pickle.loads(base64.b64decode(given)), Path(folder))
    except KeyboardInterrupt:
        return 0 if holder.ended else 1
    except BaseException as error:
        traceback.print_exception(error)
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # a need's own threads don't keep it
