"""The harness's side of the world: starts the gateway, opens a link for each sandbox, hears what was refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from harness.machine import pip_config
from harness.problem import Problem
from harness.world.ports import Ports, Target

PACKAGE = Path(__file__).resolve().parent
LONGEST = 100  # bytes of a unix socket's path; the systems' limits are 108 (Linux) and 104 (macOS)
GRACE = 10  # seconds that the gateway gets to close its links before it is killed
PATIENCE = 60  # seconds that it gets to start or to answer; both take well under one on an idle machine
THRIFTY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "262144"}  # glibc gives back what a long run used once
OWN = {"localhost", "ip6-localhost", "", socket.gethostname().lower()}


@dataclass(frozen=True)
class Refusal:
    """Something that a sandbox asked for and the world doesn't serve.

    ``what`` is the request as far as it is known (``GET https://…``, ``name lookup``); ``why`` is for the reader.
    """

    host: str
    what: str
    why: str


class World:
    """The gateway's process, as a context manager; links may be opened from several threads.

    ``cache`` keeps what is recorded of PyPI; the world shows what was uploaded before 00:00 UTC of ``date``.
    With ``offline`` the network is never touched, and what isn't recorded becomes a refusal.
    ``run`` is a private folder with a short path, for sockets. ``registry`` is the way to PyPI as the user's pip knows
    it (harness.machine.pip_config), PyPI itself where it is empty.
    Raises Problem where that way can't be used, and where the gateway doesn't start or has died.
    """

    def __init__(self, cache: Path, date: dt.date, offline: bool, run: Path, registry: Mapping[str, str]) -> None:
        self.cache, self.date, self.offline, self.run, self.registry = cache, date, offline, run, registry
        self.certificate = run / "ca.pem"
        self.hosts: tuple[str, ...] = ()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> World:
        self.run.mkdir(parents=True, exist_ok=True)
        if len(os.fsencode(self.run.absolute() / "9999.sock")) > LONGEST:
            raise Problem(str(self.run), "a path too long for sockets", f"at most {LONGEST - 10} bytes", "set TMPDIR")
        command = [sys.executable, "-m", "harness.world.gateway", "--cache", str(self.cache), "--date", str(self.date)]
        command += ["--run", str(self.run)]
        environment = pip_config.for_pip(self.registry, os.environ) | THRIFTY
        environment |= {"PYTHONPATH": str(PACKAGE.parent.parent), "PYTHONUNBUFFERED": "1"}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command + (["--offline"] if self.offline else []),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        # Reading a pipe has no time limit of its own; taking from a queue has.
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=_pass_on, args=(self._process.stdout, self._said), daemon=True)
        self._reader.start()
        try:
            self.hosts = tuple(self._hear()["hosts"])
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the gateway and remove its sockets."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join()
        process.stdout.close()
        for left in [*self.run.glob("*.sock"), *self.run.glob("*.port")]:
            left.unlink(missing_ok=True)

    def open(self, name: str) -> Link:
        """A sandbox's share of the world, with fresh state; ``name`` is for messages."""
        number = str(next(self._numbers))
        self.ask("open", number)
        return Link(self, name, number)

    def peak(self) -> int:
        """The most resident bytes that the gateway has had."""
        return int(self.ask("memory")["peak"])

    def ask(self, verb: str, link: str = "", **more: str) -> dict[str, Any]:
        """Let the gateway do something; raises Problem with what it says where it can't."""
        with self._lock:
            if self._process is None or self._process.stdin is None:
                raise Problem("the world", "its gateway isn't running", "World used as a context manager")
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps({"do": verb, "link": link, **more}) + "\n")
                self._process.stdin.flush()
            return self._hear()

    @property
    def process(self) -> int:
        """The gateway's process id."""
        if self._process is None:
            raise Problem("the world", "its gateway isn't running", "World used as a context manager")
        return self._process.pid

    @property
    def _log(self) -> Path:
        return self.run / "gateway.log"

    def _hear(self) -> dict[str, Any]:
        assert self._process is not None
        found = "its gateway has died"
        try:
            line = self._said.get(timeout=PATIENCE)
        except queue.Empty:
            self._process.kill()
            line, found = "", f"its gateway said nothing for {PATIENCE} s"
        if not line:
            self._said.put("")  # the next one that asks doesn't wait either
            last = self._log.read_text(errors="replace").strip().splitlines()[-8:]
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


