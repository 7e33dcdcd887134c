"""Which Pythons are found, which of them counts, and that they work where the sandbox shows them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.machine import debian, pythons
from harness.machine.needs import NEEDS
from harness.machine.pristine import prepare, pristine
from harness.machine.pythons import MINORS, Interpreter, find_interpreters
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project
from harness.run.campaign import PYTHONS
from harness.run.runner import not_run_because
from harness.sandbox import equipment, isolation
from harness.sandbox.mounts import Mount
from patience import PATIENCE
from proof.contract import begins
from wheelhouse import wheel

Install = Callable[..., Path]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """A machine with no Python but those that the returned function puts into pyenv or onto PATH."""
    if os.name == "nt":
        pytest.skip("needs programs that are shell scripts")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GUIDE_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    monkeypatch.setattr(sys, "_base_executable", str(tmp_path / "none"), raising=False)
    find_interpreters.cache_clear()

    def install(release: str, /, where: str = "pyenv", says: str | None = None, **different: Any) -> Path:
        major, minor, micro = release.split(".")
        prefix = tmp_path / where / ("versions" if where == "pyenv" else "") / different.pop("folder", release)
        answer = {
            "name": "cpython",
            "version": [int(major), int(minor), int(micro), "final", 0],
            "prefix": str(prefix),
            "gil": True,
            "mapped": [],
        }
        said = json.dumps(answer | different) if says is None else says
        program = prefix / "bin" / f"python{major}.{minor}"
        program.parent.mkdir(parents=True)
        (prefix / "says").write_text(said)
        program.write_text(f"#!/bin/sh\nread -r said <'{prefix}/says' || :\necho \"$said\"\n")
        program.chmod(0o755)
        (program.parent / "python").symlink_to(program.name)
        return program

    return install


@pytest.fixture(autouse=True)
def _forget() -> Any:
    yield
    find_interpreters.cache_clear()


def versions() -> dict[str, str]:
    return {minor: interpreter.version for minor, interpreter in find_interpreters().items()}


def test_a_folder_of_pythons_that_may_not_be_entered_has_none(
    machine: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # su keeps root's PYENV_ROOT, and root's home is closed to others
    machine("3.13.1", where="root's pyenv")
    (tmp_path / "root's pyenv").chmod(0o700 if os.geteuid() == 0 else 0)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "root's pyenv"))
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        assert find_interpreters() == {}
    finally:
        os.seteuid(os.getuid())
        (tmp_path / "root's pyenv").chmod(0o700)


def test_every_python_that_is_found_has_the_version_it_is_found_as() -> None:
    found = find_interpreters()
    assert found, "the harness itself runs on one"
    for minor, interpreter in found.items():
        command = [interpreter.executable, "-I", "-c", "import platform; print(platform.python_version())"]
        said = subprocess.check_output(command, text=True).strip()
        assert (said, interpreter.minor) == (interpreter.version, minor)
        assert interpreter.executable.is_relative_to(interpreter.prefix)
    assert list(found) == sorted(found, key=lambda minor: int(minor.split(".")[1]), reverse=True)


def test_a_machine_without_any_python_gives_none(machine: Install) -> None:
    assert find_interpreters() == {}


def test_the_newest_patch_release_of_a_minor_version_counts(machine: Install) -> None:
    machine("3.12.9")
    machine("3.12.10")
    machine("3.9.1")
    assert versions() == {"3.12": "3.12.10", "3.9": "3.9.1"}


def test_a_release_counts_before_a_newer_release_candidate(machine: Install) -> None:
    machine("3.14.0")
    machine("3.14.1", version=[3, 14, 1, "candidate", 2])
    machine("3.15.0", version=[3, 15, 0, "beta", 1])
    assert versions() == {"3.15": "3.15.0b1", "3.14": "3.14.0"}


def test_a_python_below_usr_counts_only_where_its_minor_version_has_no_other() -> None:
    system = Interpreter("3.12.9", Path("/usr"), Path("/usr/bin/python3.12"))
    other = Interpreter("3.12.1", Path("/opt/p"), Path("/opt/p/bin/python3.12"))
    answers = [([3, 12, 9, "final", 0], system), ([3, 12, 1, "final", 0], other)]
    assert pythons.choose(answers) == {"3.12": other}
    assert pythons.choose(answers[:1]) == {"3.12": system}


@pytest.mark.parametrize(
    "different",
    [
        pytest.param({"name": "pypy"}, id="PyPy"),
        pytest.param({"gil": False}, id="a free-threaded build"),
        pytest.param({"version": [3, 8, 18, "final", 0]}, id="a version below 3.9"),
        pytest.param({"version": [3, 16, 0, "alpha", 1]}, id="a version above 3.15"),
        pytest.param({"says": "not JSON"}, id="a program that is no Python"),
        pytest.param({"says": ""}, id="a Python that lacks a module of the probe"),
    ],
)
def test_what_pages_cannot_run_on_does_not_count(machine: Install, different: dict[str, Any]) -> None:
    machine("3.12.1", **different)
    machine("3.11.5")
    assert versions() == {"3.11": "3.11.5"}


def test_a_python_that_does_not_answer_in_time_does_not_count(
    machine: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine("3.12.1").write_text("#!/bin/sh\nexec /bin/sleep 30\n")
    monkeypatch.setattr(pythons, "SECONDS", 0.3)
    assert versions() == {}


def test_pyenv_shims_are_never_started(machine: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shims, started = tmp_path / "pyenv" / "shims", tmp_path / "started"
    shims.mkdir(parents=True)
    (shims / "python3.12").write_text(f"#!/bin/sh\n: >'{started}'\n")
    (shims / "python3.12").chmod(0o755)
    monkeypatch.setenv("PATH", str(shims))
    assert versions() == {}
    assert not started.exists()


def test_pythons_on_path_and_those_of_uv_are_found(machine: Install, tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "python3.10").symlink_to(machine("3.10.2", where="elsewhere"))
    machine("3.13.7", where="uv", folder="cpython-3.13.7-linux-x86_64-gnu")
    assert versions() == {"3.13": "3.13.7", "3.10": "3.10.2"}


def test_a_folder_on_path_that_cannot_be_looked_into_has_none(
    machine: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what root can't look into either: a name that is too long; others have folders that they may not enter
    machine("3.13.5", where="path", folder="")
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / ("x" * 300)), str(tmp_path / "path" / "bin")]))
    assert list(find_interpreters()) == ["3.13"]


def test_a_shared_libpython_behind_an_absolute_path_is_among_the_libraries(machine: Install, tmp_path: Path) -> None:
    prefix = tmp_path / "pyenv" / "versions" / "3.12.1"
    libraries = [f"{prefix}/lib/libpython3.12.so.1.0", f"{prefix}/lib/python3.12/lib-dynload/_ssl.so"]
    program = machine("3.12.1", mapped=[*libraries, "/usr/lib/libc.so.6", "/opt/openssl/lib/libssl.so.3"])
    assert find_interpreters()["3.12"].libraries == (Path("/opt/openssl/lib"),)
    find_interpreters.cache_clear()
    program.write_text(program.read_text() + f"# RUNPATH {prefix}/lib\n")
    assert find_interpreters()["3.12"].libraries == (Path("/opt/openssl/lib"), prefix / "lib")


def test_every_python_works_at_the_path_where_the_sandbox_shows_it(project: Project, tmp_path: Path) -> None:
    if isolation.level() == "plain":
        pytest.skip("not run: this machine has no sandbox that shows paths elsewhere")
    etc = equipment.configuration(tmp_path / "etc")
    found = find_interpreters()
    mounts = [m for i in found.values() for m in pristine(i, project.work / "pythons")]
    script = """
        set -e
        for minor in $MINORS; do
          python=/opt/python/$minor/bin/python$minor
          $python -c 'import ctypes, ssl, sqlite3, sys; print(sys.prefix, sys.executable)'
          $python -m venv --without-pip /tmp/$minor
          /tmp/$minor/bin/python -c 'import ctypes, ssl, sys; print(sys.base_prefix)'
          ls /opt/python/$minor/bin | tr '\\n' ' '; echo
          /opt/python/$minor/bin/pip list --verbose --disable-pip-version-check | tail -n +3 | awk '{ print $1, $3 }'
        done
    """
    env = {"MINORS": " ".join(found), "HOME": "/home/user", "PATH": "/usr/bin:/bin"}
    shown = [Mount(source, target) for source, target in mounts]
    command = isolation.contained(isolation.level(), shown, env, etc, tmp_path / "root")
    outside = ["unshare", "--user", "--map-root-user", "--net", *command, "bash", "-c", script]
    done = subprocess.run(outside, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    expected = []
    for minor in found:
        own = ["pip", "pip3", f"pip{minor}", "python", "python3", f"python{minor}"]
        bundled = ["pip", "setuptools"] if int(minor.split(".")[1]) < 12 else ["pip"]
        packages = f"/opt/python/{minor}/lib/python{minor}/site-packages"
        expected += [
            f"/opt/python/{minor} /opt/python/{minor}/bin/python{minor}",
            f"/opt/python/{minor}",
            " ".join(own) + " ",
            *(f"{name} {packages}" for name in bundled),
        ]
    assert done.stdout.splitlines() == expected


def test_a_python_of_make_pythons_counts_where_its_minor_version_has_no_other(machine: Install, tmp_path: Path) -> None:
    program = machine("3.14.9", where=f"work/{pythons.DEBIAN}/3.14", folder="usr")
    (program.parents[1] / "BUILD").write_text("Debian's build\n")
    assert find_interpreters()["3.14"].named == "3.14.9 (Debian's build)"
    machine("3.14.1")
    find_interpreters.cache_clear()
    assert find_interpreters()["3.14"].named == "3.14.1"


def test_a_python_that_no_package_manager_looks_after_is_an_ordinary_one() -> None:
    """Debian's builds, too, where make pythons unpacked them: pip isn't refused and installs where it always does."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'), sysconfig.get_default_scheme())"
    for minor, interpreter in find_interpreters().items():
        if interpreter.prefix == Path("/usr") or minor == "3.9":  # which can't say its scheme
            continue
        said = subprocess.check_output([interpreter.executable, "-I", "-c", ask], text=True).split()
        assert said == [f"{interpreter.prefix}/lib/python{minor}/site-packages", "posix_prefix"]
        assert not (interpreter.prefix / "lib" / f"python{minor}" / "EXTERNALLY-MANAGED").exists()
        assert {"python3", "pip3"} <= {path.name for path in interpreter.executable.parent.iterdir()}


