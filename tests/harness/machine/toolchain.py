"""The tools that pages use, each in an environment of its own, made from the hash-pinned locks in ``tests/locks``."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Literal

from proof import contract

from harness import once
from harness.machine import pip_config
from harness.machine.pythons import Interpreter
from harness.problem import Problem
from harness.project import Project

Layout = Literal["sandbox", "host"]
FORMAT = "1"  # to be raised when what this module makes changes
INSIDE = "/opt/tools"
KEPT_SECONDS = 24 * 3600  # how long the tools of another lock stay, in case another run still uses them

# Lock -> the commands that a reader has after installing that tool. pip's lock only names a version: each environment
# that a page makes has its own pip.
COMMANDS = {
    "pip": (),
    "uv": ("uv", "uvx"),
    "pip-tools": ("pip-compile", "pip-sync"),
    "poetry": ("poetry",),
    "pipenv": ("pipenv",),
    "pdm": ("pdm",),
    "hatch": ("hatch",),
    "twine": ("twine",),
    "build": ("pyproject-build",),
    "keyring": ("keyring",),
}

# System (sys.platform) -> Pythons for which a package of a tool's lock has no wheel there: xattr, which Poetry needs
LACKING = {"darwin": ("3.15",)}


def usable(pythons: Sequence[str], system: str = sys.platform) -> list[str]:
    """Those of ``pythons`` ("3.15") on which all tools can be installed on ``system``, in their order."""
    return [python for python in pythons if python not in LACKING.get(system, ())]


class Toolchain:
    """The tools of ``project``; :meth:`prepare` must have run before :attr:`folder` is used."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._folder: Path | None = None

    @cached_property
    def locks(self) -> dict[str, str]:
        """Path of each lock that could change an outcome -> SHA-256 of the file, the harness' own included."""
        paths = contract.lock_files(self.project.root)
        missing = [name for name in COMMANDS if self.project.locks / f"{name}.txt" not in paths]
        if missing:
            raise Problem("tests/locks", f"no lock for {', '.join(missing)}", "one .txt a tool", "make world DATE=…")
        return contract.digests(paths, self.project.root)

    def version(self, name: str) -> str:
        """The version of the tool ``name`` that its lock pins. Raises Problem where it pins none."""
        lock = self._lock(name).read_text(encoding="utf-8")
        pin = re.search(rf"^{re.escape(name)}==(\S+)", lock, re.MULTILINE)
        if not pin:
            raise Problem(f"tests/locks/{name}.txt", f"no pin of {name}", f"a line {name}==…", "make world DATE=…")
        return pin[1]

    def _lock(self, name: str) -> Path:
        return self.project.locks / f"{name}.txt"

    @property
    def folder(self) -> Path:
        """The folder with ``bin/`` to be seen at /opt/tools (layout "sandbox") or used where it is ("host")."""
        if self._folder is None:
            raise RuntimeError("Toolchain.prepare() has not run")
        return self._folder

    def prepare(self, interpreter: Interpreter, layout: Layout) -> Path:
        """Make the tools on ``interpreter``, unless they are there already; return :attr:`folder`.

        "sandbox" tools work below /opt/tools with the interpreter at /opt/python/X.Y, "host" tools where they are.
        Raises Problem where PyPI can't be reached or a hash differs; what was made before is kept.
        """
        home = self.project.work / "tools"
        names = [name for name, commands in COMMANDS.items() if commands]
        tools = [self.locks[self.project.relative(self._lock(name))] for name in names]
        stat = interpreter.executable.stat()
        about = "\0".join([FORMAT, layout, str(interpreter), str(stat.st_size), str(stat.st_mtime_ns), *tools])
        made = home / f"{layout}-{hashlib.sha256(about.encode()).hexdigest()[:16]}"

        def fill(folder: Path) -> None:
            with ThreadPoolExecutor(os.cpu_count()) as pool:  # the first that fails cancels those not begun
                list(pool.map(lambda name: self._install(name, interpreter, folder / name, layout), names))
            self._link(folder)
            if layout == "sandbox":
                for name in names:
                    _move_base(folder / name, f"/opt/python/{interpreter.minor}/bin")

        once.make(made, fill)
        with once.alone(home / "lock"):
            self._discard(home, made)
        self._folder = made
        return made

    def _install(self, name: str, interpreter: Interpreter, folder: Path, layout: Layout) -> None:
        # A sandbox can't keep the bytecode that Python makes at the first import; elsewhere most is never imported.
        env = pip_config.for_uv(self._registry, os.environ, self.project.work / "uv")
        uv = [pip_config.uv(), "--quiet"]
        make = [*uv, "venv", "--relocatable", "--python", str(interpreter.executable), str(folder)]
        install = [*uv, "pip", "install", "--require-hashes", "--only-binary", ":all:"]
        install += ["--compile-bytecode"] if layout == "sandbox" else []
        install += ["--python", str(_scripts(folder) / "python"), "--requirement", str(self._lock(name))]
        for command in (make, install):
            done = once.quiet(command, env)
            if done.returncode:
                raise Problem(
                    f"tests/locks/{name}.txt",
                    f"{name} can't be installed on Python {interpreter.version}: {done.stderr.strip()}",
                    "packages of the lock, with its hashes, from PyPI or the index that pip is configured for",
                    "fix what it names and run the same command again",
                )

    @cached_property
    def _registry(self) -> dict[str, str]:
        return pip_config.configured(sys.executable)

    def _link(self, folder: Path) -> None:
        """``bin/`` with the readers' commands, and nothing else that the environments contain."""
        (folder / "bin").mkdir()
        for name, commands in COMMANDS.items():
            for command in commands:
                if os.name == "nt":
                    scripts = f"{name}\\Scripts\\{command}.exe"
                    (folder / "bin" / f"{command}.bat").write_text(f'@"%~dp0..\\{scripts}" %*\n')
                    shell = f'#!/bin/sh\nexec "$(dirname "$0")/../{name}/Scripts/{command}.exe" "$@"\n'
                    (folder / "bin" / command).write_text(shell, newline="\n")
                else:
                    (folder / "bin" / command).symlink_to(Path("..", name, "bin", command))
                if not (_scripts(folder / name) / f"{command}{'.exe' if os.name == 'nt' else ''}").exists():
                    raise Problem(f"tests/locks/{name}.txt", f"no command {command}", f"{name} to bring it")

    def _discard(self, home: Path, made: Path) -> None:
        """Remove what other locks made, once nothing can be using it any more."""
        for old in home.glob("*-*"):
            if old != made and time.time() - old.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(old, ignore_errors=True)


def _scripts(environment: Path) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin")


def _move_base(environment: Path, home: str) -> None:
    """Point ``environment`` to the interpreter in ``home``, a folder that exists in the sandbox only."""
    program = environment / "bin" / "python"
    minor = re.search(r"\d+\.\d+", home)
    assert minor
    program.unlink()
    program.symlink_to(f"{home}/python{minor[0]}")
    settings = environment / "pyvenv.cfg"
    text = re.sub(r"(?m)^home = .*$", f"home = {home}", settings.read_text(encoding="utf-8"))
    settings.write_text(text, encoding="utf-8")