@dataclass
class Link:
    """One sandbox's way into the world.

    ``socket`` is where the gateway answers it with TLS; ``names`` is the file for the forwarder's log of names;
    ``control`` is where the forwarder opens further ports.
    """

    world: World
    name: str
    number: str
    _read: int = 0
    ports: Ports = field(default_factory=Ports)

    def __post_init__(self) -> None:
        self.names.touch()

    @property
    def socket(self) -> Path:
        return self.world.run / f"{self.number}.sock"

    @property
    def names(self) -> Path:
        return self.world.run / f"{self.number}.names"

    @property
    def forwarder(self) -> list[str]:
        """The command to start inside the sandbox's network; it needs no environment and prints ``ready``."""
        code = str(PACKAGE / "forwarder.py")
        return [sys.executable, "-I", "-S", code, str(self.socket), str(self.names), str(self.control)]

    @property
    def control(self) -> Path:
        return self.world.run / f"{self.number}.port"

    def publish(self, port: int, target: Target) -> None:
        """Let the page's ``localhost:port`` lead to ``target``, now and from the page's start on (:class:`.Ports`)."""
        self.ports.publish(port, target)

    def started(self, own_network: bool) -> None:
        """The sandbox has started: what was published is opened, in its network or on the machine's loopback."""
        self.ports.open(self.control if own_network else None)

    def proxy(self) -> str:
        """The address for HTTPS_PROXY and HTTP_PROXY, where a sandbox can't have its own network."""
        return f"http://127.0.0.1:{self.world.ask('proxy', self.number)['port']}"

    def day(self, day: dt.date) -> None:
        """From the next request on the sandbox sees PyPI as of 00:00 UTC of ``day``, and its own uploads as before.

        Without a call that is the world's date. A sandbox whose day is to change later has to be given its first day
        before its first request: only then are clients kept from reusing pages that they fetched minutes ago.
        Raises Problem for a day after the world's date.
        """
        if day > self.world.date:
            raise Problem(self.name, f"PyPI as of {day}", f"a day up to the world's date, {self.world.date}")
        self.world.ask("day", self.number, day=day.isoformat())

    def doubt(self) -> None:
        """Have PyPI asked again, in the next run with the network, for the index pages that this sandbox was shown.

        For a sandbox whose page is red: a false answer of the index may be why, and would be repeated for ever.
        """
        self.world.ask("doubt", self.number)

    def refusals(self) -> list[Refusal]:
        """What was refused since the last call; names that were looked up and aren't served count as well."""
        found = [Refusal(*entry) for entry in self.world.ask("refusals", self.number)["refusals"]]
        heard = {refusal.host for refusal in found}
        with self.names.open(encoding="utf-8", errors="replace") as log:
            log.seek(self._read)
            lines = log.read()
            self._read = log.tell()
        for line in dict.fromkeys(lines.splitlines()):
            if line.startswith("http://"):
                host = line.split("/")[2]
                found.append(Refusal(host, f"GET {line}", f"plain HTTP to {host} isn't served in the guide's world"))
                heard.add(host)
        for host in dict.fromkeys(lines.splitlines()):
            if host.startswith("http://") or host in heard or host in self.world.hosts or host in OWN:
                continue
            found.append(Refusal(host, "name lookup", f"{host} isn't served in the guide's world"))
        return found

    def close(self) -> None:
        """Forget the sandbox: its ports, its uploads, its sockets, its log."""
        self.ports.close()
        with contextlib.suppress(Problem):
            self.world.ask("close", self.number)
        self.names.unlink(missing_ok=True)
        self.control.unlink(missing_ok=True)
