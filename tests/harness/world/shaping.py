"""A line as slow as one asks for: all connections of a sandbox share its rate, and each byte takes half a round trip.

It passes bytes on between a sandbox's socket and the server behind it. What it leaves out of a real line: slow start,
loss, name lookups (the sandbox's own forwarder answers those) and what other machines do on the same line.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 14  # bytes that pass the bottleneck at a time
FLYING = 512  # pieces on the way, in one direction of a connection; a client that is slower holds up the sender
AHEAD = 0.02  # seconds of traffic that may wait at the bottleneck: more than a timer is late, less than one would feel


@dataclass(frozen=True)
class Shape:
    """``round_trip`` in seconds; ``rate`` in bytes a second, in each direction by itself."""

    round_trip: float
    rate: float


class Bottleneck:
    """One direction of a line: what was handed to it leaves it in that order, at ``rate`` bytes a second."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._busy = 0.0

    def take(self, count: int, now: float) -> float:
        """When the last of ``count`` bytes handed over at ``now`` has left (seconds, on the clock of ``now``)."""
        self._busy = max(now, self._busy) + count / self.rate
        return self._busy


class Line:
    """The line of one sandbox, from the unix socket ``near``, where it listens, to the one at ``far``."""

    def __init__(self, shape: Shape, near: Path, far: Path) -> None:
        self.shape, self.near, self.far = shape, near, far
        self._up, self._down = Bottleneck(shape.rate), Bottleneck(shape.rate)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._meet, self.near)

    def close(self) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        self.near.unlink(missing_ok=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError), contextlib.closing(writer):
            await asyncio.sleep(self.shape.round_trip)  # TCP's handshake, which the sandbox had at once
            inner, outer = await asyncio.open_unix_connection(self.far)
            with contextlib.closing(outer):
                await asyncio.gather(self._pass(reader, outer, self._up), self._pass(inner, writer, self._down))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, way: Bottleneck) -> None:
        """Pass on what ``source`` says until its end, which arrives as late as the bytes before it."""
        clock = asyncio.get_running_loop().time
        flying: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(FLYING)
        landing = asyncio.create_task(self._land(flying, target))
        try:
            piece = b"?"
            while piece:
                piece = b""  # what a connection that breaks off says
                with contextlib.suppress(OSError):
                    piece = await source.read(PIECE)
                left = way.take(len(piece), clock())
                await flying.put((left + self.shape.round_trip / 2, piece))
                await asyncio.sleep(max(0.0, left - clock() - AHEAD))
            await landing
        finally:
            landing.cancel()

    @staticmethod
    async def _land(flying: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due, piece = await flying.get()
            await asyncio.sleep(max(0.0, due - clock()))
            with contextlib.suppress(OSError):  # nobody listens any more, and what is under way is lost
                if piece:
                    target.write(piece)
                    await target.drain()
                elif target.can_write_eof():
                    target.write_eof()
            if not piece:
                return
