"""The harness's side of the world: the gateway, a link for each sandbox, and what was refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.problem import Problem
from harness.world.ports import Ports, Target
from harness.world.process import PACKAGE, GatewayProcess

if TYPE_CHECKING:
    from harness.world.shaping import Shape  # with it comes asyncio, which the gateway alone uses

LONGEST = 100  # bytes of a unix socket's path; the systems' limits are 108 (Linux) and 104 (macOS)
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
    """The gateway as a context manager; links may be opened from several threads.

    ``cache`` keeps what is recorded of PyPI; the world shows what was uploaded before 00:00 UTC of ``date``.
    With ``offline`` the network is never touched, and what isn't recorded becomes a refusal.
    ``run`` is a private folder with a short path, for sockets. ``registry`` is the way to PyPI as the user's pip knows
    it (harness.machine.pip_config), PyPI itself where it is empty. ``options`` are more of the gateway's arguments.
    Raises Problem where that way can't be used, and where the gateway doesn't start or has died.
    """

    kind = GatewayProcess

    def __init__(
        self,
        cache: Path,
        date: dt.date,
        offline: bool,
        run: Path,
        registry: Mapping[str, str],
        options: Sequence[str] = (),
    ) -> None:
        self.cache, self.date, self.offline, self.run, self.registry = cache, date, offline, run, registry
        self.options = options
        self.certificate = run / "ca.pem"
        self.hosts: tuple[str, ...] = ()
        self._numbers = itertools.count(1)
        self._gateway: GatewayProcess | None = None

    def __enter__(self) -> World:
        self.run.mkdir(parents=True, exist_ok=True)
        if len(os.fsencode(self.run.absolute() / "9999.sock.plain")) > LONGEST:
            raise Problem(str(self.run), "a path too long for sockets", f"at most {LONGEST - 10} bytes", "set TMPDIR")
        arguments = ["--cache", str(self.cache), "--date", str(self.date), "--run", str(self.run)]
        arguments += [*(["--offline"] if self.offline else []), *self.options]
        self._gateway = self.kind(arguments, self.run / "gateway.log", self.registry)
        self.hosts = self._gateway.hosts
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the gateway and remove its sockets."""
        gateway, self._gateway = self._gateway, None
        if gateway is None:
            return
        gateway.close()
        for left in [*self.run.glob("*.sock*"), *self.run.glob("*.port")]:
            left.unlink(missing_ok=True)

    def open(self, name: str, shape: Shape | None = None) -> Link:
        """A sandbox's share of the world, with fresh state; ``name`` is for messages.

        Its line is as fast as this machine, or has the ``shape`` that is asked for.
        """
        number = str(next(self._numbers))
        more = {"round_trip": shape.round_trip, "rate": shape.rate} if shape else {}
        self.ask("open", number, **more)
        return Link(self, name, number)

    def peak(self) -> int:
        """The most resident bytes that the gateway has had."""
        return int(self.ask("memory")["peak"])

    def ask(self, verb: str, link: str = "", **more: str | float) -> dict[str, Any]:
        """Let the gateway do something; raises Problem with what it says where it can't."""
        return self._running.ask(verb, link, **more)

    @property
    def process(self) -> int:
        """The gateway's process id."""
        return self._running.number

    @property
    def _running(self) -> GatewayProcess:
        if self._gateway is None:
            raise Problem("the world", "its gateway isn't running", "World used as a context manager")
        return self._gateway


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
    def forwarding(self) -> list[str]:
        """The command that does the same at one more address of that network, which is to be its last argument."""
        more = self.world.run / f"{self.number}.more.port"
        return [*self.forwarder[:-1], str(more)]

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
        for host in dict.fromkeys(lines.splitlines()):
            if host in heard or host in self.world.hosts or host in OWN:
                continue
            found.append(Refusal(host, "name lookup", f"{host} isn't served in the guide's world"))
        return found

    def close(self) -> None:
        """Forget the sandbox: its ports, its uploads, its sockets, its log."""
        self.ports.close()
        with contextlib.suppress(Problem):
            self.world.ask("close", self.number)
        self.names.unlink(missing_ok=True)
        for control in self.world.run.glob(f"{self.number}.*port"):
            control.unlink(missing_ok=True)
