"""What an engine needs on this machine: found without doing anything, or made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.machine import pythons
from harness.machine.engine import packages, programs
from harness.machine.engine.cpython import MINOR
from harness.machine.engine.images import Images, Kept
from harness.machine.engine.programs import OLDEST, Programs
from harness.machine.toolchain import Toolchain
from harness.problem import Problem
from harness.project import ROOT, Project


def folder() -> Path:
    """Where programs and images are kept, by its real path: links among them name it."""
    return (Project(ROOT).work / "engine").resolve()


def _images(found: Programs) -> Images | str:
    python = pythons.find_interpreters().get(MINOR)
    if python is None:
        return f"no Python {MINOR} here for the images"
    return Images(folder(), found, python, Toolchain(Project(ROOT)).version("uv"))


def find() -> tuple[Programs, Kept] | str:
    """The programs of an engine and its images, or why there is none here, in words."""
    if programs.root() is None:
        return "there is one on Linux alone, for root"
    found = programs.find(folder() / "programs")
    if isinstance(found, str):
        return f"{found}; Docker {OLDEST} or later is needed, `make engine` has it on Debian"
    images = _images(found)
    kept = images if isinstance(images, str) else images.find()
    return (found, kept) if isinstance(kept, Kept) else kept or "no base images here; `make engine` makes them"


def missing() -> str:
    """Why there is no engine here; empty where there is."""
    found = find()
    return found if isinstance(found, str) else ""


def make(say: Callable[[str], None]) -> None:
    """Have all that :func:`find` looks for; raises Problem where that isn't possible here."""
    if programs.root() is None:
        raise Problem("make engine", "no Linux, or no root and no sudo without a password", "the rights of root")
    try:
        if isinstance(programs.find(folder() / "programs"), str) and packages.make(folder() / "programs"):
            say("container engine: Docker from Debian's packages, unpacked below .work/engine")
        found = programs.find(folder() / "programs")
        images = found if isinstance(found, str) else _images(found)
        if isinstance(images, str):
            raise Problem("make engine", images, f"Docker {OLDEST} or later, and Python {MINOR}")
        images.make(say)
    except Problem as problem:
        raise Problem("make engine", problem.found, problem.expected, "install Docker, or go without") from None
