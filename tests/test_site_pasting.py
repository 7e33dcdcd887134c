"""What is copied from a block does at a reader's terminal what it did on the page: it is pasted into a real bash.

That the copy buttons take these commands is in ``test_site_copying.py``, and that copied diffs apply in
``test_site_blocks.py``.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.kinds.masks import HEREDOC
from harness.page.page import Page
from harness.page.prompts import QUOTED
from harness.project import Project
from patience import PATIENCE
from proof import contract

BASH = ("bash", "--norc", "--noprofile")
READY, MORE = "ready> ", "goes on> "  # the prompts of the reader's shell
END = "after the paste"
ODD = re.compile(r"[^\S\n ]|\\ +$|[\u00ad\u200b-\u200f\u2060\ufeff]", re.MULTILINE)

# Each shape of a command that pages have, as a page shows it: prompts, and below them what it prints.
SHAPES = {
    "one line": "$ echo one\none\n",
    "several commands": "$ echo one\none\n$ false\n[1]\n$ echo two\ntwo\n",
    "continued with a backslash": "$ echo one \\\n>   two \\\n>   three\none two three\n",
    "&& at the end of a line": "$ true &&\n>   echo both\nboth\n",
    "a pipe at the end of a line": "$ echo b a |\n>   tr ' ' '\\n' |\n>   sort\na\nb\n",
    "a here-document": "$ cat <<'END'\n> $HOME `x` \"one\" 'two' \\\n>\n>   indented, and so!\n> END\n"
    "$HOME `x` \"one\" 'two' \\\n\n  indented, and so!\n",
    "a here-document that the shell reads": "$ name=Ada\n$ cat <<END\n> Hello, $name!\n> END\nHello, Ada!\n",
    "two here-documents": "$ cat <<ONE; cat <<TWO\n> one\n> ONE\n> two\n> TWO\none\ntwo\n",
    "a here-document as the last line": "$ echo before\nbefore\n$ tr a-z A-Z <<END\n> after\n> END\nAFTER\n",
    "a function": '$ greet() {\n>   echo "Hello, $1!"\n> }\n$ greet Ada\nHello, Ada!\n',
    "a loop": "$ for name in one two; do\n>   echo $name\n> done\none\ntwo\n",
    "a subshell": "$ (\n>   cd /\n>   pwd\n> )\n/\n",
    "quotes over lines": '$ echo \'one\n>   "two"\n> three\'\none\n  "two"\nthree\n',
    "a program in quotes": "$ awk '\n>   BEGIN { print \"!\" }\n> '\n!\n",
    "an exclamation mark": "$ echo '!important' \"and so!\" a!=b\n!important and so! a!=b\n",
    "letters beyond ASCII": "$ echo 'Grüße → 日本 ✓'\nGrüße → 日本 ✓\n",
    "a backslash at the end of a quoted line": "$ echo 'one \\\n> two'\none \\\ntwo\n",
    "an output like a prompt": "$ echo '[...] make'\n[...] make\n",
}


def commands(shown: str) -> str:
    """What the copy button of a console block takes."""
    return "\n".join(contract.commands(shown)).rstrip()


def printed(shown: str) -> str:
    """What a console block shows below its commands."""
    lines = shown.splitlines(keepends=True)
    return "".join(
        line for line in lines if not contract.begins(line) and not contract.goes_on(line) and line != "[1]\n"
    )


class Terminal:
    """A bash at a terminal, whose commands print to the file ``out``."""

    def __init__(self, home: Path, bracketed: bool) -> None:
        (home / "inputrc").write_text(f"set enable-bracketed-paste {'on' if bracketed else 'off'}\n")
        self._bracketed, self.out, self.shown = bracketed, home / "out", ""
        self._master, slave = os.openpty()
        own = {"HOME": str(home), "INPUTRC": str(home / "inputrc"), "PS1": READY, "PS2": MORE, "TERM": "xterm"}
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **own}
        # a process that leads a session has the first terminal that it opens
        call = ["sh", "-c", 'tty=$1; shift; exec "$@" <"$tty" >"$tty" 2>&1', "sh", os.ttyname(slave), *BASH, "-i"]
        self._shell = subprocess.Popen(call, env=env, cwd=home, start_new_session=True)
        self._wait(lambda: self.shown.endswith(READY))
        os.close(slave)
        self.type(f"exec >{shlex.quote(str(self.out))}")
        self._wait(lambda: self.shown.count(READY) == 2)

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\r".encode())

    def paste(self, text: str) -> None:
        """As a terminal does it, and the reader's Enter."""
        keys = text.replace("\n", "\r")
        self.type(f"\x1b[200~{keys}\x1b[201~" if self._bracketed else keys)

    def end(self) -> None:
        """End the shell. One that still waits for the end of a command takes this for a part of it; Ctrl-D ends it."""
        self.type(f"echo {END}\rexit")
        with contextlib.suppress(OSError):  # it has ended
            os.write(self._master, b"\x04\x04")
        self._wait(lambda: self._shell.poll() is not None)
        os.close(self._master)

    def _wait(self, found: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not found():
            assert time.monotonic() < end, self.shown
            if select.select([self._master], [], [], 0.05)[0]:
                try:
                    self.shown += os.read(self._master, 65536).decode()
                except OSError:  # nobody has the other end
                    self._shell.wait(PATIENCE)


@pytest.mark.skipif(sys.platform != "linux", reason="no terminals as Linux has them")
@pytest.mark.parametrize("bracketed", [True, False], ids=["as one paste", "line by line"])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_pasted_does_what_the_page_shows(shape: str, bracketed: bool, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, bracketed)
    terminal.paste(commands(SHAPES[shape]))
    terminal.end()
    assert terminal.out.read_text() == f"{printed(SHAPES[shape])}{END}\n", terminal.shown
    assert "bash: " not in terminal.shown
    assert not bracketed or MORE not in terminal.shown


@pytest.fixture(scope="module")
def copied(project: Project, read: Callable[[str], Page]) -> dict[str, str]:
    """Place of each block of the guide that is pasted into bash -> what its copy button takes."""
    return {
        block.where: commands(block.text) if block.language == "console" else block.text.rstrip()
        for path in sorted(project.docs.rglob("*.md"))
        for block in read(path.relative_to(project.docs).as_posix()).blocks
        if block.language in ("console", "bash", "sh") and not block.title
    }


def unfinished(pasted: dict[str, str]) -> list[str]:
    """What bash says of the commands that it can't read to their end, or not as they are; none of them runs."""
    whole = {place: f"pasted() {{\n:\n{text}\n}}" for place, text in pasted.items()}
    calls = [f"echo {shlex.quote(place)} >&2; eval {shlex.quote(text)}" for place, text in whole.items()]
    done = subprocess.run([*BASH, "-s"], input="\n".join(calls), text=True, capture_output=True)
    lines = done.stderr.splitlines()
    return [f"{place}: {line}" for place, line in zip(lines, lines[1:], strict=False) if line not in pasted]


def recalled(pasted: dict[str, str]) -> list[str]:
    """What bash says where ``!`` in commands makes it look for an earlier one, which it does at a terminal."""
    calls = [f"echo {shlex.quote(place)} >&2\npasted() {{\n:\n{text}\n}}" for place, text in pasted.items()]
    text = "\n".join(["set -o history -o histexpand", *calls])
    done = subprocess.run([*BASH, "-s"], input=text, text=True, capture_output=True)
    lines = done.stderr.splitlines()
    return [f"{place}: {line}" for place, line in zip(lines, lines[1:], strict=False) if line not in pasted]


def test_no_paste_waits_for_more(copied: dict[str, str]) -> None:
    assert len(copied) > 2800
    assert unfinished(copied) == []


def test_no_paste_recalls_an_earlier_command(copied: dict[str, str]) -> None:
    assert recalled(copied) == []


@pytest.mark.parametrize(
    "text",
    ["cat <<END\none", "echo 'one", "(cd x", "echo one |", "echo one &&", "if true; then", "echo one \\", "f() {"],
)
def test_a_paste_that_waits_for_more_is_found(text: str) -> None:
    assert unfinished({"a.md:1": "echo one", "a.md:2": text, "a.md:3": "echo two"})


@pytest.mark.parametrize(
    ("text", "found"), [("echo !echo", True), ('echo "one!two"', True), ("echo '!one' a!=b", False)]
)
def test_a_paste_that_recalls_a_command_is_found(text: str, found: bool) -> None:
    assert bool(recalled({"a.md:1": "echo one", "a.md:2": text, "a.md:3": "echo two"})) == found


def test_no_paste_has_a_key_or_an_end_of_line_that_a_terminal_takes_for_another(copied: dict[str, str]) -> None:
    """A tab completes a name where a paste is typed line by line; a space behind a backslash ends the command; a space
    that doesn't break is a letter to a shell, as what nobody sees is."""
    assert {place for place, text in copied.items() if ODD.search(text)} == set()


@pytest.mark.parametrize(
    "text", ["a\tb", "a \\ \nb", "uv\u00a0sync", "uv\u200b sync", "uv sync\u2028", "\ufeffuv sync"]
)
def test_a_key_that_a_terminal_takes_for_another_is_found(text: str) -> None:
    assert ODD.search(text) and not ODD.search("uv add 'é ✓ – “x”' \\\n  y")


def comments(text: str) -> list[str]:
    return [part for part in QUOTED.findall(HEREDOC.sub("", text)) if part.startswith("#")]


def test_no_paste_has_a_comment(copied: dict[str, str]) -> None:
    """zsh, macOS's shell, takes one at its prompt for words of the command, unless INTERACTIVE_COMMENTS is set."""
    assert {place: found for place, text in copied.items() if (found := comments(text))} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("echo one # two", ["# two"]),
        ("# two\necho one", ["# two"]),
        ("echo '# one' \"# two\" a#b $# \\#", []),
        ("cat <<END\n# one\nEND\necho two", []),
    ],
)
def test_a_comment_is_told_from_a_text(text: str, found: list[str]) -> None:
    assert comments(text) == found
