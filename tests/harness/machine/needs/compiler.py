"""A C compiler with the headers of one Python, which not every installation of it brings."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass

from harness.machine import programs
from harness.machine.needs.need import Need
from harness.machine.pythons import find_interpreters

PLACES = "/usr/bin:/bin"  # where a page finds it


@dataclass(frozen=True)
class Compiler(Need):
    """``cc``, and ``Python.h`` of one minor version, such as "3.13"."""

    minor: str

    @property
    def words(self) -> str:  # type: ignore[override]
        return f"a C compiler and the headers of Python {self.minor}"

    def available(self) -> bool:
        python = find_interpreters().get(self.minor)
        headers = python and (python.prefix / "include" / f"python{self.minor}" / "Python.h").is_file()
        return sys.platform == "linux" and bool(headers) and bool(_version())

    def facts(self) -> dict[str, str]:
        return {"C compiler": _version()}


def _version() -> str:
    """What the compiler calls itself, such as "gcc 12.2.0"; empty where there is none that answers."""
    command = shutil.which("cc", path=PLACES)
    said = programs.version(command, "--version") if command else ""
    found = re.search(r"\d+\.\d+\.\d+", said)
    return f"{'clang' if 'clang' in said else 'gcc'} {found[0]}" if found else ""
