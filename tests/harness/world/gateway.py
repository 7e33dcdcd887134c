"""The gateway's process: ``python -m harness.world.gateway --cache FOLDER --date DAY --run FOLDER``.

The way to PyPI comes in the environment, in pip's own variables (PIP_INDEX_URL, …), since it may hold a password.
It reads one JSON object a line on its standard input and answers each with one on its standard output:
``{"do": "open", "link": NAME}`` (with ``"round_trip": 0.04, "rate": 6250000.0`` for a slow line), ``close``, ``proxy``,
``refusals``, ``day`` (which takes ``"day": "2026-11-01"`` too), ``doubt`` and ``memory``.
It ends when that input ends, which it does however its parent dies; it listens on unix sockets below the run's folder,
one a sandbox, and (only for ``proxy``) on a loopback port. The end of the input is what all systems have; Linux's
parent-death signal isn't used, since it comes when the starting *thread* ends.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

# Packages that httpx imports where they are installed and that nothing here uses: they take half as long as all others.
# The browser's client brings trio, and pygments is the site's.
for unused in ("trio", "pygments.lexers"):
    sys.modules.setdefault(unused, None)  # type: ignore[arg-type]

import uvicorn  # noqa: E402

from harness.machine import pip_config  # noqa: E402
from harness.problem import Problem  # noqa: E402
from harness.world.certificates import Authority  # noqa: E402
from harness.world.forwarder import PLAIN  # noqa: E402
from harness.world.hosts import pypi  # noqa: E402
from harness.world.hosts.table import application, shares  # noqa: E402
from harness.world.link import REMEMBERED, Common, Link  # noqa: E402
from harness.world.memory import peak  # noqa: E402
from harness.world.proxy import Proxy  # noqa: E402
from harness.world.shaping import Line, Shape  # noqa: E402
from harness.world.status import install  # noqa: E402

Verb = Callable[..., Awaitable[dict[str, Any]]]

WATCHING = 1  # seconds between two looks whether the parent is there
CLOSING = 1  # seconds that open connections get when their sandbox is closed


class Server(uvicorn.Server):
    """One sandbox's server; the process's signals aren't its business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Gateway:
    """All links of one run."""

    def __init__(self, common: Common, run: Path, loopback: bool) -> None:
        self.common, self.run, self.loopback = common, run, loopback
        self.authority = Authority()
        self.authority.write(run / "ca.pem")
        self.context = self.authority.context()
        self.ending: set[asyncio.Task[None]] = set()
        self.links: dict[str, tuple[Link, Server, asyncio.Task[None]]] = {}
        self.proxies: dict[str, Proxy] = {}
        self.lines: dict[str, Line] = {}
        self.plain: dict[str, asyncio.Server] = {}

    async def open(self, name: str, round_trip: float = 0.0, rate: float = 0.0) -> dict[str, Any]:
        """Start serving a sandbox of its own; its socket is ``name``.sock below the run's folder.

        With a ``rate`` its line has that shape (:class:`.Shape`).
        """
        if rate and self.loopback:
            raise Problem("the world", "a shaped line on a system without unix sockets", "Linux or macOS")
        link = Link(self.run / name, self.common)
        path = self.run / f"{name}{'.far' if rate else ''}.sock"
        config = uvicorn.Config(
            application(link),
            uds=None if self.loopback else str(path),
            port=0,
            ssl_context_factory=lambda _config, _default: self.context,
            lifespan="off",
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=CLOSING,
        )
        server = Server(config)
        if not self.loopback:
            self.plain[name] = await self._plain(link, server, self.run / f"{name}.sock{PLAIN}")
        task = asyncio.create_task(server.serve())
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.005)
        if rate:
            self.lines[name] = Line(Shape(round_trip, rate), self.run / f"{name}.sock", path)
            await self.lines[name].start()
        self.links[name] = link, server, task
        return {}

    async def _plain(self, link: Link, server: Server, path: Path) -> asyncio.Server:
        """Listen without TLS as well, for the hosts that speak plain HTTP; it ends with ``server``."""
        config = uvicorn.Config(application(link, plain=True), ws="none", access_log=False, server_header=False)
        config.load()
        return await asyncio.get_running_loop().create_unix_server(
            lambda: config.http_protocol_class(config=config, server_state=server.server_state, app_state={}),  # type: ignore[call-arg]
            path,
        )

    async def close(self, name: str) -> dict[str, Any]:
        """Stop serving the sandbox and forget what it did."""
        link, server, task = self.links.pop(name)
        proxy = self.proxies.pop(name, None)
        if proxy:
            proxy.close()
        line = self.lines.pop(name, None)
        if line:
            line.close()
        if plain := self.plain.pop(name, None):
            plain.close()
        for path in self.run.glob(f"{name}.*sock*"):
            path.unlink(missing_ok=True)
        ending = asyncio.create_task(self._end(link, server, task))
        self.ending.add(ending)
        ending.add_done_callback(self.ending.discard)
        return {}

    async def _end(self, link: Link, server: Server, task: asyncio.Task[None]) -> None:
        server.should_exit = True
        await task
        shutil.rmtree(link.folder, ignore_errors=True)

    async def proxy(self, name: str) -> dict[str, Any]:
        """A loopback port through which clients outside a network namespace reach the sandbox's world."""
        if name not in self.proxies:
            link, server, _ = self.links[name]
            line = self.lines.get(name)
            address = str(line.near) if line else server.servers[0].sockets[0].getsockname()
            self.proxies[name] = Proxy(link, address)
            await self.proxies[name].start()
        return {"port": self.proxies[name].port}

    async def refusals(self, name: str) -> dict[str, Any]:
        return {"refusals": self.links[name][0].drain()}

    async def day(self, name: str, day: str) -> dict[str, Any]:
        """Let the sandbox see PyPI as of ``day`` (ISO 8601) from its next request on."""
        self.links[name][0].move(dt.date.fromisoformat(day))
        return {}

    async def doubt(self, name: str) -> dict[str, Any]:
        """The sandbox's page is red."""
        pypi.doubt(self.links[name][0])
        return {}

    async def memory(self, _: str) -> dict[str, Any]:
        return {"peak": peak()}

    async def answer(self, line: str) -> dict[str, Any]:
        """Do what one line of the standard input says."""
        request = json.loads(line)
        verbs: tuple[Verb, ...] = (self.open, self.close, self.proxy, self.refusals, self.day, self.doubt, self.memory)
        try:
            verb = {verb.__name__: verb for verb in verbs}[request.pop("do")]
            return await verb(request.pop("link", ""), **request)
        except Exception as error:
            return _failure(error)

    async def serve(self) -> None:
        """Answer the standard input until it ends, then leave nothing behind."""
        lines: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            # A thread, since Windows can't wait for a pipe and for sockets in one place.
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

        threading.Thread(target=read, daemon=True).start()
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(signal.SIGTERM, lines.put_nowait, "")
        watch = asyncio.create_task(self._watch(lines))
        try:
            _say({"hosts": list(shares(Link(self.run, self.common)))})
        except Exception as error:
            _say(_failure(error))
        while line := await lines.get():
            _say(await self.answer(line))
        watch.cancel()
        for name in list(self.links):
            await self.close(name)
            shutil.rmtree(self.run / name, ignore_errors=True)  # what still runs is cancelled with the loop

    @staticmethod
    async def _watch(lines: asyncio.Queue[str]) -> None:
        """End with the parent also where somebody else still holds the other end of the standard input."""
        parent = os.getppid()
        while os.getppid() == parent:
            await asyncio.sleep(WATCHING)
        lines.put_nowait("")


