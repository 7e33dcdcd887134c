"""The rules for what differs from run to run: each settles its own part of a line and nothing else."""

from __future__ import annotations

import pytest
from harness.compare.volatile import RULES, settled

DIFFERENT = {
    # rule: pairs of lines that differ in its part alone
    "timestamp": [
        ("at 2026-11-22T15:00:00Z done", "at 2025-01-02 03:04 done"),
        ("2026-11-22 15:00:00,123 INFO", "2026-11-23 16:01:01,456 INFO"),
        ("2026-11-22T15:00:00+02:00", "2026-11-22T15:00:00.5-0100"),
    ],
    "clock": [
        ("[15:00:00] start", "[03:04:05.678] start"),
        ("Runtime 0:00:01, done", "Runtime 0:00:12, done"),
    ],
    "duration": [
        ("Installed 7 packages in 5ms", "Installed 7 packages in 1.25s"),
        ("3 passed in 0.41s", "3 passed in 12.3s"),
        ("took 2 seconds.", "took 0.5 seconds."),
        ("Resolved in 410µs", "Resolved in 1ns"),
    ],
    "minutes": [("finished in 1m 2s", "finished in 12m 40.1s"), ("finished in 1m 2s", "finished in 5ms")],
    "size": [
        ("Downloading six.whl (11 kB)", "Downloading six.whl (1.2 MB)"),
        ("3 KiB/s", "12.5 MiB/s"),
        ("1024 bytes left", "7 B left"),
    ],
    "temporary path": [
        ("in /tmp/pip-abc/x_1.log", "in /tmp/tmp1.d/other"),
        ("'/var/folders/ab/cd/T/x'", "'/tmp/x'"),
    ],
    "hash": [("sha256:" + "0" * 64, "sha256:" + "ab12" * 16), ("d41d8cd98f00b204e9800998ecf8427e.", "0" * 32 + ".")],
    "address": [("<object at 0x7f0012345678>", "<object at 0x55aa00>")],
    "process": [("Started server process [123]", "Started server process [4567]"), ("pid 12", "pid 3456")],
    "patch release": [("Python 3.13.0", "Python 3.13.11"), ("Using CPython 3.13.0rc1", "Using CPython 3.13.2")],
    "interpreter name": [("cpython-3.13.0-linux-x86_64-gnu", "cpython-3.13.7-macos-aarch64-none")],
}
SAME = [
    # lines that must not be taken for the same
    ("Installed 7 packages in 5ms", "Installed 8 packages in 5ms"),
    ("Python 3.13.0", "Python 3.12.0"),
    ("httpx==0.28.1", "httpx==0.28.2"),
    ("cpython-3.13.0-linux", "cpython-3.12.0-linux"),
    ("released 2026-11-20", "released 2026-11-21"),
    ("/tmp/a: no such file", "/home/user/a: no such file"),
    ("process 12 started", "process 13 stopped"),
    ("sha256:" + "0" * 64, "sha256:" + "0" * 20),
    ("sha256:" + "0" * 64, "sha512:" + "0" * 64),
    ("version 1.2s", "version 1.3s-1"),
    ("3 passed in 0.1s", "3 failed in 0.1s"),
    ("a-5s", "a-6s"),
    ("exit 1", "exit 2"),
    ("port 8000", "port 8001"),
    ("Downloading six (11 kB)", "Downloading idna (11 kB)"),
    ("in 5ms", "in 5 minutes"),
    ("py3-none-any", "py2.py3-none-any"),
    ("0x1", "0x2"),
]


def test_every_rule_has_its_cases() -> None:
    assert DIFFERENT.keys() == RULES.keys()


@pytest.mark.parametrize(
    ("rule", "one", "other"), [(rule, *pair) for rule, pairs in DIFFERENT.items() for pair in pairs]
)
def test_a_rule_settles_what_differs(rule: str, one: str, other: str) -> None:
    assert one != other
    assert settled(one) == settled(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_readers_rely_on_is_not_settled(one: str, other: str) -> None:
    assert settled(one) != settled(other)


@pytest.mark.parametrize("line", [pair[0] for pairs in DIFFERENT.values() for pair in pairs])
def test_no_rule_hides_the_rest_of_its_line(line: str) -> None:
    assert settled(f"one {line} two") == f"one {settled(line)} two"
    assert settled(f"one {line} two") != settled(f"one {line} three")


@pytest.mark.parametrize("line", [line for pairs in DIFFERENT.values() for pair in pairs for line in pair])
def test_a_settled_line_stays_settled(line: str) -> None:
    assert settled(settled(line)) == settled(line)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_names_what_it_took_out(rule: str) -> None:
    one = DIFFERENT[rule][0][0]

    assert "<" in settled(one)
    assert settled(one) != one
