"""Roots of Debian's for stand-in images, made by mmdebstrap(1) from its packages, and the archive that an image is."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.machine import debian
from harness.problem import Problem

SUITE, RELEASE = "trixie", "Debian 13"
SOURCES = "/etc/apt/sources.list.d/debian.sources"  # where Debian's and Python's images have it
# without the suites of updates, whose lists hold for a week: no build could run offline after it
SUITES = f"""\
Types: deb
URIs: {{}}
Suites: {SUITE}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
SLIM = ("path-exclude=/usr/share/man/*", "path-exclude=/usr/share/doc/*", "path-exclude=/usr/share/locale/*")
PROGRAMS = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class StandIn:
    """``tar`` is the image's one layer, ``settings`` are instructions of a Dockerfile (docker-import(1), --change)."""

    image: str
    tar: Path
    settings: tuple[str, ...]


Bootstrap = Callable[..., Path]


def mmdebstrap(folder: Path) -> Bootstrap:
    """What makes Debian's root in a folder, with further packages and options: mmdebstrap, unpacked in ``folder``."""
    debian.fetch(SUITE, ["download", "mmdebstrap"], folder / "apt")
    package = next((folder / "apt").rglob("*.deb"))
    debian.run(["dpkg-deb", "--extract", str(package), str(folder)], "mmdebstrap can't be unpacked")
    programs = folder / "usr" / "bin"
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(folder)}
    source = debian.address()

    def bootstrap(place: Path, *packages: str, hook: str = "", slim: bool = True) -> Path:
        place.mkdir()
        command = ["perl", str(programs / "mmdebstrap"), "--variant=minbase", "--mode=root", "--format=directory"]
        command += [f"--dpkgopt={option}" for option in ("force-confold", *(SLIM if slim else ()))]
        command += [f"--include={package}" for package in packages]
        command += [f"--essential-hook={hook}"] if hook else []
        debian.run([*command, SUITE, str(place / "root"), source], f"{SUITE} can't be made", env)
        for named in ("sources.list", "sources.list.d"):  # its address is this machine's
            path = place / "root" / "etc" / "apt" / named
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        sources = place / "root" / SOURCES.lstrip("/")
        sources.parent.mkdir()
        sources.write_text(SUITES.format(_usual(programs / "mmdebstrap")), encoding="utf-8")
        return place / "root"

    return bootstrap


def _usual(program: Path) -> str:
    """Debian's own address, which mmdebstrap takes where it is given none, as Debian's image does."""
    found = re.search(r"^ *my \$mirror *= '(\S+)';", program.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Problem("make engine", "mmdebstrap names no archive of Debian's", "the one that images have")
    return found[1]


def packed(image: str, root: Path, *settings: str) -> StandIn:
    tar = root.with_suffix(".tar")
    debian.run(["tar", "--create", "--file", str(tar), "--directory", str(root), "--numeric-owner", "."], "no archive")
    shutil.rmtree(root)
    return StandIn(image, tar, (*settings, f'LABEL stand-in="{image}"'))
