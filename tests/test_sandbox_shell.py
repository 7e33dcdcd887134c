"""A page's shell behaves as a reader's terminal: the cases that shells driven through their input get wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.sandbox.shell import OUTPUT_LIMIT, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    opened = Shell([], {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}, str(tmp_path))
    yield opened
    opened.close()


def processes(marker: str) -> list[str]:
    """The processes whose command line or environment's HOME holds ``marker``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if marker.encode() in (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes():
                    found.append(entry.name)
            except OSError:
                continue
    return found


def gone(marker: str) -> bool:
    """Whether no process of ``marker`` is left; a killed one may take a moment, and longer on a busy machine."""
    end = time.monotonic() + 120
    while processes(marker):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_state_is_kept_from_command_to_command(shell: Shell) -> None:
    for command in ("mkdir sub && cd sub", "export NAME=value", "alias hi='echo hello'", "twice() { echo $1$1; }"):
        assert shell.run(command).status == 0

    assert shell.run("basename $PWD; echo $NAME; hi; twice x").output == "sub\nvalue\nhello\nxx\n"


def test_a_command_that_reads_its_input_finds_it_empty(shell: Shell) -> None:
    assert shell.run("cat").output == ""
    assert shell.run('read line; echo "$? [$line]"').output == "1 []\n"
    assert shell.run("python3 -c 'import sys; print(repr(sys.stdin.read()))'").output == "''\n"
    assert shell.run("echo next").output == "next\n"


def test_a_process_in_the_background_does_not_keep_its_command(shell: Shell, tmp_path: Path) -> None:
    started = shell.run("sleep 300 & echo started")

    assert (started.status, started.output, started.ended) == (0, "started\n", "")
    assert shell.run("jobs -r | wc -l").output.strip() == "1"
    assert shell.run("kill %1; wait %1 2>/dev/null; echo $?").output == "143\n"
    assert shell.run("sleep 300 &").status == 0
    shell.close()
    assert gone(str(tmp_path))


def test_an_exit_ends_the_shell_with_its_status(shell: Shell) -> None:
    result = shell.run("echo before; exit 3")

    assert (result.status, result.output, result.ended) == (3, "before\n", "exit")
    assert shell.run("echo behind").ended == "exit"


def test_an_output_without_a_newline_at_its_end_is_kept_apart(shell: Shell) -> None:
    assert shell.run("printf one").output == "one"
    assert shell.run("printf two").output == "two"


def test_errexit_set_by_a_page_ends_its_shell_as_in_a_terminal(shell: Shell) -> None:
    assert shell.run("set -e").status == 0
    assert (shell.run("false").ended, shell.run("echo behind").ended) == ("exit", "exit")


def test_a_script_stops_at_its_first_failure_and_leaves_no_options_behind(shell: Shell) -> None:
    assert shell.run("one=1\necho $one", "s").output == "1\n"
    assert shell.run("echo $one; echo $-").output.splitlines()[0] == "1"
    assert "e" not in shell.run("echo $-").output
    assert shell.run("false; echo $unset; false | true; echo on").output == "\non\n"

    result = shell.run("echo before\nfalse\necho behind", "s")
    assert (result.status, result.output) == (1, "before\n")


@pytest.mark.parametrize("script", ["echo $unset_name", "false | true", "cd nowhere", "(exit 7)"])
def test_a_script_runs_under_strict_options(shell: Shell, script: str) -> None:
    assert shell.run(f"{script}\necho behind", "s").status != 0


def test_a_here_document_is_one_command(shell: Shell) -> None:
    assert shell.run("cat <<'END'\n$HOME\n  two\nEND").output == "$HOME\n  two\n"


def test_an_unterminated_quote_is_an_error_of_its_command_alone(shell: Shell) -> None:
    result = shell.run("echo 'open")

    assert result.status != 0
    assert "unexpected EOF" in result.output
    assert shell.run("echo next").output == "next\n"


