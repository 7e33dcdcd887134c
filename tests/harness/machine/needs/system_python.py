"""A Python of the system's that refuses pip (PEP 668), as Debian's and Ubuntu's does."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from harness.machine import programs
from harness.machine.needs.need import Need


class SystemPython(Need):
    words = "a system Python that its distribution manages"

    def available(self) -> bool:
        return sys.platform == "linux" and any(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED"))

    def facts(self) -> dict[str, str]:
        version = _version()
        return {"system Python": version} if version else {}


def _version() -> str:
    """The release that /usr/bin/python3 is, empty where it doesn't say."""
    found = re.search(r"\d[\w.+]*", programs.version("/usr/bin/python3", "-I", "-S", "--version"))
    return found[0] if found else ""
