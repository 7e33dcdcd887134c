"""The Pythons that this machine has, 3.9 to 3.15: on PATH, of pyenv, of uv, of `make pythons`. None is downloaded.

A Python counts when it is CPython with the GIL, starts with a cleared environment, and has venv, ensurepip, ssl and
ctypes; of several with the same minor version the newest release does. The system's own (below /usr) is only used
where its minor version has no other: Debian and Ubuntu change where it installs to and what it refuses.
"""

from __future__ import annotations

import functools
import glob
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import once
from harness.machine import pip_config
from harness.project import ROOT, Project

DEBIAN = "debian/2"  # below the work folder; the number rises when harness.machine.debian makes them otherwise
MINORS = tuple(f"3.{minor}" for minor in range(9, 16))
SECONDS = 30.0  # for one Python to answer; a machine that starts a session can be slow

# The compiled halves of ctypes, sqlite3 and ssl: they are what can be missing, and all else only costs time.
PROBE = """
import _ctypes, _sqlite3, _ssl, json, os, sys, zlib
from importlib.util import find_spec
if not find_spec("ensurepip") or not find_spec("venv"):
    sys.exit("no venv or ensurepip")
mapped = set()
if os.path.exists("/proc/self/maps"):
    with open("/proc/self/maps") as lines:
        mapped = {line.split(None, 5)[5].strip() for line in lines if ".so" in line}
print(json.dumps({
    "name": sys.implementation.name,
    "version": list(sys.version_info),
    "prefix": os.path.realpath(sys.base_prefix),
    "gil": "free-threading build" not in sys.version,
    "mapped": sorted(mapped),
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """One Python; ``version`` as in "3.13.0", ``prefix`` its folder, ``executable`` the program below it.

    ``libraries`` are folders that it must also find at their own paths (a shared libpython behind an absolute
    RUNPATH, say), so a sandbox that shows ``prefix`` elsewhere binds them as well. ``build`` names who built it, where
    that isn't the way of the machine's own (:mod:`harness.machine.debian`).
    """

    version: str
    prefix: Path
    executable: Path
    libraries: tuple[Path, ...] = ()
    build: str = field(default="", repr=False)  # what is made for an interpreter goes by its repr

    @property
    def named(self) -> str:
        """The version as readers should know it: ``3.15.2``, ``3.15.2 (Debian's build)``."""
        return f"{self.version} ({self.build})" if self.build else self.version

    @property
    def minor(self) -> str:
        return ".".join(self.version.split(".")[:2])


@functools.cache
def find_interpreters() -> dict[str, Interpreter]:
    """The Pythons found, as "3.13" -> Interpreter, newest minor version first; empty where there is none."""
    # os.path's: a folder on PATH that may not be entered has none
    paths = list(dict.fromkeys(path.resolve() for path in _candidates() if os.path.exists(path)))
    with ThreadPoolExecutor(4) as pool:
        return choose([answer for answer in pool.map(_ask, paths) if answer])


def choose(answers: list[tuple[list[Any], Interpreter]]) -> dict[str, Interpreter]:
    """The best Python of each minor version out of (``sys.version_info``, interpreter)."""
    best: dict[str, tuple[tuple[Any, ...], Interpreter]] = {}
    for version, interpreter in answers:
        rank = (interpreter.prefix != Path("/usr"), not interpreter.build, version[3] == "final", version)
        if interpreter.minor not in best or best[interpreter.minor][0] < rank:
            best[interpreter.minor] = (rank, interpreter)
    return {minor: best[minor][1] for minor in reversed(MINORS) if minor in best}


def _candidates() -> Iterator[Path]:
    """Paths that may be a Python; links and programs of virtual environments lead to the one behind them."""
    names = [f"python{minor}" for minor in MINORS] + ["python3", "python"]
    suffix = ".exe" if os.name == "nt" else ""
    yield Path(getattr(sys, "_base_executable", None) or sys.executable)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if folder and Path(folder).name != "shims":  # pyenv's shims only start what is listed below
            yield from (Path(folder, name + suffix).absolute() for name in names)
    for root in (os.environ.get("PYENV_ROOT"), os.environ.get("PYENV"), "~/.pyenv", "~/.pyenv/pyenv-win"):
        if root:
            versions = Path(root).expanduser() / "versions"
            for minor in MINORS:
                yield from _inside(versions, f"{minor}*/bin/python", f"{minor}*/python.exe")
    yield from _managed()
    yield from _inside(Project(ROOT).work / DEBIAN, "3.*/usr/bin/python3.*[0-9]")


def _managed() -> list[Path]:
    """The Pythons that uv has installed for this user."""
    command = [pip_config.uv(), "python", "dir", "--no-config"]
    done = once.quiet(command)
    if done.returncode:
        return []  # uv knows no folder for them here; the other places still count
    return _inside(Path(done.stdout.strip()), "cpython-3.*/bin/python3.*[0-9]", "cpython-3.*/python.exe")


def _inside(folder: Path, *patterns: str) -> list[Path]:
    """The paths below ``folder`` that match, sorted; none where it may not be entered, as root's by others."""
    # glob's, since pathlib's raises there before Python 3.13
    return sorted(folder / path for pattern in patterns for path in glob.glob(pattern, root_dir=folder))


def _ask(path: Path) -> tuple[list[Any], Interpreter] | None:
    """What the Python at ``path`` says about itself, None where it isn't one that a page can run on."""
    env = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
    try:
        done = once.quiet([path, "-I", "-S", "-c", PROBE], env, seconds=SECONDS)
        answer = json.loads(done.stdout.splitlines()[-1])
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return None
    major, minor, micro, level, serial = answer["version"]
    if answer["name"] != "cpython" or not answer["gil"] or f"{major}.{minor}" not in MINORS:
        return None
    prefix = Path(answer["prefix"])
    executable = prefix / ("python.exe" if os.name == "nt" else f"bin/python{major}.{minor}")
    if not executable.exists():
        return None
    version = f"{major}.{minor}.{micro}" + ("" if level == "final" else f"{level[:1]}{serial}")
    libraries = _libraries(prefix, executable, [Path(p) for p in answer["mapped"]])
    build = prefix / "BUILD"
    named = build.read_text(encoding="utf-8").strip() if build.is_file() else ""
    return answer["version"], Interpreter(version, prefix, executable, libraries, named)


def _libraries(prefix: Path, executable: Path, mapped: list[Path]) -> tuple[Path, ...]:
    """Folders of shared libraries that are found by absolute path: the prefix's own, and any outside the system's."""
    folders = set()
    program = executable.read_bytes()
    for library in mapped:
        folder = library.parent
        if folder.is_relative_to(prefix):
            # part of the prefix moves with it unless the program names the folder, as its loader or an RUNPATH does
            named = library.name.startswith(("libpython", "ld-linux"))
            if named and bytes(folder) in program and prefix != Path("/usr"):
                folders.add(folder)
        elif not any(folder.is_relative_to(system) for system in ("/usr/lib", "/lib", "/usr/lib64", "/lib64")):
            folders.add(folder)
    return tuple(sorted(folders))
