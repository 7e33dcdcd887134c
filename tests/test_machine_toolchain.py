"""The tools: each from its lock, complete, only with the readers' commands, made once and by one process at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness.machine import toolchain
from harness.machine.pristine import pristine
from harness.machine.pythons import Interpreter, find_interpreters
from harness.machine.toolchain import COMMANDS, Toolchain
from harness.problem import Problem
from harness.project import Project
from harness.run.campaign import PYTHONS
from harness.sandbox import equipment, isolation
from harness.sandbox.mounts import Mount
from patience import PATIENCE
from wheelhouse import wheel

SOME = {name: COMMANDS[name] for name in ("pip", "pip-tools", "poetry", "pdm")}
PREPARE = """
import sys
from pathlib import Path
from harness.machine.pythons import Interpreter
from harness.machine import toolchain
from harness.project import Project
from harness.machine.toolchain import Toolchain
toolchain.COMMANDS = {"pdm": ("pdm",)}
root, version, prefix, executable = sys.argv[1:]
print(Toolchain(Project(Path(root))).prepare(Interpreter(version, Path(prefix), Path(executable)), "host"))
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What needn't be made for each project: ``wheels``, their ``locks``, and ``uv``, its notes about Pythons."""
    folder = tmp_path_factory.mktemp("shared")
    for name in ("locks", "uv"):
        (folder / name).mkdir()
    for name, commands in SOME.items():
        line = wheel(folder / "wheels", name, "1.0", [*commands, "pip", f"other-{name}"])
        (folder / "locks" / f"{name}.txt").write_text(line)
    return folder


