"""How far a sandbox is kept from the machine: bubblewrap where it runs, else unshare, else a cleared environment.

Source of the order: bubblewrap(1), unshare(1), user_namespaces(7).
The outer namespace lets an ordinary user inside listen on ports 443 and 53, which the world's forwarder needs.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from harness.problem import Problem
from harness.sandbox.bubblewrap import bubblewrap
from harness.sandbox.mounts import Mount
from harness.sandbox.unshare import unshare

Level = Literal["bubblewrap", "unshare", "plain"]
LEVELS: tuple[Level, ...] = ("bubblewrap", "unshare", "plain")

# Ends with the thread that started it (prctl(2), PR_SET_PDEATHSIG), and what runs in its process namespace with it.
# The setting outlives execve and unshare(2), since neither gives up a capability or changes the user.
FOLLOWING = ("setpriv", "--pdeathsig", "KILL")

# The forwarder is up before the page's shell starts; it dies with that shell's process. A shell that died before the
# forwarder could ask for that is seen by its number.
OUTSIDE = r"""
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
size=$1; shift
exec {ready}< <(exec setpriv --pdeathsig KILL sh -c '[ "$PPID" = "$0" ] && exec "$@"' $$ "${@:1:size}")
read -r word <&"$ready" || { echo "the world's forwarder did not start" >&2; exit 70; }
exec {ready}<&-
shift "$size"
exec "$@"
"""


PROBE = 'echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start && exec "$@"'


def contained(level: Level, mounts: Sequence[Mount], env: Mapping[str, str], etc: Path, root: Path) -> list[str]:
    """The command line of ``level`` (not plain); ``root`` is an empty folder that only unshare needs."""
    if level == "bubblewrap":
        return bubblewrap(mounts, env, etc)
    root.mkdir(exist_ok=True)
    return unshare(mounts, env, etc, root)


def networked(command: Sequence[str], forwarder: Sequence[str]) -> list[str]:
    """``command`` in a fresh network in which ``forwarder`` (a command that prints ready) leads to the world.

    It ends with the thread that starts it, whatever that one dies of.
    """
    outer = [*FOLLOWING, "unshare", "--user", "--map-root-user", "--net", "bash", "-c", OUTSIDE, "sandbox"]
    return [*outer, str(len(forwarder)), *forwarder, *command]


@functools.cache
def level() -> Level:
    """The strongest level that works here; GUIDE_ISOLATION asks for one by name.

    Raises Problem where the named one doesn't work: a run must not be weaker than it claims.
    """
    wanted = os.environ.get("GUIDE_ISOLATION")
    if wanted and wanted not in LEVELS:
        raise Problem("GUIDE_ISOLATION", f"{wanted!r}", "one of " + ", ".join(LEVELS))
    for name in LEVELS:
        if wanted in (None, "", name) and _works(name):
            if name == "plain" and not wanted and sys.platform == "linux" and os.geteuid() == 0:
                raise Problem(
                    "isolation",
                    "neither bubblewrap nor unshare works, and pages would run with the rights of root",
                    "a sandbox",
                    "install bubblewrap, run as another user, or say GUIDE_ISOLATION=plain in a machine made for this",
                )
            return name
    raise Problem(
        "GUIDE_ISOLATION",
        f"{wanted!r} does not work on this machine",
        "a level that works here",
        "install bubblewrap, or leave GUIDE_ISOLATION unset",
    )


def available() -> tuple[Level, ...]:
    """The levels that work on this machine, strongest first."""
    return tuple(name for name in LEVELS if _works(name))


@functools.cache
def _works(name: Level) -> bool:
    if name == "plain":
        return True
    if sys.platform != "linux" or not (shutil.which("unshare") and shutil.which("setpriv")):
        return False
    if name == "bubblewrap" and not shutil.which("bwrap"):
        return False
    env = {"PATH": "/usr/bin:/bin"}
    with tempfile.TemporaryDirectory() as root, contextlib.suppress(OSError):  # as of a bwrap for another processor
        etc = Path("/etc")
        inside = bubblewrap([], env, etc) if name == "bubblewrap" else unshare([], env, etc, Path(root))
        outside = [*FOLLOWING, "unshare", "--user", "--map-root-user", "--net", "bash", "-c", PROBE, "probe"]
        probe = [*outside, *inside, "true"]
        return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, timeout=60).returncode == 0
    return False
