"""Parts of an output that differ from run to run, each by a named rule.

A rule replaces a token by its name inside a line; no rule hides a whole line.
Both sides of a comparison pass through the same rules.
"""

from __future__ import annotations

import re

RULES: dict[str, tuple[re.Pattern[str], str]] = {
    # name: (what it finds, what stands in its place)
    "timestamp": (
        re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?(?!\w)"),
        "<timestamp>",
    ),
    "clock": (re.compile(r"\b\d{1,2}:\d\d:\d\d([.,]\d+)?\b"), "<clock>"),
    "duration": (re.compile(r"(?<![\w.-])\d+(\.\d+)?[ ]?(ns|µs|us|ms|s|secs?|seconds?)(?![\w/-])"), "<duration>"),
    "minutes": (re.compile(r"(?<![\w.-])\d+m <duration>"), "<duration>"),
    "size": (re.compile(r"(?<![\w.-])\d+(\.\d+)?[ ]?(B|bytes|kB|KB|MB|GB|KiB|MiB|GiB)(/s)?(?![\w-])"), "<size>"),
    "temporary path": (re.compile(r"/(tmp|var/folders)/[\w.+=@~/-]*[\w~-]"), "<temporary path>"),
    "hash": (re.compile(r"(?<![0-9a-z])[0-9a-f]{32,128}(?![0-9a-z])"), "<hash>"),
    "address": (re.compile(r"\b0x[0-9a-f]{6,16}\b"), "<address>"),
    "process": (re.compile(r"\b(process|pid|PID) (\[?)\d+(\]?)"), r"\1 \2<process>\3"),
    "patch release": (re.compile(r"\b(C?Python:?[ -]*)(3\.\d+)\.\d+(rc\d+|a\d+|b\d+)?\b"), r"\1\2.<patch release>"),
    "interpreter name": (re.compile(r"\b(cpython-3\.\d+)\.\d+(-\w+)*"), r"\1.<patch release>"),
}


def settled(line: str) -> str:
    """``line`` with every volatile part replaced by its rule's name, trailing white space dropped."""
    for pattern, name in RULES.values():
        line = pattern.sub(name, line)
    return line.rstrip()
