"""A sandbox made by bubblewrap(1)."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.sandbox.bounds import BOUNDS, HOME_BYTES, ROOT_BYTES, SHARED_BYTES, TEMPORARY_BYTES
from harness.sandbox.mounts import HOME, PROJECT, SERVICES, Mount, closed, system_mounts


def bubblewrap(mounts: Sequence[Mount], env: Mapping[str, str], etc: Path) -> list[str]:
    """The bwrap command line; the network is the one of the surrounding namespace."""
    command = [
        "bwrap",
        "--unshare-all",
        "--share-net",
        *_closed_namespaces(),
        "--new-session",
        "--die-with-parent",
        "--uid",
        "1000",
        "--gid",
        "1000",
        "--hostname",
        "laptop",
        "--clearenv",
        "--size",
        str(ROOT_BYTES),
        "--tmpfs",
        "/",
        "--ro-bind",
        "/usr",
        "/usr",
    ]
    for target, link in system_mounts():
        command += ["--symlink", target, link]
    for name in ("bin", "sbin", "lib", "lib64"):
        if (path := Path("/", name)).is_dir() and not path.is_symlink():
            command += ["--ro-bind", str(path), str(path)]
    command += ["--ro-bind", str(etc), "/etc"]
    command += [
        "--proc",
        "/proc",
        "--ro-bind",  # root's page would else reach the machine's kernel settings
        "/proc/sys",
        "/proc/sys",
        "--dev",
        "/dev",
        "--size",
        str(SHARED_BYTES),
        "--perms",
        "1777",
        "--tmpfs",
        "/dev/shm",
        "--remount-ro",
        "/dev",
        "--size",
        str(TEMPORARY_BYTES),
        "--perms",
        "1777",
        "--tmpfs",
        "/tmp",
        "--size",
        str(HOME_BYTES),
        "--perms",
        "0755",
        "--tmpfs",
        HOME,
    ]
    for mount in mounts:
        command += ["--ro-bind", str(mount.source), mount.target]
    command += ["--perms", "0755", "--dir", PROJECT, "--chdir", PROJECT, "--dir", SERVICES]
    for folder in closed([HOME, *(mount.target for mount in mounts)]):
        command += ["--chmod", "0555", folder]
    for name, value in env.items():
        command += ["--setenv", name, value]
    return [*command, *BOUNDS]


@functools.cache
def _closed_namespaces() -> tuple[str, ...]:
    """bubblewrap's options (0.8 and later) that let nothing inside make user namespaces, where a page were root."""
    said = subprocess.run(["bwrap", "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return ("--unshare-user", "--disable-userns") if "--disable-userns" in said.stdout + said.stderr else ()
