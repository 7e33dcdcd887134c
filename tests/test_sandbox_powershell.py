"""The harness' half of its conversation with PowerShell: what is sent, what is read, how it ends.

Windows' own half runs on Windows alone; here a program answers in its place, in the form that LOOP has.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.sandbox.powershell import PowerShell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a stand-in for PowerShell, which is here itself")

# takes a line of base64, runs it, and says the mark with the status
ANSWERS = """\
import base64, pathlib, re, subprocess, sys
mark = re.search(r'WriteLine\\("(\\w+) ', pathlib.Path(sys.argv[-1]).read_text()).group(1)
for line in sys.stdin:
    text = base64.b64decode(line).decode()
    if text == "exit 3":
        sys.exit(3)
    done = subprocess.run(["sh", "-c", text], stdin=subprocess.DEVNULL)
    sys.stdout.write(f"{mark} {done.returncode}\\r\\n")
    sys.stdout.flush()
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PowerShell]:
    commands = tmp_path / "bin"
    commands.mkdir()
    (tmp_path / "answers.py").write_text(ANSWERS)
    (commands / "powershell").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/answers.py" "$@"\n')
    (commands / "taskkill").write_text('#!/bin/sh\npkill -9 -P "$4"; exec kill -9 "$4"\n')
    for program in commands.iterdir():
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    made = PowerShell(dict(os.environ), str(tmp_path), tmp_path)
    yield made
    made.close()


def test_a_command_has_its_output_and_its_status(shell: PowerShell) -> None:
    done = shell.run("printf 'one\\r\\ntwo\\n'; echo ü >&2; exit 4")
    assert (done.status, done.output, done.ended) == (4, "one\ntwo\nü\n", "")
    assert shell.run("true").status == 0


def test_text_that_looks_like_the_mark_of_another_session_is_output(shell: PowerShell) -> None:
    assert shell.run("echo MARK 7").output == "MARK 7\n"


def test_the_harness_own_commands_do_nothing(shell: PowerShell) -> None:
    assert shell.run("exit 5", "x").status == 0


def test_an_exit_ends_the_page_and_is_said_again(shell: PowerShell) -> None:
    done = shell.run("exit 3")
    assert (done.status, done.ended) == (3, "exit")
    assert shell.run("true").ended == "exit"


def test_a_command_that_does_not_end_is_killed(shell: PowerShell) -> None:
    assert shell.run("exec sleep 600", timeout=0.5).ended == "timeout"
    assert shell.process.poll() is not None


def test_too_much_output_is_stopped(shell: PowerShell) -> None:
    assert shell.run(f"exec yes {'y' * 1000}").ended == "output"


def test_a_file_is_written_below_new_folders_or_says_why_not(shell: PowerShell, tmp_path: Path) -> None:
    assert shell.write(str(tmp_path / "a" / "b.txt"), "ü\n").status == 0
    assert (tmp_path / "a" / "b.txt").read_text(encoding="utf-8") == "ü\n"
    wrong = shell.write(str(tmp_path / "a" / "b.txt" / "c"), "")
    assert wrong.status == 1 and "b.txt" in wrong.output
