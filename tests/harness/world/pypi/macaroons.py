"""PyPI's API tokens: macaroons of version 2 in base64, behind ``pypi-``.

A macaroon names its index and itself, carries restrictions ("caveats"), and ends with a chain of HMACs over all of
them. Everybody can read the restrictions; whoever has the token can add one, since the last link of the chain is the
key of the next; only the index, which has the first key, can check the chain.

Sources: https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt (the form), pymacaroons 0.13.0 (the keys),
https://github.com/pypi/warehouse at 6b62157, warehouse/macaroons/caveats/_core.py (restrictions as JSON).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

PREFIX = "pypi-"
VERSION, END, LOCATION, IDENTIFIER, SIGNATURE = 2, 0, 1, 2, 6


@dataclass(frozen=True)
class Macaroon:
    """``location`` is the host of its index; ``caveats`` are JSON arrays, as text in bytes."""

    location: str
    identifier: str
    caveats: tuple[bytes, ...]
    signature: bytes

    @property
    def text(self) -> str:
        """The token as a user has it."""
        end, head = bytes([END]), [(LOCATION, self.location.encode()), (IDENTIFIER, self.identifier.encode())]
        body = bytes([VERSION]) + b"".join(_packet(*field) for field in head) + end
        body += b"".join(_packet(IDENTIFIER, caveat) + end for caveat in self.caveats) + end
        body += _packet(SIGNATURE, self.signature)
        return PREFIX + base64.urlsafe_b64encode(body).decode().rstrip("=")

    def restricted(self, caveat: Sequence[Any]) -> Macaroon:
        """The same with one restriction more: a number, which says what it is, and its values."""
        text = json.dumps(caveat, separators=(",", ":")).encode()
        return replace(self, caveats=(*self.caveats, text), signature=_link(self.signature, text))

    def signed(self, key: bytes) -> bool:
        """Whether the chain begins with ``key``."""
        signature = made(self.location, self.identifier, key).signature
        for caveat in self.caveats:
            signature = _link(signature, caveat)
        return hmac.compare_digest(signature, self.signature)


def made(location: str, identifier: str, key: bytes) -> Macaroon:
    """One without a restriction."""
    return Macaroon(location, identifier, (), _link(_link(b"macaroons-key-generator", key), identifier.encode()))


def read(text: str) -> Macaroon:
    """The macaroon of a token; raises ValueError for a text that is none."""
    body = text.removeprefix(PREFIX)
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("no base64") from None
    if body == text or data[:1] != bytes([VERSION]):
        raise ValueError(f"neither {PREFIX} nor a version {VERSION} at its start")
    head, data = _section(data[1:])
    caveats = []
    while (found := _section(data))[0]:
        caveats.append(found[0].get(IDENTIFIER, b""))
        data = found[1]
    kind, signature, rest = _field(found[1])
    if kind != SIGNATURE or rest or len(head) != 2:
        raise ValueError("not the fields of a macaroon")
    return Macaroon(head[LOCATION].decode(), head[IDENTIFIER].decode(), tuple(caveats), signature)


def _link(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def _packet(kind: int, data: bytes) -> bytes:
    size, length = len(data), b""
    while size > 0x7F:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return bytes([kind]) + length + bytes([size]) + data


def _section(data: bytes) -> tuple[dict[int, bytes], bytes]:
    """The fields up to the next end of a section, and what follows."""
    found: dict[int, bytes] = {}
    while True:
        kind, value, data = _field(data)
        if kind == END:
            return found, data
        if kind in found or kind not in (LOCATION, IDENTIFIER):
            raise ValueError(f"a field {kind} that PyPI's tokens don't have here")
        found[kind] = value


def _field(data: bytes) -> tuple[int, bytes, bytes]:
    """Kind and value of the first field, and what follows."""
    if not data:
        raise ValueError("cut off")
    kind, data = data[0], data[1:]
    if kind == END:
        return kind, b"", data
    size, shift = 0, 0
    while True:
        if not data:
            raise ValueError("cut off")
        byte, data = data[0], data[1:]
        size, shift = size | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            break
    if len(data) < size:
        raise ValueError("cut off")
    return kind, data[:size], data[size:]
