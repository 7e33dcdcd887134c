"""A wheel's metadata without the wheel: its list of files and one of them, by range requests (RFC 9110, section 14).

Mirrors of PyPI often lack the metadata of large wheels (PEP 658). A resolver needs a few kilobytes of a file that may
have half a gigabyte, and that nobody installs.
"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import BinaryIO, cast

from harness.world.index.metadata import extract

Ask = Callable[[int, int], Awaitable[bytes | None]]
"""Asks for the bytes from one position up to before another; None where only the whole file is to be had."""

TAIL, BLOCK = 1 << 18, 1 << 16  # bytes: a wheel's list of files is at its end, most often with the metadata before it
REQUESTS = 8  # more than a well-formed wheel needs
WORTH = 4 << 20  # bytes of a wheel below which all of it is fetched: the digest of the page then holds


class _Lacking(Exception):
    """Bytes that haven't been asked for yet."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end


class _Parts(io.RawIOBase):
    """A file of ``size`` bytes of which some parts are here; raises _Lacking when others are read."""

    def __init__(self, size: int) -> None:
        self.size, self.place = size, 0
        self.parts: list[tuple[int, bytes]] = []

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        return self.place

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self.size, self.place + size)
        for start, body in self.parts:
            if start <= self.place and end <= start + len(body):
                found = body[self.place - start : end - start]
                self.place = end
                return found
        raise _Lacking(self.place, end)


async def metadata(ask: Ask, size: int, filename: str) -> bytes | None:
    """METADATA of the wheel of ``size`` bytes; None where it can't be had in parts. Raises NoMetadata for no wheel."""
    parts = _Parts(size)
    start, end = max(0, size - TAIL), size
    for _ in range(REQUESTS):
        body = await ask(start, end)
        if body is None or len(body) != end - start:
            return None
        parts.parts.append((start, body))
        parts.place = 0
        try:
            return extract(cast(BinaryIO, parts), filename)
        except _Lacking as lacking:
            start, end = lacking.start, min(size, max(lacking.end, lacking.start + BLOCK))
    return None
