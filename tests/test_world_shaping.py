"""A shaped line: how late bytes arrive, how many pass in a second, and that they arrive whole."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from harness.world.shaping import Bottleneck, Line, Shape
from pip._internal.models.index import PyPI
from world_support import Index, client, served, world

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs unix sockets")

Made = TypeVar("Made")


def through(shape: Shape, folder: Path, use: Callable[[Path], Awaitable[Made]]) -> Made:
    """What ``use`` makes of the near end of a line to a server that sends back what each connection says."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()

    async def run() -> Made:
        async with await asyncio.start_unix_server(answer, folder / "far"):
            line = Line(shape, folder / "near", folder / "far")
            await line.start()
            try:
                return await use(line.near)
            finally:
                line.close()

    return asyncio.run(run())


async def exchange(near: Path, said: bytes) -> tuple[bytes, float]:
    """What comes back of ``said``, and after how many seconds its last byte did."""
    started = time.monotonic()
    reader, writer = await asyncio.open_unix_connection(near)
    writer.write(said)
    writer.write_eof()
    heard = await reader.read(-1)
    writer.close()
    return heard, time.monotonic() - started


def test_a_connection_and_a_question_take_two_round_trips(tmp_path: Path) -> None:
    heard, seconds = through(Shape(0.1, 1e9), tmp_path, lambda near: exchange(near, b"six"))
    assert heard == b"six"
    assert seconds >= 0.2


def test_many_bytes_take_as_long_as_the_rate_says_and_arrive_whole(tmp_path: Path) -> None:
    said = bytes(range(256)) * 4000
    heard, seconds = through(Shape(0.0, 4e6), tmp_path, lambda near: exchange(near, said))
    assert heard == said
    assert seconds >= len(said) / 4e6


def test_connections_share_the_rate(tmp_path: Path) -> None:
    said = b"x" * 500_000

    async def both(near: Path) -> float:
        started = time.monotonic()
        await asyncio.gather(exchange(near, said), exchange(near, said))
        return time.monotonic() - started

    assert through(Shape(0.0, 4e6), tmp_path, both) >= 2 * len(said) / 4e6


def test_a_client_that_leaves_early_does_not_hold_up_the_next(tmp_path: Path) -> None:
    async def leave(near: Path) -> bytes:
        _, writer = await asyncio.open_unix_connection(near)
        writer.write(b"x" * 100_000)
        writer.close()
        return (await exchange(near, b"six"))[0]

    assert through(Shape(0.01, 1e7), tmp_path, leave) == b"six"


def test_what_is_handed_over_leaves_one_after_the_other() -> None:
    way = Bottleneck(1000)
    assert way.take(100, now=5.0) == pytest.approx(5.1)
    assert way.take(100, now=5.0) == pytest.approx(5.2)
    assert way.take(100, now=9.0) == pytest.approx(9.1)


def test_a_sandbox_has_a_shaped_line_and_the_next_one_has_not(tmp_path: Path) -> None:
    with served(Index()) as index:
        index.add("six", "1.0")
        with world(tmp_path, index.address) as running:
            shaped, plain = running.open("shaped", Shape(0.5, 1e9)), running.open("plain")
            seconds = []
            for link in (plain, shaped):
                with client(link) as web:
                    web.get(f"https://{PyPI.netloc}/simple/six/")  # recorded by now
                    started = time.monotonic()
                    assert web.get(f"https://{PyPI.netloc}/simple/six/").status_code == 200
                    seconds.append(time.monotonic() - started)
            for link in (shaped, plain):
                link.close()
            assert list((running.run).glob("*.sock")) == []
    assert seconds[1] >= 0.5
