"""The contributor's verbs: a set-up that is complete or made again, whatever the user configured, and clear errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import pytest_terminal_summary
from harness.machine import pip_config, setup
from harness.project import Project
from harness.verbs import lint
from patience import PATIENCE
from wheelhouse import wheel

ROOT = Path(__file__).resolve().parent.parent
MAKE = shutil.which("make")
pytestmark = pytest.mark.skipif(not MAKE, reason="not run: needs make")

# A tiny package in the place of uv's, which starts the real uv of these tests' own environment: no need to install it.
UV = f"import subprocess, sys; sys.exit(subprocess.run([{pip_config.uv()!r}, *sys.argv[1:]]).returncode)\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a path with spaces, whose locks hold a stand-in for uv and one package."""
    root = tmp_path / "my guide (copy)"
    (root / "tests" / "harness" / "machine").mkdir(parents=True)
    (root / "tests" / "locks").mkdir()
    shutil.copy(ROOT / "Makefile", root)
    for name in ("__init__", "once", "problem", "project", "machine/__init__", "machine/setup", "machine/pip_config"):
        shutil.copy(ROOT / "tests" / "harness" / f"{name}.py", root / "tests" / "harness" / f"{name}.py")
    uv = wheel(tmp_path / "wheels", "uv", "1.0", files={"uv/__main__.py": UV})
    (root / "tests" / "locks" / "uv.txt").write_text(uv)
    (root / "tests" / "locks" / "harness.txt").write_text(uv + wheel(tmp_path / "wheels", "thing", "1.0", ["thing"]))
    (root / "tests" / "locks" / "checks.txt").write_text(uv + wheel(tmp_path / "wheels", "judge", "1.0"))
    return root


def make(root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run make with a user's configuration that would break a pip which heeds all of it."""
    odd = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(root.parent / "wheels"),
        "PIP_TARGET": str(root.parent / "target"),
        "PIP_USER": "1",
        "PIP_CONSTRAINT": str(root.parent / "no such file"),
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PYTHONPATH": str(root.parent / "nowhere"),
        "PYTHON": sys.executable,
        "HOME": str(root.parent / "home"),
    }
    # of the make that runs these tests
    switches = ("ALL", "OFFLINE", "JOBS", "PAGE", "FIRST", "BASE", "DATE", "SHARD", "RECORDS")
    ours = ("GUIDE_", "MAKE", "MFLAGS", "PIP_", "UV_")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(ours) and k not in switches}
    command = [str(MAKE), "--no-print-directory", *arguments]
    everything = clean | odd | env
    return subprocess.run(
        command, cwd=root, env=everything, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )


def test_set_up_begins_again_where_it_failed_and_works_in_a_path_with_spaces_once(checkout: Path) -> None:
    lock = checkout / "tests" / "locks" / "harness.txt"
    good = lock.read_text()
    lock.write_text(good[:-3] + ("00\n" if good[-3:] != "00\n" else "11\n"))
    failed = make(checkout, "setup")
    venv = checkout / ".work" / "venv"
    assert failed.returncode != 0
    assert "could not install from PyPI" in failed.stderr
    assert not (venv / "harness.json").exists()
    (packages,) = venv.glob("[Ll]ib/**/site-packages")
    (packages / "left.py").write_text("")

    lock.write_text(good)
    done = make(checkout, "setup")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (packages / "left.py").exists(), "the environment is made anew, and not mended"
    assert list(venv.rglob("judge-1.0.dist-info"))
    said = subprocess.check_output(
        [setup.python(venv), "-I", "-c", "import harness, thing; print(harness.__file__); thing.main()"], text=True
    )
    assert said.splitlines()[0] == str(checkout / "tests" / "harness" / "__init__.py")
    assert said.splitlines()[1].startswith("thing 1.0 ")
    assert not (checkout.parent / "target").exists()
    home = {path.relative_to(checkout.parent).as_posix() for path in (checkout.parent / "home").glob("*/*")}
    home.discard("home/.rustup/settings.toml")  # pip asks `rustc --version` for its user agent; rustup writes this then
    assert home <= {"home/.cache/pip", "home/Library/Caches"}, "set-up wrote to the user's folders"

    again = "no usable /bin/false"  # what set-up says that has to make an environment and can't
    made = (venv / "harness.json").stat().st_mtime_ns
    second = make(checkout, "setup", PYTHON="/bin/false")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert (venv / "harness.json").stat().st_mtime_ns == made

    copy = checkout.parent / "copy"  # by `cp -a`, say: its environment leads to the checkout that it was made for
    shutil.copytree(checkout, copy, symlinks=True)
    assert again in make(copy, "setup", PYTHON="/bin/false").stderr
    lock.write_text(good.rpartition("thing==")[0])
    assert again in make(checkout, "setup", PYTHON="/bin/false").stderr
    lock.write_text(good)
    (venv / "harness.json").unlink()  # as a run leaves it that was killed before its end
    assert again in make(checkout, "setup", PYTHON="/bin/false").stderr


