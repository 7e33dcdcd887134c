"""The programs of an engine: what :mod:`.packages` has unpacked below ``.work/engine``, else the machine's."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness import once

OLDEST = 23  # the first release whose `docker build` is BuildKit (its release notes)
ENGINE = ("dockerd", "containerd", "containerd-shim-runc-v2", "docker-proxy", "runc", "iptables", "ip", "nsenter")
PLUGINS = ("docker-buildx", "docker-compose")
SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLUGIN_FOLDERS = ("/usr/local/lib/docker", "/usr/local/libexec/docker", "/usr/lib/docker", "/usr/libexec/docker")
SECONDS = 60


@dataclass(frozen=True)
class Programs:
    """``path`` is the engine's PATH; ``docker`` is the client, ``plugins`` the folder of its plug-ins."""

    path: str
    docker: Path
    plugins: Path
    version: str

    @property
    def runc(self) -> str:
        return shutil.which("runc", path=self.path) or ""

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def find(folder: Path) -> Programs | str:
    """The programs unpacked in ``folder``, else the machine's; or what is missing, in words."""
    path = f"{folder / 'bin'}:{SYSTEM}" if folder.is_dir() else SYSTEM
    missing = [name for name in (*ENGINE, "docker") if not shutil.which(name, path=path)]
    folders = [folder / "plugins", *(Path(place, "cli-plugins") for place in PLUGIN_FOLDERS)]
    plugins = next((place for place in folders if all((place / name).exists() for name in PLUGINS)), None)
    if missing or plugins is None:
        return f"no {(missing or PLUGINS)[0]} here"
    dockerd = shutil.which("dockerd", path=path) or ""
    version = _version(dockerd, os.stat(dockerd).st_mtime_ns)
    if not version:
        return "the dockerd here doesn't run"
    programs = Programs(path, Path(shutil.which("docker", path=path) or ""), plugins, version)
    return programs if programs.major >= OLDEST else f"Docker {version} is here"


@functools.cache
def _version(dockerd: str, _: int) -> str:
    """The release of an engine (``26.1.5``), empty where it doesn't say."""
    try:
        said = once.quiet([dockerd, "--version"], seconds=SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"version (\d+\.\d+(\.\d+)?)", said)
    return found[1] if found else ""


@functools.cache
def root() -> tuple[str, ...] | None:
    """What to put before a command that root has to run; None where this user can't have that done."""
    if sys.platform != "linux":
        return None
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    return (sudo, "-n") if sudo and once.quiet([sudo, "-n", "true"]).returncode == 0 else None