def test_a_command_past_its_time_is_stopped_with_all_it_started(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("sleep 300 & (trap '' TERM; while :; do :; done)", timeout=0.5)

    assert result.ended == "timeout"
    assert gone(str(tmp_path))
    assert shell.run("echo next").ended == "timeout"


def test_a_megabyte_of_output_arrives_whole(shell: Shell) -> None:
    assert shell.run("head -c 1000000 /dev/zero | tr '\\0' x").output == "x" * 1_000_000
    assert shell.run("echo next").output == "next\n"


def test_output_without_end_is_stopped(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("yes")

    assert result.ended == "output"
    assert len(result.output) <= OUTPUT_LIMIT
    assert gone(str(tmp_path))


def test_errors_stand_between_the_output_as_in_a_terminal(shell: Shell) -> None:
    assert shell.run("echo 1; echo 2 >&2; echo 3; ls nowhere; echo 4").output.splitlines()[:3] == ["1", "2", "3"]


def test_a_redirection_of_the_whole_shell_lasts(shell: Shell) -> None:
    assert shell.run("exec 6>&1 >log").output == ""
    assert shell.run("echo lost").output == ""
    assert shell.run("exec >&6; cat log").output == "lost\n"


def test_a_virtual_environment_is_entered_and_left(shell: Shell) -> None:
    shell.run("python3 -m venv --without-pip .venv", timeout=60)
    before = shell.run("echo $PATH").output

    shell.run("source .venv/bin/activate")
    assert shell.run("python -c 'import sys; print(sys.prefix != sys.base_prefix)'").output == "True\n"
    shell.run("deactivate")
    assert shell.run("echo $PATH").output == before


def test_the_status_of_the_last_command_is_known_to_the_next(shell: Shell) -> None:
    shell.run("(exit 5)")
    assert shell.run("echo $?").output == "5\n"
    shell.run("true", "x")  # what the harness does between two commands isn't the page's
    shell.run("(exit 6)")
    shell.run("exit 7", "x")
    shell.write("file", "text")
    assert shell.run("echo $?").output == "6\n"


def test_an_exit_trap_of_the_page_runs_at_its_exit_alone(shell: Shell) -> None:
    assert shell.run("trap 'echo bye' EXIT").output == ""
    assert shell.run("(exit 2)").output == ""
    assert shell.run("echo still").output == "still\n"
    result = shell.run("exit 4")
    assert (result.output, result.status) == ("bye\n", 4)


def test_a_name_of_the_harness_read_only_or_unset_does_not_confuse_it(shell: Shell) -> None:
    shell.run("read() { echo mine; }; eval() { echo mine; }; printf() { echo mine; }; cat() { echo mine; }")

    assert shell.run("cat").output == "mine\n"
    assert shell.write("file", "text").status == 0
    assert shell.run("command cat file").output == "text"


def test_a_page_cannot_reach_the_harness_descriptors(shell: Shell) -> None:
    assert shell.run("echo fake >&3").status != 0
    assert shell.run("echo fake >&4").status != 0
    assert shell.run("echo next").output == "next\n"


def test_what_a_command_of_the_harness_says_is_not_output(shell: Shell) -> None:
    result = shell.run("echo out; echo said >&5; exit 3", "x")

    assert (result.output, result.message, result.status, result.ended) == ("out\n", "said\n", 3, "")
    assert shell.run("cd /", "x").status == 0
    assert shell.run("pwd").output != "/\n"


@pytest.mark.parametrize("text", ["", "text", "text\n", "ünï 日本\n", "a\n" * 200_000, "'\"$(echo no)`echo no`\\n\n"])
def test_a_file_is_written_as_it_is(shell: Shell, tmp_path: Path, text: str) -> None:
    result = shell.write(f"{tmp_path}/new folder/it's.txt", text)

    assert (result.status, result.output) == (0, "")
    assert (tmp_path / "new folder" / "it's.txt").read_text() == text


def test_a_file_that_cannot_be_written_is_an_error(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = shell.write(f"{tmp_path}/file/below", "text")
    assert result.status != 0
    assert result.output


def test_a_nul_byte_is_an_error_of_its_command_alone(shell: Shell) -> None:
    assert shell.run("echo a\0b").status == 1
    assert shell.run("echo next").output == "next\n"


def test_output_that_is_no_utf_8_is_shown_with_replacements(shell: Shell) -> None:
    assert shell.run("printf 'a\\377b\\n'").output == "a\ufffdb\n"


def test_a_killed_shell_is_noticed(shell: Shell) -> None:
    result = shell.run("kill -9 $$")

    assert (result.ended, result.status) == ("exit", 137)


def test_a_shell_closes_twice_and_leaves_no_descriptor(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    opened = Shell([], {"PATH": os.environ["PATH"]}, str(tmp_path))
    opened.run("true")
    opened.close()
    opened.close()

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_shell_that_cannot_start_leaves_no_descriptor() -> None:
    before = len(os.listdir("/proc/self/fd"))

    with pytest.raises(FileNotFoundError):
        Shell(["/nowhere/at/all"], {"PATH": "/nowhere"})

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_shell_opens_where_many_descriptors_are_open(tmp_path: Path) -> None:
    """The numbers that the loop uses may be taken in the harness when it starts a shell."""
    taken = [os.open("/dev/null", os.O_RDONLY) for _ in range(70)]
    opened = Shell([], {"PATH": os.environ["PATH"]}, str(tmp_path))
    try:
        assert opened.run("echo one").output == "one\n"
    finally:
        opened.close()
        for descriptor in taken:
            os.close(descriptor)


@pytest.mark.parametrize(
    "forge",
    [
        "printf '\\0%d\\0' 0 >/proc/$$/fd/11; sleep 0.1; false",
        "printf '\\0%d %s\\0' 0 00000000 >/proc/$$/fd/11; false",
        "(for n in $(seq 200); do printf '\\0%d\\0' 0 >/proc/$$/fd/11; sleep 0.02; done) 2>/dev/null & false",
    ],
)
def test_a_status_that_a_page_writes_is_never_taken_for_the_shells_own(shell: Shell, forge: str) -> None:
    result = shell.run(forge)
    for _ in range(100):  # one that comes later is found before the next command, or in its answer
        if not result.ended:
            result = shell.run("sleep 0.1; false")
        assert result.status != 0

    assert result.ended == "forged"
    assert "something wrote to the pipe" in result.output


def test_what_a_page_opens_stays_open_under_its_number(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "names").write_text("Ada\nGrace\n")

    assert shell.run(f"exec 3<{tmp_path}/names 4>{tmp_path}/log").status == 0
    assert shell.run("read a <&3; read b <&3; echo $a $b; echo kept >&4").output == "Ada Grace\n"
    assert (tmp_path / "log").read_text() == "kept\n"


def test_a_trace_shows_the_pages_commands_alone(shell: Shell) -> None:
    """With one sign more than in a terminal, since each command is evaluated (bash(1), PS4)."""
    assert shell.run("set -x").output == ""
    assert shell.run("(exit 5)").output == "++ exit 5\n"
    assert shell.run("echo $?").output == "++ echo 5\n5\n"
    shell.run("true", "x")
    shell.write("file", "text")
    assert shell.run("echo $?").output == "++ echo 0\n0\n"
    assert shell.run("set +x").output == "++ set +x\n"
    assert shell.run("echo on").output == "on\n"


def test_traps_on_every_command_and_on_failures_are_set_off_by_the_pages_commands_alone(shell: Shell) -> None:
    assert shell.run("trap 'echo next' DEBUG; trap 'echo wrong' ERR").output == "next\n"
    assert shell.run("echo one; echo two").output == "next\none\nnext\ntwo\n"
    shell.run("true", "x")
    failed = shell.run("false")
    assert (failed.output, failed.status) == ("next\nnext\nwrong\n", 1)  # bash sets off DEBUG for the other trap, too
    assert shell.run("echo $?").output == "next\n1\n"
    assert shell.run("trap -p ERR").output == "next\ntrap -- 'echo wrong' ERR\n"
    assert shell.run("trap - DEBUG ERR").output == "next\n"
    assert shell.run("false").output == ""


def test_a_trap_from_a_file_that_is_sourced_is_the_pages_too(shell: Shell, tmp_path: Path) -> None:
    shell.write(f"{tmp_path}/rc", "trap 'echo next' DEBUG\n")

    assert shell.run(f". {tmp_path}/rc; echo one").output == "next\none\n"
    assert shell.run("echo two").output == "next\ntwo\n"


def test_files_are_made_for_everybody_to_read(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        opened = Shell([], {"PATH": os.environ["PATH"]}, str(tmp_path))
    finally:
        os.umask(before)
    opened.run("touch file; mkdir folder")
    opened.write("new/titled", "text")
    opened.close()

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "new" / "titled").stat().st_mode & 0o777 == 0o644
