"""A forward proxy on a loopback port, for platforms where a sandbox can't have a network of its own."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

from harness.world.link import Link

PIECE = 1 << 16  # bytes passed on at a time
HEAD = 1 << 16  # bytes that a request's head may have


class Proxy:
    """Joins CONNECT to any host's port 443 to the sandbox's socket, where TLS and the refusal of unknown hosts are."""

    def __init__(self, link: Link, address: str | tuple[str, int]) -> None:
        self.link, self.address = link, address
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError), contextlib.closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target = (head.decode("latin-1").split() + ["", ""])[:2]
            host, _, port = target.rpartition(":")
            if method != "CONNECT":
                host = urlsplit(target).hostname or ""
                await self._refuse(writer, host, f"{method} {target}", "plain HTTP isn't served")
            elif port != "443":
                await self._refuse(writer, host, f"CONNECT {target}", "only port 443 is served")
            else:
                inner, outer = await self._connect()
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                with contextlib.closing(outer):
                    await asyncio.gather(_pass(reader, outer), _pass(inner, writer))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.address, tuple):
            return await asyncio.open_connection(*self.address)
        return await asyncio.open_unix_connection(self.address)

    async def _refuse(self, writer: asyncio.StreamWriter, host: str, what: str, why: str) -> None:
        self.link.refuse(host, what, f"{host}: {why} in the guide's world")
        text = f"403 Forbidden: {host}: {why} in the guide's world\n".encode()
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        await writer.drain()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
