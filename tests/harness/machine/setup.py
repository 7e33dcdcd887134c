"""The harness' own environment: ``.work/venv``, made from two locks by ``make setup``. Standard library only.

Run as ``python -m harness.machine.setup``, with ``tests`` on the path, by the Python that is to become the
environment's; with ``--check`` by any, even its own: status 3 means that the environment must be made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from harness import once
from harness.machine import pip_config
from harness.project import ROOT, Project

FOLDER = ROOT / "tests" / "locks"
LOCKS = (FOLDER / "harness.txt", FOLDER / "checks.txt")  # what makes outcomes, and what doesn't
PYTHONS = ("3.11", "3.14")  # the oldest and the newest that it is made with: PyYAML 6.0.3 has no wheels for 3.15


def python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted(venv: Path) -> dict[str, str]:
    """What the environment must have been made from and for: its marker says the same, or it is made again."""
    return {
        "locks": hashlib.sha256(b"\0".join(lock.read_bytes() for lock in LOCKS)).hexdigest(),
        "folder": str(venv),
        "sources": str(ROOT / "tests"),
    }


def ready(venv: Path) -> bool:
    """Whether the environment is complete, up to date and runs, on the Python that PYTHON names if it names one."""
    try:
        marker = json.loads((venv / "harness.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    base = marker.pop("base", None)
    if marker != wanted(venv) or (os.environ.get("PYTHON") and base != _base()):
        return False
    try:
        return subprocess.run([python(venv), "-I", "-c", ""], stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False  # the Python that it was made with is gone


def _base() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def make(venv: Path) -> None:
    """Make the environment; the marker is written last, so one that was interrupted is made again."""
    shutil.rmtree(venv, ignore_errors=True)
    if venv.exists():
        sys.exit(f"setup: {venv} can't be removed; expected to own it\n  → close what uses it, or delete it yourself")
    env = pip_config.cleared(os.environ)
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"setup: the harness' environment, on Python {version}, from tests/locks", flush=True)
    _run([sys.executable, "-m", "venv", str(venv)], env, "make a virtual environment")
    found = pip_config.configured(python(venv))
    interpreter, options = str(python(venv)), ["--require-hashes", "--only-binary", ":all:"]
    bootstrap = [interpreter, "-m", "pip", "install", "--quiet", *options, "--requirement", str(FOLDER / "uv.txt")]
    _run(bootstrap, pip_config.for_pip(found, os.environ), "install uv from PyPI")
    install = [interpreter, "-m", "uv", "pip", "install", "--python", interpreter, *options]
    install += [option for lock in LOCKS for option in ("--requirement", str(lock))]
    _run(install, pip_config.for_uv(found, os.environ, venv.parent / "uv"), "install from PyPI")
    site = subprocess.check_output(
        [python(venv), "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    Path(site, "harness.pth").write_text(f"{ROOT / 'tests'}\n", encoding="utf-8")
    (venv / "harness.json").write_text(json.dumps({**wanted(venv), "base": _base()}), encoding="utf-8")


def _run(command: list[str], env: dict[str, str], purpose: str) -> None:
    status = subprocess.run(command, stdin=subprocess.DEVNULL, env=env).returncode
    if status:
        sys.exit(
            f"setup: {command[0]} could not {purpose} (its messages are above); expected status 0, found {status}\n"
            "  → fix what it names and run the same make command again; pip's index, proxy and certificate"
            " settings are used"
        )


def main() -> None:
    venv = Project(ROOT).work / "venv"
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if ready(venv) else 3)
    try:
        with once.alone(Project(ROOT).work / "setup.lock"):
            if not ready(venv):
                started = time.monotonic()
                make(venv)
                print(f"setup: done in {time.monotonic() - started:.0f} s", flush=True)
    except OSError as error:
        sys.exit(
            f"setup: {error}; expected to write below {Project(ROOT).work}\n"
            "  → for a read-only checkout, name another folder: GUIDE_WORK=/path/to/folder make …"
        )


if __name__ == "__main__":
    main()