def _failure(error: Exception) -> dict[str, Any]:
    if isinstance(error, Problem):
        return {"problem": [error.where, error.found, error.expected, error.todo]}
    return {"error": f"{type(error).__name__}: {error}"}


def _say(answer: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(answer), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Answer for every host of the guide's world.")
    parser.add_argument("--cache", type=Path, required=True, help="what was recorded of PyPI")
    parser.add_argument("--date", type=dt.date.fromisoformat, required=True, help="the world's date")
    parser.add_argument("--run", type=Path, required=True, help="a private folder for this run's sockets")
    parser.add_argument("--offline", action="store_true", help="never touch the network")
    parser.add_argument("--remember", type=int, default=REMEMBERED, help="files of PyPI's projects to keep in memory")
    parser.add_argument("--archive", type=Path, help="what is kept of Debian's package archive")
    parser.add_argument(
        "--loopback",
        action="store_true",
        default=not hasattr(socket, "AF_UNIX"),
        help="loopback ports in place of unix sockets, for systems without",
    )
    given = parser.parse_args()
    install()

    async def run() -> None:
        registry = pip_config.inherited(os.environ)
        common = Common(given.cache, given.date, registry, given.offline, given.remember, given.archive)
        await Gateway(common, given.run, given.loopback).serve()

    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        runner.run(run())
    os._exit(0)  # all is closed; to take every module apart would cost a fifth of the start


if __name__ == "__main__":
    main()