@pytest.fixture
def small(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose locks hold tiny stand-ins for the tools, from a folder of wheels instead of PyPI."""
    monkeypatch.delenv("GUIDE_WORK", raising=False)
    project = Project(tmp_path / "a project")
    shutil.copytree(shared / "locks", project.locks)
    project.work.mkdir()
    (project.work / "uv").symlink_to(shared / "uv")
    monkeypatch.setattr(toolchain, "COMMANDS", SOME)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shared / "wheels"))
    return project


@pytest.fixture
def python() -> Interpreter:
    """The Python that pages run on, so that the tools which they need anyway are the ones that are made here."""
    found = find_interpreters()
    return next(found[minor] for minor in PYTHONS if minor in found)


def version(python: Interpreter) -> list[str]:
    return [python.version, str(python.prefix), str(python.executable)]


def test_versions_are_those_that_the_locks_pin(small: Project) -> None:
    (small.locks / "poetry.txt").write_text("poetry-core==9.9 \\\n  --hash=x\npoetry==2.5.1 \\\n  --hash=y\n")
    versions = {name: Toolchain(small).version(name) for name in SOME}
    assert versions == dict.fromkeys(SOME, "1.0") | {"poetry": "2.5.1"}


def test_a_missing_lock_and_a_lock_without_its_tool_are_named(small: Project) -> None:
    (small.locks / "pdm.txt").write_text("pdm-backend==1.0\n")
    with pytest.raises(Problem, match=r"tests/locks/pdm\.txt: no pin of pdm; expected a line pdm==…"):
        Toolchain(small).version("pdm")
    (small.locks / "pdm.txt").unlink()
    with pytest.raises(Problem, match="no lock for pdm"):
        _ = Toolchain(small).locks


def test_only_the_commands_that_readers_get_are_in_bin(small: Project, python: Interpreter) -> None:
    folder = Toolchain(small).prepare(python, "host")
    expected = {command for commands in SOME.values() for command in commands}
    assert {path.stem for path in (folder / "bin").iterdir()} == expected
    for command in ("pip", "python", "other-pdm"):
        assert not (folder / "bin" / command).exists()
    said = subprocess.check_output([folder / "bin" / "pip-compile"], text=True)
    assert said.split()[:2] == ["pip-tools", "1.0"]


def test_tools_for_the_sandbox_use_the_interpreter_that_only_the_sandbox_has(
    small: Project, python: Interpreter
) -> None:
    folder = Toolchain(small).prepare(python, "sandbox")
    inside = f"/opt/python/{python.minor}/bin"
    assert os.readlink(folder / "poetry" / "bin" / "python") == f"{inside}/python{python.minor}"
    assert f"home = {inside}\n" in (folder / "poetry" / "pyvenv.cfg").read_text()
    assert (folder / "bin" / "poetry").resolve() == (folder / "poetry" / "bin" / "poetry").resolve()


def test_tools_are_made_again_only_when_a_lock_changes(small: Project, python: Interpreter, shared: Path) -> None:
    first = Toolchain(small).prepare(python, "host")
    inode = (first / "bin").stat().st_ino
    assert Toolchain(small).prepare(python, "host") == first
    assert (first / "bin").stat().st_ino == inode
    (small.locks / "pdm.txt").write_text(wheel(shared / "wheels", "pdm", "2.0", ["pdm"]))
    second = Toolchain(small).prepare(python, "host")
    assert second != first
    assert subprocess.check_output([second / "bin" / "pdm"], text=True).startswith("pdm 2.0")


def test_tools_of_other_locks_go_once_nothing_can_use_them_any_more(
    small: Project, python: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = small.work / "tools"
    for name, age in (("host-old", 2 * toolchain.KEPT_SECONDS), ("host-recent", 60)):
        (tools / name).mkdir(parents=True)
        os.utime(tools / name, (0, time.time() - age))
    made = Toolchain(small).prepare(python, "host")
    assert {path.name for path in tools.glob("*-*")} == {"host-recent", made.name}


def test_a_hash_that_differs_stops_it_and_leaves_nothing_half_made(small: Project, python: Interpreter) -> None:
    lock = small.locks / "poetry.txt"
    good = lock.read_text()
    lock.write_text(good[:-3] + ("00\n" if good[-3:] != "00\n" else "11\n"))
    with pytest.raises(Problem, match=r"tests/locks/poetry\.txt: poetry can't be installed on Python [\s\S]*[Hh]ash"):
        Toolchain(small).prepare(python, "host")
    assert not list((small.work / "tools").glob("host-*"))
    lock.write_text(good)
    assert (Toolchain(small).prepare(python, "host") / "bin" / "poetry").exists()


def test_a_tool_that_does_not_bring_its_command_is_named(small: Project, python: Interpreter, shared: Path) -> None:
    (small.locks / "pdm.txt").write_text(wheel(shared / "wheels", "pdm", "1.1", ["pdm-backend"]))
    with pytest.raises(Problem, match=r"tests/locks/pdm\.txt: no command pdm"):
        Toolchain(small).prepare(python, "host")


def test_what_a_killed_run_left_is_never_used(small: Project, python: Interpreter) -> None:
    made = Toolchain(small).prepare(python, "host")
    shutil.rmtree(made / "pdm")
    made.rename(made.with_name(f".{made.name}.partial"))
    again = Toolchain(small).prepare(python, "host")
    assert again == made and (again / "bin" / "pdm").exists()
    assert not list(made.parent.glob(".*.partial"))


def test_several_processes_at_once_make_the_tools_once(small: Project, python: Interpreter) -> None:
    command = [sys.executable, "-c", PREPARE, str(small.root), *version(python)]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    started = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate(timeout=PATIENCE)[0] for process in started}
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len(said) == 1
    assert len(list((small.work / "tools").glob("host-*"))) == 1


def test_every_tool_runs_in_the_sandbox_and_tells_its_locked_version(
    project: Project, python: Interpreter, tmp_path: Path
) -> None:
    if isolation.level() == "plain":
        pytest.skip("not run: this machine has no sandbox that shows paths elsewhere")
    tools = Toolchain(project)
    tools.prepare(python, "sandbox")
    mounts = [*pristine(python, project.work / "pythons"), (tools.folder, "/opt/tools")]
    script = """
        export PATH=/opt/tools/bin:/opt/python/$MINOR/bin:/usr/bin:/bin
        for command in uv uvx pip-compile pip-sync poetry pipenv pdm hatch twine pyproject-build; do
          echo "$command" $("$command" --version 2>&1 | head -1)
        done
        keyring --list-backends | grep -o keyrings.alt.file.PlaintextKeyring
        mkdir uv poetry pipenv pdm hatch
        (cd uv && uv init -q --bare && uv sync -q && .venv/bin/python -V)
        (cd poetry && poetry init -nq --python ">=$MINOR" && poetry env use -q "$MINOR" && poetry run python -V)
        (cd pipenv && PIPENV_VENV_IN_PROJECT=1 pipenv -q --python "$MINOR" >/dev/null 2>&1; .venv/bin/python -V)
        (cd pdm && pdm init -nq --python "$MINOR" >/dev/null && pdm run python -V)
        cd hatch
        printf '%s\\n' '[tool.hatch.envs.default]' 'skip-install = true' '[project]' 'name = "x"' 'version = "1"' \
          >pyproject.toml
        hatch run python -V 2>/dev/null
    """
    env = {"MINOR": python.minor, "HOME": "/home/user", "PATH": "/usr/bin:/bin", **equipment.QUIET}
    etc = equipment.configuration(tmp_path / "etc")
    shown = [Mount(source, target) for source, target in mounts]
    command = isolation.contained(isolation.level(), shown, env, etc, tmp_path / "root")
    outside = ["unshare", "--user", "--map-root-user", "--net", *command, "bash", "-c", script]
    done = subprocess.run(outside, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    *said, backend, uv, poetry, pipenv, pdm, hatch = done.stdout.splitlines()
    assert backend == "keyrings.alt.file.PlaintextKeyring", done.stderr
    assert {uv, poetry, pipenv, pdm, hatch} == {f"Python {python.version}"}, done.stderr
    of = {command: name for name, commands in COMMANDS.items() for command in commands}
    assert len(said) == 10
    for line in said:
        name = line.split()[0]
        assert tools.version(of[name]) in line.replace(",", " ").replace(")", " ").split(), line