@pytest.mark.parametrize("python", ["/no/such/python3", "/bin/false"])
def test_a_python_that_cannot_be_used_is_named(checkout: Path, python: str) -> None:
    done = make(checkout, "setup", PYTHON=python)
    assert done.returncode == 2
    assert f"found no usable {python}; expected Python 3.11 to 3.14" in done.stderr
    assert not (checkout / ".work").exists()


def test_a_machine_without_python_is_told_what_to_install(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    for name in ("sh", "env"):
        (tmp_path / "path" / name).symlink_to(str(shutil.which(name)))
    done = make(checkout, "setup", PYTHON="", PATH=str(tmp_path / "path"))
    assert done.returncode == 2
    assert "found no usable Python on PATH" in done.stderr and "python3-venv" in done.stderr


def test_a_read_only_checkout_is_told_to_name_another_folder(checkout: Path) -> None:
    (checkout / ".work").write_text("a file in the folder's place fails for root as well\n")
    done = make(checkout, "setup")
    assert done.returncode == 2
    assert "GUIDE_WORK=/path/to/folder make" in done.stderr


@pytest.mark.parametrize("target, variable", [("page", "PAGE"), ("update", "PAGE"), ("world", "DATE")])
def test_a_target_that_needs_a_value_says_which(target: str, variable: str, tmp_path: Path) -> None:
    done = make(ROOT, target, **{variable: "", "PYTHON": "", "GUIDE_WORK": str(_ready(tmp_path))})
    assert done.returncode == 2
    assert f"make: no {variable}; expected {variable}=" in done.stderr


def test_what_pytest_is_told_comes_through_the_shell_as_it_was_written(tmp_path: Path) -> None:
    page = "docs/$(shell touch made) `touch made`; touch made.md"
    work = _ready(tmp_path)
    done = make(ROOT, "page", "-s", PAGE=page, ALL="1", OFFLINE="1", JOBS="2", PYTHON="", GUIDE_WORK=str(work))
    assert json.loads(done.stdout.splitlines()[-1])[2:] == [
        "-o",
        f"cache_dir={work}/pytest",
        "--guide-all",
        "--guide-offline",
        "--guide-jobs=2",
        f"--guide-page={page}",
        "docs",
    ]
    assert not (ROOT / "made").exists()


@pytest.mark.parametrize("failing", ["nothing", "tests", "docs"])
def test_a_failure_of_pages_or_harness_fails_all_when_both_have_run(tmp_path: Path, failing: str) -> None:
    done = make(ROOT, "test", PYTHON="", GUIDE_WORK=str(_ready(tmp_path, failing)))
    assert done.returncode == (0 if failing == "nothing" else 2), done.stderr
    called = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    calls = [arguments for arguments in called if arguments[1] in ("pytest", "mkdocs")]
    assert ["tests" in arguments for arguments in calls[:2]].count(True) == 1
    assert ["docs" in arguments for arguments in calls[:2]].count(True) == 1
    assert sorted(arguments[1] for arguments in calls[2:]) == (["mkdocs", "pytest"] if failing == "nothing" else [])


def _ready(folder: Path, failing: str = "nothing") -> Path:
    """A work folder whose Python only prints what it was called with, and fails where that is ``failing``."""
    program = setup.python(folder / "work" / "venv")
    program.parent.mkdir(parents=True)
    line = "json.dumps(sys.argv[1:]) + chr(10)"  # in one write, because two of these programs run side by side
    tell = f'import json, sys; print(end={line}); sys.exit("{failing}" in sys.argv)'
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{tell}' \"$@\"\n")
    program.chmod(0o755)
    return folder / "work"


def test_help_tells_every_target_and_is_what_make_does_alone() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = {line.split(":")[0] for line in lines if re.search(r": ((setup|found) )?## ", line)}
    said = make(ROOT).stdout
    assert {line.split()[1] for line in said.splitlines()} == targets
    assert {"help", "setup", "serve", "test", "page", "update", "world", "bench", "mutants", "lint", "clean"} <= targets
    assert make(ROOT, "help").stdout == said


def test_clean_removes_what_runs_made_and_keeps_the_recording(tmp_path: Path) -> None:
    work = tmp_path / "work"
    for name in ("venv", "tools", "cache", "proofs", "mine"):
        (work / name).mkdir(parents=True)
    assert make(ROOT, "clean", GUIDE_WORK=str(work)).returncode == 0
    assert {path.name for path in work.iterdir()} == {"cache", "mine"}
    assert make(ROOT, "clean", "ALL=1", GUIDE_WORK=str(work)).returncode == 0
    assert {path.name for path in work.iterdir()} == {"mine"}


def ci(folder: Path, *arguments: str, **environment: str) -> tuple[str, str]:
    """Run .ci/run among programs that only note how they are called: what it said, what it called.

    Its make fails where it is to make an engine.
    """
    commands = folder / "bin"
    commands.mkdir()
    for name in ("sh", "env", "dirname", "uname", "cat"):
        (commands / name).symlink_to(str(shutil.which(name)))
    for name in ("apt-get", "make", "bwrap", "unshare", "ip", "git", "sysctl"):
        note = f'#!/bin/sh\necho "{name} $*" >>"{folder}/called"\n'
        (commands / name).write_text(f'{note}[ "{name} $*" != "make engine" ]\n')
    (commands / "id").write_text("#!/bin/sh\necho 0\n")
    for path in commands.iterdir():
        if not path.is_symlink():
            path.chmod(0o755)
    env = {"PATH": str(commands), **environment}
    done = subprocess.run([ROOT / ".ci" / "run", *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, (folder / "called").read_text()


@pytest.mark.parametrize("allowed", ["0", "1"])
def test_ci_installs_a_browser_where_it_may_and_goes_on_without_one(tmp_path: Path, allowed: str) -> None:
    said, called = ci(tmp_path, CI_INSTALL=allowed)
    assert ("no-install-recommends chromium chromium-driver" in called) == (allowed == "1")
    assert ("no Chromium for the browser tests, and not installed" in said) == (allowed == "0")
    assert called.endswith("make lint\nmake test\n")


@pytest.mark.parametrize("arguments", [[], ["lint", "harness"], ["pages"]])
def test_ci_prepares_containers_and_goes_on_where_that_fails(tmp_path: Path, arguments: list[str]) -> None:
    said, called = ci(tmp_path, *arguments)
    assert "make engine\n" in called
    assert "ci: no container engine: pages that need one say so\n" in said
    assert called.endswith(f"make {' '.join(arguments)}\n" if arguments else "make lint\nmake test\n")


def test_ci_prepares_no_containers_for_what_runs_no_page(tmp_path: Path) -> None:
    assert "make engine" not in ci(tmp_path, "merge")[1]


SKIPPED = """
import pytest

@pytest.mark.parametrize("n", range(3))
@pytest.mark.skipif(True, reason="no Chromium for the browser tests")
def test_seen(n): pass

def test_called():
    pytest.skip("not run: needs Go")
"""


def test_the_end_of_a_run_counts_what_did_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test_skipped.py").write_text(SKIPPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    summary = SimpleNamespace(pytest_terminal_summary=pytest_terminal_summary)
    assert pytest.main(["-q", "-p", "no:cacheprovider", str(tmp_path)], plugins=[summary]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "tests not run: 3: no Chromium for the browser tests" in printed
    assert "tests not run: 1: needs Go" in printed


@pytest.mark.parametrize(
    "name", ["codespell", "voice", "portable", "zizmor", "schema", "shellcheck", "workflows", "actionlint"]
)
def test_prose_workflows_and_scripts_pass_lint(name: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = dict(lint.checks(project))
    if name not in commands:
        pytest.skip(f"not run: needs {name}, or Go or npm to get it")
    done = subprocess.run(commands[name], cwd=project.root, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint_finds_what_is_wrong(project: Project, tmp_path: Path) -> None:
    for name in ("docs", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / "docs" / "x.md").write_text(
        "# Run it anew\n\nInstall the dependancies.\n\n``` sh\nsed -i s/a/b/ x\n```\n", encoding="utf-8"
    )
    for name in ("voice.toml", "portable.toml", "zizmor.yml"):
        shutil.copy(project.root / "tests" / name, tmp_path / "tests")
    shutil.copytree(project.root / ".github", tmp_path / ".github")
    shutil.copytree(project.root / ".ci", tmp_path / ".ci")
    for name, old, new in (
        ("check.yml", "persist-credentials: false", "persist-credentials: true"),
        ("publish.yml", "runs-on:", "run-on:"),
    ):
        path = tmp_path / ".github" / "workflows" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with (tmp_path / ".ci" / "run").open("a") as script:
        script.write("cd $UNQUOTED\n")
    recipe = tmp_path / "recipes" / "one" / ".github" / "workflows" / "ci.yml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: echo}]}}\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: One\n", encoding="utf-8")
    sought = {
        "codespell": "dependancies",
        "voice": "docs/x.md:1: 'anew'",
        "portable": "docs/x.md:6: 'sed -i",
        "workflows": "recipes/one/.github/",
    }
    for name, command in lint.checks(Project(tmp_path)):
        if name != "actionlint":
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
            assert done.returncode != 0, f"{name} found nothing"
            printed = done.stdout + done.stderr
            assert sought.get(name, "") in printed, printed
