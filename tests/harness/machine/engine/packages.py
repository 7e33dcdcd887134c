"""An engine's programs from Debian's packages, unpacked below ``.work/engine/programs``; nothing is installed.

Debian 13's engine also runs on Debian 12, whose own can't parse ``COPY --link``; runc and iptables are the machine's
own release, since 13's runc needs a newer libc.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from harness import once
from harness.machine import debian

SUITE = "trixie"
NEWER = ("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd", "tini")
OWN = ("runc", "iptables")
PROGRAMS = {
    "bin": ("containerd", "containerd-shim-runc-v2", "docker"),
    "sbin": ("dockerd", "docker-proxy", "runc"),
}
# its libraries aren't where the linker looks
IPTABLES = """\
#!/bin/sh
export LD_LIBRARY_PATH='{libraries}' XTABLES_LIBDIR='{libraries}/xtables'
exec '{program}' {name} "$@"
"""


def make(folder: Path) -> bool:
    """Make ``folder`` with ``bin`` and ``plugins``, unless it is there; whether it had to.

    Raises Problem where the machine is not Debian or apt can't fetch the packages.
    """

    def fill(partial: Path) -> None:
        for suite, names, action in (
            (SUITE, NEWER, ["download"]),
            ("", OWN, ["install", "--yes", "--download-only", "--reinstall", "--no-install-recommends"]),
        ):
            apt = partial / "apt"
            debian.fetch(suite, [*action, *names], apt)
            for package in sorted(apt.rglob("*.deb")):
                debian.run(["dpkg-deb", "--extract", str(package), str(partial / "root")], "it can't be unpacked")
            shutil.rmtree(apt)
        _link(partial, folder)

    return once.make(folder, fill)


def _link(partial: Path, folder: Path) -> None:
    """The folders that :mod:`.programs` looks at."""
    usr = folder / "root" / "usr"
    (partial / "bin").mkdir()
    for place, names in PROGRAMS.items():
        for name in names:
            (partial / "bin" / name).symlink_to(usr / place / name)
    (partial / "bin" / "docker-init").symlink_to(usr / "bin" / "tini-static")
    (partial / "plugins").symlink_to(usr / "libexec" / "docker" / "cli-plugins")
    libraries = next((partial / "root" / "usr" / "lib").glob("*-linux-gnu/xtables")).parent
    program = usr / "sbin" / "xtables-legacy-multi"
    for name in ("iptables", "ip6tables"):
        wrapper = partial / "bin" / name
        there = usr / "lib" / libraries.name
        wrapper.write_text(IPTABLES.format(libraries=there, program=program, name=name), encoding="utf-8")
        wrapper.chmod(0o755)
