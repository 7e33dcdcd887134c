"""The memory that this process has."""

from __future__ import annotations

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def memory() -> tuple[int, int]:
    """Resident bytes, now and at the most; where the system doesn't tell the first (no /proc), the second for both."""
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        now, peak = (int(lines[name].split()[0]) << 10 for name in ("VmRSS", "VmHWM"))
        return now, peak
    try:
        import resource
    except ImportError:
        return 0, 0  # Windows
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = most if sys.platform == "darwin" else most << 10
    return peak, peak
