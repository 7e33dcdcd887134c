"""Statuses with a reason of their own, as PyPI puts what is wrong with an upload into the answer's first line.

HTTP/1.1 lets a server write any words there (RFC 9112, section 4), and Twine, Poetry and Hatch print them; uvicorn has
no way to write others than the usual.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http import httptools_impl


class Status(int):
    """A status number with ``reason``; None for the usual words."""

    reason: str | None = None

    @classmethod
    def because(cls, number: int, reason: str) -> Status:
        """Characters that the line can't hold become question marks, as on PyPI (warehouse/forklift/utils.py)."""
        status = cls(number)
        status.reason = " ".join(reason.encode("iso-8859-1", "replace").decode("iso-8859-1").split())
        return status


class Lines(dict[int, bytes]):
    """uvicorn's status lines, and those of statuses with a reason."""

    def __getitem__(self, number: int) -> bytes:
        reason: Any = getattr(number, "reason", None)
        return f"HTTP/1.1 {number:d} {reason}\r\n".encode("iso-8859-1") if reason else super().__getitem__(number)


def install() -> None:
    """Let uvicorn write the reasons, in this process."""
    if not isinstance(httptools_impl.STATUS_LINE, Lines):
        httptools_impl.STATUS_LINE = Lines(httptools_impl.STATUS_LINE)
