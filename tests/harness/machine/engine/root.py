"""The root that an engine of a page's sees: programs, images and its own folder, not the machine's files.

Whoever may ask an engine for a container with ``--volume /:/machine`` reads and writes what the engine does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from harness.machine.engine.plan import Plan
from harness.project import ROOT

SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
PROFILES = Path("/etc/apparmor.d")  # what the engine's own profile includes, where the kernel has AppArmor
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], stdin=subprocess.DEVNULL, check=True)


def enter(plan: Plan, scratch: Path) -> None:
    """Make the root in ``scratch``, an empty folder of this mount namespace's own, and let all of it be that root."""
    mount("-t", "tmpfs", "-o", "size=64m,mode=755", "root", str(scratch))
    for name in SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            (scratch / name).symlink_to(os.readlink(path))
        elif path.is_dir():
            _bind(scratch, path)
    shutil.copytree(plan.etc, scratch / "etc", symlinks=True)
    if PROFILES.is_dir():
        _bind(scratch, PROFILES)
    for path in sorted(_needed(plan)):
        if path.parts[1] not in SYSTEM:
            _bind(scratch, path)
    for folder in (Path(plan.folder), Path(plan.certificate).parent):
        _bind(scratch, folder, "rw")
    for name in DEVICES:
        _bind(scratch, Path("/dev", name), "rw")
    for name in ("proc", "sys", "run", "tmp", "var", "old", plan.home):
        (scratch / name.lstrip("/")).mkdir(parents=True, exist_ok=True)
    (scratch / "var" / "run").symlink_to("/run")
    (scratch / "dev" / "shm").mkdir()
    mount("-t", "proc", "proc", str(scratch / "proc"))
    mount("--rbind", "/sys", str(scratch / "sys"))
    mount("-t", "tmpfs", "-o", "mode=755", "run", str(scratch / "run"))
    subprocess.run(["pivot_root", ".", "old"], stdin=subprocess.DEVNULL, check=True, cwd=scratch)
    os.chdir("/")
    subprocess.run(["umount", "--lazy", "/old"], stdin=subprocess.DEVNULL, check=True)


def _needed(plan: Plan) -> set[Path]:
    """What the keeper's and the engine's programs are made of, beside the system's; as named, and as it is."""
    environment = Path(sys.executable).parents[1]  # which sys.prefix doesn't name, since site isn't imported
    named = [str(environment), sys.base_prefix, str(ROOT / "tests"), plan.images, *plan.also]
    return {path for name in named if name for path in (Path(name), Path(name).resolve()) if path.is_dir()}


def _bind(root: Path, path: Path, mode: str = "ro") -> None:
    target = root / str(path).lstrip("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount("--bind", "-o", mode, str(path), str(target))
