"""The records of a zip file, which must tell the same whether read from its front or from its directory at the end.

PyPI refuses the others, since two installers could unpack different files from them. The words are those of
warehouse/utils/zipfiles.py in https://github.com/pypi/warehouse at 6b62157, the format is PKWARE's APPNOTE.TXT.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from typing import IO
from zipfile import ZipFile

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
END64, LOCATOR = b"PK\6\6", b"PK\6\7"
LARGE, UNICODE = 0x0001, 0x7075  # extra fields: sizes of 64 bits, and the name in UTF-8
FULL = 0xFFFFFFFF  # a size that is in the extra field instead


class Unclear(Exception):
    """The zip file could be read in two ways, or isn't one."""


def judge(archive: ZipFile) -> None:
    """Raises Unclear with PyPI's words."""
    sizes = {entry.orig_filename: (entry.compress_size, entry.file_size) for entry in archive.filelist}
    file = archive.fp
    assert file is not None
    file.seek(0)
    local: set[bytes] = set()
    central: set[bytes] = set()
    start, size, end64, located = None, 0, None, False
    while (signature := _read(file, 4)) != END:
        if signature == LOCAL:
            name = _local(file, sizes)
            _once(name, local, "Duplicate filename in local headers")
        elif signature == CENTRAL:
            start = file.tell() - 4 if start is None else start
            name, length = _central(file)
            size += length
            _once(name, central, "Duplicate filename in central directory")
            if name not in local:
                raise Unclear("Missing filename in local headers")
        elif signature == END64:
            end64 = _end64(file)
        elif signature == LOCATOR:
            _read(file, 16)
            located = True
        else:
            raise Unclear("Unknown record signature")
    if end64 and not located:
        raise Unclear("Malformed zip file")
    start = file.tell() - 4 if start is None else start
    here, records, length, offset, comment = struct.unpack("<4xHHLLH", _read(file, 18))
    if here != records:
        raise Unclear("Malformed zip file")
    file.seek(comment, os.SEEK_CUR)
    records, length, offset = end64 or (records, length, offset)
    for what, told, found in (("records", records, len(central)), ("offset", offset, start), ("size", length, size)):
        if told != found:
            raise Unclear(f"Mismatched central directory {what}")
    if file.tell() != file.seek(0, os.SEEK_END):
        raise Unclear("Trailing data")


def _read(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise Unclear("Malformed zip file")
    return data


def _once(name: bytes, seen: set[bytes], fault: str) -> None:
    if name in seen:
        raise Unclear(fault)
    seen.add(name)


def _printable(name: bytes) -> None:
    if re.search(rb"[\x00-\x1f\x7f]", name):
        raise Unclear("Invalid character in filename")


def _local(file: IO[bytes], sizes: dict[str, tuple[int, int]]) -> bytes:
    """Read a file's header, go to what follows its content, and return its name; ``sizes`` are the directory's."""
    flags, method, packed, unpacked, named, more = struct.unpack("<2xHH8xLLHH", _read(file, 26))
    name, extra = _read(file, named), _read(file, more)
    _printable(name)
    for kind, value in _extras(extra):
        if kind == LARGE:
            packed, unpacked = _large(value, method, packed, unpacked)
        elif kind == UNICODE:
            _printable(value[5:])
            _decoded(value[5:], "Filename not valid UTF-8")
    if flags & 0x08:
        raise Unclear("ZIP contains a data descriptor")
    known = sizes.get(_decoded(name, "Filename not unicode"))
    if known is None:
        raise Unclear("Filename not in central directory")
    for what, told, found in (("data", packed, known[0]), ("file", unpacked, known[1])):
        if told != found:
            raise Unclear(f"Mis-matched {what} size")
    file.seek(packed, os.SEEK_CUR)
    return name


def _decoded(name: bytes, fault: str) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise Unclear(fault) from None


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The extra fields of a header: the kind and the value of each."""
    seen = set()
    while extra:
        kind, length = struct.unpack("<HH", extra[:4]) if len(extra) >= 4 else (0, len(extra))
        if length + 4 > len(extra):
            raise Unclear("Malformed zip file")
        if kind in seen and kind in (LARGE, UNICODE):
            raise Unclear("Invalid duplicate extra in local file")
        seen.add(kind)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _large(value: bytes, method: int, packed: int, unpacked: int) -> tuple[int, int]:
    """The sizes of a file, packed and unpacked, with those of 64 bits in their place."""
    sizes = struct.unpack(f"<{len(value) // 8}Q", value[: len(value) // 8 * 8])
    if len(value) not in (0, 8, 16, 24, 28) or (not sizes and FULL in (packed, unpacked)):
        raise Unclear("Malformed zip file")
    if len(sizes) == 1 and method:
        raise Unclear("Malformed zip file")
    if sizes:
        packed, unpacked = sizes[:2][-1], sizes[0] if unpacked == FULL else unpacked
    return packed, unpacked


def _central(file: IO[bytes]) -> tuple[bytes, int]:
    """The name in a record of the directory, and the record's length in bytes."""
    named, more, comment = struct.unpack("<24xHHH12x", _read(file, 42))
    if comment:
        raise Unclear("Comment in central directory")
    name = _read(file, named)
    _read(file, more)
    _printable(name)
    return name, 46 + named + more


def _end64(file: IO[bytes]) -> tuple[int, int, int]:
    """The number of records in the directory, its length and its place, all of 64 bits."""
    length, here, records, size, offset = struct.unpack("<Q12xQQQQ", _read(file, 52))
    if here != records:
        raise Unclear("Malformed zip file")
    if length != 44:
        raise Unclear("ZIP64 extensible data not allowed")
    return records, size, offset
