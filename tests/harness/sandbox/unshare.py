"""A sandbox made by unshare(1) and mount(8), where there is no bubblewrap."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.sandbox.bounds import BOUNDS, HOME_BYTES, ROOT_BYTES, SHARED_BYTES, TEMPORARY_BYTES
from harness.sandbox.mounts import HOME, PROJECT, SERVICES, Mount, closed, system_mounts

# What the machine has mounted below a folder comes with it and stays writable: mount(8) changes one mount at a time.
# Names in /proc/self/mountinfo have their spaces as \040 (proc_pid_mountinfo(5)).
BELOW = rf"""
mapfile -t mounted </proc/self/mountinfo
for line in "${{mounted[@]}}"; do
  read -r _ _ _ _ point options _ <<<"$line"
  printf -v point %b "$point"
  case $point in "$PWD{HOME}" | "$PWD/tmp" | "$PWD/dev/shm") ;;
    "$PWD"/*) case $options in ro | ro,*) ;; *) mount -o remount,ro,bind "$point" ;; esac ;;
  esac
done"""


def unshare(mounts: Sequence[Mount], env: Mapping[str, str], etc: Path, root: Path) -> list[str]:
    """A root of bind mounts on a tmpfs at ``root``, then a second user namespace: inside, the page is uid 1000."""
    lines = [
        "set -e",
        f"root={shlex.quote(str(root))}",
        f'mount -t tmpfs -o size={ROOT_BYTES},mode=755 sandbox "$root"',
        f'umask 022; cd -P "$root"; mkdir -p usr etc proc dev/shm tmp .{HOME} .{SERVICES}',
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
    lines.append(BELOW)
    lines += [f"touch dev/{n}; mount --bind /dev/{n} dev/{n}" for n in ("null", "zero", "full", "random", "urandom")]
    lines += [
        "mkdir dev/pts; mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx",
        "ln -s /proc/self/fd dev/fd; ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout",
        "ln -s fd/2 dev/stderr; mount -t proc proc proc; hostname laptop; for p in sys sysrq-trigger irq bus fs; do "
        "if [ -e proc/$p ]; then mount --bind proc/$p proc/$p; mount -o remount,ro,bind proc/$p; fi; done",
        "mount --rbind dev dev; mount -o remount,ro,bind dev",
        "chmod 0555 " + " ".join("." + folder for folder in closed([HOME, *(mount.target for mount in mounts)])),
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