def test_make_pythons_says_what_to_do_where_there_is_no_apt(machine: Install, tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(Problem, match="no apt on this machine; expected Debian\n.*pyenv or `uv python install`"):
        debian.make(tmp_path / "debian", said.append)
    assert said == ["Python 3.14: Debian's build, from its suite sid"]
    assert [path.name for path in (tmp_path / "debian").iterdir() if path.name != "lock"] == []


def test_make_pythons_does_nothing_where_they_are(machine: Install, tmp_path: Path) -> None:
    for minor in debian.MINORS:
        machine(f"{minor}.1")
    assert debian.make(tmp_path / "debian", print) == []
    assert not (tmp_path / "debian").exists()


def test_a_python_without_a_bundled_pip_is_named(machine: Install, tmp_path: Path) -> None:
    machine("3.12.1")
    with pytest.raises(Problem, match=r"python3\.12: no bundled pip; expected a Python with a complete ensurepip"):
        prepare(find_interpreters()["3.12"], tmp_path / "made")
    assert not [path for path in (tmp_path / "made").iterdir() if path.name != "lock" and path.name[0] != "."]


def test_a_page_can_need_a_python_beside_its_own() -> None:
    found = find_interpreters()
    assert {minor: NEEDS[f"python-{minor}"].available() for minor in MINORS} == {
        minor: minor in found for minor in MINORS
    }
    assert NEEDS["python-3.12"].words == "Python 3.12"


PYTHON = re.compile(
    r"(?<!lib/)\bpython(3\.\d+)\b|(?:--python|--interpreter|-p|pin|use|venv create)[ =]\"?(?:python)?(3\.\d+)\b(?!\.\d)"
)


def test_a_page_that_calls_another_python_says_that_it_needs_it(project: Project, read: Callable[[str], Page]) -> None:
    """Or the page is red, and not "not run", on a machine that lacks it."""
    missing = []
    for path in project.pages([]):
        page = read(path.relative_to(project.docs).as_posix())
        there = {*page.front.get("python", PYTHONS[:1]), *(need[7:] for need in page.front.get("needs", []))}
        for block in (b for b in page.blocks if b.language in ("console", "bash") and not not_run_because(b)):
            lines = [line for line in block.text.splitlines() if block.language == "bash" or begins(line)]
            found = {one or other for line in lines for one, other in PYTHON.findall(line)}
            # a page can need those of MINORS alone; another, such as 3.16, it asks for to show what its absence says
            missing += [f"{block.where}: python-{minor}" for minor in found & set(MINORS) - there]
    assert missing == []


ENSUREPIP = """\
_PIP_VERSION = "26.2"
def _main(argv=None):
    print('''\\
ensurepip is disabled in Debian/Ubuntu for the system python.''')
"""


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Debian's packages of a Python 3.15 have below usr/, as far as it is changed; pip comes from a folder."""
    for version in ("26.1", "26.3"):
        wheel(tmp_path / "wheels", "pip", version, ["pip"])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    files = {
        "EXTERNALLY-MANAGED": "[externally-managed]\n",
        "sitecustomize.py": "# the system's own\n",
        "ensurepip/__init__.py": ENSUREPIP,
        "_sysconfigdata__linux.py": "build_time_vars = {\n 'WHEEL_PKG_DIR': '/usr/share/python-wheels/'}\n",
        "sysconfig/__init__.py": "prefix_scheme = 'posix_local'\n",
    }
    for name, text in files.items():
        path = tmp_path / "usr" / "lib" / "python3.15" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "usr" / "lib" / "python3" / "dist-packages").mkdir(parents=True)
    return tmp_path / "usr"


