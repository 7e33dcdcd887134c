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
here=${{0%/*}}/../root/usr
export LD_LIBRARY_PATH="$here/lib/{libraries}" XTABLES_LIBDIR="$here/lib/{libraries}/xtables"
exec "$here/sbin/xtables-legacy-multi" {name} "$@"
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
        _link(partial)

    return once.make(folder, fill)


def _link(folder: Path) -> None:
    """The folders that :mod:`.programs` looks at; nothing in them names where they are."""
    usr = Path("..", "root", "usr")
    (folder / "bin").mkdir()
    for place, names in PROGRAMS.items():
        for name in names:
            (folder / "bin" / name).symlink_to(usr / place / name)
    (folder / "bin" / "docker-init").symlink_to(usr / "bin" / "tini-static")
    (folder / "plugins").symlink_to(Path("root", "usr", "libexec", "docker", "cli-plugins"))
    libraries = next((folder / "root" / "usr" / "lib").glob("*-linux-gnu/xtables")).parent.name
    for name in ("iptables", "ip6tables"):
        wrapper = folder / "bin" / name
        wrapper.write_text(IPTABLES.format(libraries=libraries, name=name), encoding="utf-8")
        wrapper.chmod(0o755)
