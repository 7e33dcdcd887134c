"""The rules for what differs from run to run: each settles its own part of a line and nothing else."""

from __future__ import annotations

import pytest
from harness.compare.transcript import compare, updated
from harness.compare.volatile import RELEASES, RULES, releases, renamed, settled

DIFFERENT = {
    # rule: pairs of lines that differ in its part alone
    "duration": [
        ("Installed 7 packages in 5ms", "Installed 7 packages in 1.25s"),
        ("Resolved in 410µs", "Resolved in 1ns"),
        ("Resolved 31 packages in 1m 2s", "Resolved 31 packages in 5ms"),
        ("3 passed in 0.41s", "3 passed in 12.3s"),
        ("=== 1 failed, 17 passed in 0.41s ===", "=== 1 failed, 17 passed in 81.30s (0:01:21) ==="),
        ("no tests ran in 0.41s", "no tests ran in 12.3s"),
        ("Ran 1 test in 0.000s", "Ran 1 test in 0.012s"),
        ("created virtual environment 1.2 in 1743ms", "created virtual environment 1.2 in 85ms"),
    ],
    "elapsed": [("  0:00:11 🎉 All complete! 31/31", "  0:01:02 🎉 All complete! 31/31")],
}
SAME = [
    # lines that must not be taken for the same
    ("Installed 7 packages in 5ms", "Installed 8 packages in 5ms"),
    ("Installed 7 packages in 5ms", "Installed 7 packages in 5 minutes"),
    ("3 passed in 0.1s", "3 failed in 0.1s"),
    ("0:00:11 🎉 All complete! 31/31", "0:00:11 🎉 All complete! 30/31"),
    ("1:30:00", "1:30:01"),
    ("timeout is 15 seconds", "timeout is 120 seconds"),
    ("retry in 15s", "retry in 120s"),
    ("finished at 12:00:00", "finished at 23:59:59"),
    ("Limit: 100 MB", "Limit: 10 MB"),
    ("Locally built wheels size: 0 bytes", "Locally built wheels size: 900 GB"),
    ("Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)", "Downloading six-1.17.0-py2.py3-none-any.whl (99 MB)"),
    ("upload-time = 2026-09-17T14:11:04Z", "upload-time = 1999-01-01T00:00:00Z"),
    ("released 2026-11-20", "released 2026-11-21"),
    ("six==1.17.0 --hash=sha256:" + "4721" * 16, "six==1.17.0 --hash=sha256:" + "e" * 64),
    ("        Got        " + "946d" * 16, "        Got        " + "0123" * 16),
    ("0" * 64 + "  1.txt", "c84d" * 16 + "  1.txt"),
    ("wrote /tmp/my-project/app", "wrote /tmp/another"),
    ("<object at 0x7f0012345678>", "<object at 0xdeadbeef>"),
    ("Started server process [369]", "Started server process [1]"),
    ("listening on port 8000", "listening on port 8001"),
    ("httpx==0.28.1", "httpx==0.28.2"),
    ("Python 3.12.1", "Python 3.12.9"),
    ("Using CPython 3.13.0", "Using CPython 3.13.7"),
    ("cpython-3.13.0-linux-x86_64-gnu", "cpython-3.13.7-macos-aarch64-none"),
]


def test_every_rule_has_its_cases() -> None:
    assert DIFFERENT.keys() == RULES.keys()


@pytest.mark.parametrize(
    ("rule", "one", "other"), [(rule, *pair) for rule, pairs in DIFFERENT.items() for pair in pairs]
)
def test_a_rule_settles_what_differs(rule: str, one: str, other: str) -> None:
    assert one != other
    assert settled(one) == settled(other)
    assert f"<{rule}>" in settled(one)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_readers_rely_on_is_not_settled(one: str, other: str) -> None:
    assert settled(one) != settled(other)
    assert compare([one], [other]).difference
    assert updated([one], [other]) == [other]


@pytest.mark.parametrize("pair", [pair for pairs in DIFFERENT.values() for pair in pairs])
def test_no_rule_hides_the_rest_of_its_line(pair: tuple[str, str]) -> None:
    line, other = pair
    assert settled(f"{line} two") == f"{settled(line)} two" == settled(f"{other} two")
    assert settled(f"{line} two") != settled(f"{line} three")


@pytest.mark.parametrize("line", [line for pairs in DIFFERENT.values() for pair in pairs for line in pair])
def test_a_settled_line_stays_settled(line: str) -> None:
    assert settled(settled(line)) == settled(line)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Python 3.12.9", "Python 3.12.1"),
        ("Using CPython 3.12.9 interpreter at: /opt", "Using CPython 3.12.1 interpreter at: /opt"),
        ("environment CPython3.12.9.final.0-64", "environment CPython3.12.1.final.0-64"),
        ("Python 3.15.0rc1 and Python 3.12.9", "Python 3.15.2 and Python 3.12.1"),
        # none of the sandbox's, so they are what a page says
        ("Python 3.12.4", "Python 3.12.4"),
        ("Python 3.12.99", "Python 3.12.99"),
        ("Python 3.12.9.1", "Python 3.12.9.1"),
        ("pip 3.12.9", "pip 3.12.9"),
    ],
)
def test_the_machines_own_pythons_have_the_releases_that_pages_show(printed: str, shown: str) -> None:
    assert renamed(printed, releases(["3.12.9", "3.15.0rc1", "3.13.0"])) == shown


def test_a_release_that_pages_show_stays_as_it_is() -> None:
    for release in RELEASES.values():
        assert renamed(f"Python {release}", releases(RELEASES.values())) == f"Python {release}"


def test_a_python_that_no_page_knows_is_shown_as_it_is() -> None:
    assert renamed("Python 3.20.4", releases(["3.20.4"])) == "Python 3.20.4"
