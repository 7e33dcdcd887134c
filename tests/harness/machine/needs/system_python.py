"""A Python of the system's that refuses pip (PEP 668), as Debian's and Ubuntu's does."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.machine.needs.need import Need


class SystemPython(Need):
    words = "a system Python that its distribution manages"

    def available(self) -> bool:
        return sys.platform == "linux" and any(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED"))
