"""What a sandbox sees of the machine, and where the page's own folders are in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HOME = "/home/user"
PROJECT = f"{HOME}/project"
SERVICES = "/srv"  # empty, and there because every Linux has it
PROGRAMS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")  # folders below / that may be links into /usr


@dataclass(frozen=True)
class Mount:
    """A path of the machine that the sandbox sees, read-only."""

    source: Path
    target: str


def system_mounts() -> list[tuple[str, str]]:
    """bubblewrap options for the system's own programs and libraries, nothing of its users or configuration."""
    options: list[tuple[str, str]] = []
    for name in PROGRAMS:
        path = Path("/", name)
        if path.is_symlink():
            options.append((os.readlink(path), str(path)))
    return options


def closed(targets: Iterable[str]) -> list[str]:
    """The folders of the sandbox's own root, given all mounts: those on the way to ``targets``, and SERVICES.

    Nobody may write to them, so a page sees what its reader does ("Permission denied"), which a read-only file system
    wouldn't say.
    """
    system = {PurePosixPath("/", name) for name in ("usr", "etc", "proc", "dev", "tmp", *PROGRAMS)}
    mounted = {PurePosixPath(target) for target in targets} | system
    ways = {way for target in mounted for way in target.parents}
    return sorted({SERVICES, *(str(way) for way in ways if not mounted & {way, *way.parents})})
