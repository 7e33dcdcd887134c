"""What a sandbox sees of the machine, and where the page's own folders are in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HOME = "/home/user"
PROJECT = f"{HOME}/project"


@dataclass(frozen=True)
class Mount:
    """A path of the machine that the sandbox sees, read-only."""

    source: Path
    target: str


def system_mounts() -> list[tuple[str, str]]:
    """bubblewrap options for the system's own programs and libraries, nothing of its users or configuration."""
    options: list[tuple[str, str]] = []
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            options.append((os.readlink(path), str(path)))
    return options
