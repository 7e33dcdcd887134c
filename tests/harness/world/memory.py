"""The memory that this process had."""

from __future__ import annotations

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak() -> int:
    """The most resident bytes so far, 0 where the system doesn't tell (Windows)."""
    if STATUS.exists():  # of this process alone; rusage's is kept over exec(2), and so begins with the parent's
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) << 10
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10
