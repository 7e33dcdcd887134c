import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from folder_sums.command import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("one")
    return folder


def run(*arguments: object, stdin: str = "") -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def test_an_untouched_folder_passes(folder: Path) -> None:
    sums = run("write", folder).stdout
    answer = run("check", folder, "-", stdin=sums)
    assert (answer.exit_code, answer.output) == (0, "")


def test_a_changed_folder_fails_and_says_what_changed(folder: Path) -> None:
    sums = run("write", folder).stdout
    (folder / "a.txt").write_text("two")
    (folder / "b.txt").touch()
    answer = run("check", folder, "-", stdin=sums)
    assert (answer.exit_code, answer.output) == (1, "changed a.txt\nadded b.txt\n")


def test_a_file_that_holds_no_sums_is_a_usage_error(folder: Path) -> None:
    answer = run("check", folder, "-", stdin="hello\n")
    assert answer.exit_code == 2
    assert "line 1 isn't a SHA-256 sum" in answer.stderr


def test_a_folder_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    assert run("write", tmp_path / "missing").exit_code == 2


@pytest.mark.parametrize("call", ["hashlib.file_digest", "os.scandir"])
@pytest.mark.parametrize("command", [["write"], ["check", "-"]])
def test_what_cannot_be_read_is_an_error_and_no_difference(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], call: str
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("Permission denied")  # modes wouldn't do: root may read every file

    monkeypatch.setattr(call, refuse)
    answer = run(command[0], folder, *command[1:])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "FOLDER: Permission denied" in answer.stderr


def test_a_file_of_sums_in_the_folder_is_left_out(folder: Path) -> None:
    with (folder / "SUMS").open("w") as sums:
        subprocess.run([sys.executable, "-m", "folder_sums", "write", folder], stdout=sums, check=True)
    assert (folder / "SUMS").read_text().endswith("  a.txt\n")
    answer = run("check", folder, folder / "SUMS")
    assert (answer.exit_code, answer.output) == (0, "")


def test_the_version_is_that_of_the_installed_distribution() -> None:
    assert version("folder-sums") in run("--version").output


def test_the_command_is_installed_and_is_this_one() -> None:
    (script,) = entry_points(group="console_scripts", name="folder-sums")
    assert script.load() is main


def test_the_module_runs_as_the_command(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "folder_sums", "write", folder], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("  a.txt\n")