def test_a_python_of_debian_becomes_an_ordinary_one(unpacked: Path) -> None:
    debian._ordinary(unpacked, "3.15")

    standard = unpacked / "lib" / "python3.15"

    def text(name: str) -> str:
        return (standard / name).read_text(encoding="utf-8")

    assert not (standard / "EXTERNALLY-MANAGED").exists()
    assert not (unpacked / "lib" / "python3").exists()
    assert (standard / "site-packages").is_dir()
    assert "site-packages" in text("sitecustomize.py")
    assert "posix_prefix" in text("sysconfig/__init__.py")
    assert "'WHEEL_PKG_DIR': ''" in text("_sysconfigdata__linux.py")
    # the newest pip that is no newer than the Python's own
    assert [path.name for path in (standard / "ensurepip" / "_bundled").iterdir()] == ["pip-26.1-py3-none-any.whl"]
    assert '_PIP_VERSION = "26.1"' in text("ensurepip/__init__.py")
    assert "    return\n    print(" in text("ensurepip/__init__.py")


def test_a_python_that_debian_makes_otherwise_is_refused(unpacked: Path) -> None:
    (unpacked / "lib" / "python3.15" / "sysconfig" / "__init__.py").write_text("", encoding="utf-8")
    with pytest.raises(Problem, match="__init__.py: nothing that matches prefix_scheme"):
        debian._ordinary(unpacked, "3.15")


def test_a_command_that_fails_says_what_it_printed() -> None:
    command = [sys.executable, "-c", "import sys; print('no space'); sys.exit(3)"]
    with pytest.raises(Problem, match="it can't be unpacked: no space; expected status 0"):
        debian.run(command, "it can't be unpacked")
