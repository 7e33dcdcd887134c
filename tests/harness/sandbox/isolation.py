"""How far a sandbox is kept from the machine: bubblewrap where it runs, else unshare, else a cleared environment.

Source of the order: ``design.md`` of the project, bubblewrap(1), unshare(1), user_namespaces(7).
The outer namespace lets an ordinary user inside listen on ports 443 and 53, which the world's forwarder needs.
"""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.problem import Problem

Level = Literal["bubblewrap", "unshare", "plain"]
LEVELS: tuple[Level, ...] = ("bubblewrap", "unshare", "plain")
HOME = "/home/user"
PROJECT = f"{HOME}/project"
HOME_BYTES = 6 * 2**30  # enough for a virtual environment with a scientific stack; a full one fails with ENOSPC
TEMPORARY_BYTES = 2 * 2**30
SHARED_BYTES = 2**28  # of /dev/shm
ROOT_BYTES = 2**24  # of the root itself, which holds mount points and is read-only afterwards
PROCESSES = 1024  # a test run with many workers needs some hundreds; a fork bomb ends here
DATA_BYTES = 4 * 2**30  # that one process may write to (RLIMIT_DATA): what is only reserved doesn't count
BOUNDS = ("prlimit", f"--nproc={PROCESSES}", f"--data={DATA_BYTES}", "--core=0")

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
    command += ["--perms", "0755", "--dir", PROJECT, "--chdir", PROJECT, "--remount-ro", "/"]
    for name, value in env.items():
        command += ["--setenv", name, value]
    return [*command, *BOUNDS]


@functools.cache
def _closed_namespaces() -> tuple[str, ...]:
    """bubblewrap's options (0.8 and later) that let nothing inside make user namespaces, where a page were root."""
    said = subprocess.run(["bwrap", "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return ("--unshare-user", "--disable-userns") if "--disable-userns" in said.stdout + said.stderr else ()


def unshare(mounts: Sequence[Mount], env: Mapping[str, str], etc: Path, root: Path) -> list[str]:
    """A root of bind mounts on a tmpfs at ``root``, then a second user namespace: inside, the page is uid 1000."""
    lines = [
        "set -e",
        f"root={shlex.quote(str(root))}",
        f'mount -t tmpfs -o size={ROOT_BYTES},mode=755 sandbox "$root"',
        f'umask 022; cd "$root"; mkdir -p usr etc proc dev/shm tmp .{HOME}',
        f"mount -t tmpfs -o size={HOME_BYTES},mode=755 home .{HOME}; mkdir .{PROJECT}",
        f"mount -t tmpfs -o size={TEMPORARY_BYTES},mode=1777 tmp tmp",
        f"mount -t tmpfs -o size={SHARED_BYTES},mode=1777 shm dev/shm",
    ]
    lines += [f"ln -s {shlex.quote(target)} .{link}" for target, link in system_mounts()]
    binds = [("/usr", "/usr"), (str(etc), "/etc"), *((str(m.source), m.target) for m in mounts)]
    binds += [
        (f"/{n}", f"/{n}")
        for n in ("bin", "sbin", "lib", "lib64")
        if Path("/", n).is_dir() and not Path("/", n).is_symlink()
    ]
    for source, target in binds:
        make = f"mkdir -p .{target}" if Path(source).is_dir() else f"mkdir -p .{Path(target).parent}; : >.{target}"
        lines.append(f"{make}; mount --rbind {shlex.quote(source)} .{target}; mount -o remount,ro,bind .{target}")
    lines += [f"touch dev/{n}; mount --bind /dev/{n} dev/{n}" for n in ("null", "zero", "full", "random", "urandom")]
    lines += [
        "mkdir dev/pts; mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx",
        "ln -s /proc/self/fd dev/fd; ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout",
        "ln -s fd/2 dev/stderr; mount -t proc proc proc; hostname laptop; for p in sys sysrq-trigger irq bus fs; do "
        "if [ -e proc/$p ]; then mount --bind proc/$p proc/$p; mount -o remount,ro,bind proc/$p; fi; done",
        "mount -o remount,ro .",
    ]
    values = " ".join(shlex.quote(f"{k}={v}") for k, v in env.items())
    lines.append(
        f'exec unshare --user --map-user=1000 --map-group=1000 --root="$root" --wd={PROJECT} '
        f'/usr/bin/env -i {values} {shlex.join(BOUNDS)} "$@"'
    )
    return [
        "unshare",
        "--mount",
        "--pid",
        "--ipc",
        "--uts",
        "--fork",
        "--kill-child",
        "bash",
        "-c",
        "\n".join(lines),
        "sandbox",
    ]


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


@functools.cache
def available() -> tuple[Level, ...]:
    """The levels that work on this machine, strongest first."""
    return tuple(name for name in LEVELS if _works(name))


def _works(name: Level) -> bool:
    if name == "plain":
        return True
    if sys.platform != "linux" or not (shutil.which("unshare") and shutil.which("setpriv")):
        return False
    if name == "bubblewrap" and not shutil.which("bwrap"):
        return False
    env = {"PATH": "/usr/bin:/bin"}
    with tempfile.TemporaryDirectory() as root:
        etc = Path("/etc")
        inside = bubblewrap([], env, etc) if name == "bubblewrap" else unshare([], env, etc, Path(root))
        outside = [*FOLLOWING, "unshare", "--user", "--map-root-user", "--net", "bash", "-c", PROBE, "probe"]
        probe = [*outside, *inside, "true"]
        return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, timeout=60).returncode == 0
