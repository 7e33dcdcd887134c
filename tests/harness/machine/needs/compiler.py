"""A C compiler with the headers of one Python, which not every installation of it brings."""

from __future__ import annotations

import re
import shutil
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from harness.machine import programs
from harness.machine.needs.need import Gift, Need, Room
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
        return sys.platform == "linux" and self._headers() is not None and bool(_version())

    def facts(self) -> dict[str, str]:
        return {"C compiler": _version()}

    def provide(self, room: Room) -> AbstractContextManager[Gift]:
        """The headers also where the Python was installed: its pkg-config file names that place, and Meson reads it."""
        headers = self._headers()
        return nullcontext(Gift(((headers, str(headers)),) if headers else ()))

    def _headers(self) -> Path | None:
        """The folder with ``Python.h``, None where this Python came without."""
        python = find_interpreters().get(self.minor)
        headers = python and python.prefix / "include" / f"python{self.minor}"
        return headers if headers and (headers / "Python.h").is_file() else None


def _version() -> str:
    """What the compiler calls itself, such as "gcc 12.2.0"; empty where there is none that answers."""
    command = shutil.which("cc", path=PLACES)
    said = programs.version(command, "--version") if command else ""
    found = re.search(r"\d+\.\d+\.\d+", said)
    return f"{'clang' if 'clang' in said else 'gcc'} {found[0]}" if found else ""
