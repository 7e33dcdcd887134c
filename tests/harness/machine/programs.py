"""What programs of this machine say of themselves."""

from __future__ import annotations

import functools
import subprocess


@functools.cache
def version(*command: str) -> str:
    """The first line that ``command`` prints, asked once a run; empty where it isn't there, or fails."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.partition("\n")[0] if done.returncode == 0 else ""
