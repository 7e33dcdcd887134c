"""The page's home in the engine's file system, so that a bind mount finds the page's files.

A mount belongs to the namespace that it was made in. So a process enters the page's, takes a copy of the mount that is
in no namespace (open_tree(2)), and hands it over; the engine puts it where the page has it (move_mount(2)).
"""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

# the same on every architecture (Linux 5.2)
OPEN_TREE, MOVE_MOUNT = 428, 429
CLONE, CLOEXEC, RECURSIVE, ITSELF = 0x1, 0o2000000, 0x8000, 0x1000  # OPEN_TREE_…, AT_RECURSIVE, AT_EMPTY_PATH
FROM_ITSELF = 0x4  # MOVE_MOUNT_F_EMPTY_PATH
HERE = -100  # AT_FDCWD
NEWNS = 0x20000


def _call(number: int, *arguments: int | bytes) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    typed = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result = int(libc.syscall(ctypes.c_long(number), *typed))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def dweller(process: int) -> int:
    """The page's shell: the innermost process below ``process``; the others are on the way into the sandbox."""
    found = [process]
    for number in found:
        for task in Path("/proc", str(number), "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found[-1]


def taken(process: int, folder: str) -> int:
    """A file descriptor of the mount that ``process`` has at ``folder``. Raises OSError."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = os.fork()
        if child == 0:
            try:
                place = os.open(f"/proc/{process}/root{folder}", os.O_PATH)
                namespace = os.open(f"/proc/{process}/ns/mnt", os.O_RDONLY)
                if ctypes.CDLL(None, use_errno=True).setns(namespace, NEWNS):
                    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                mount = _call(OPEN_TREE, place, b"", CLONE | CLOEXEC | RECURSIVE | ITSELF)
                socket.send_fds(theirs, [b"ok"], [mount])
            except OSError as error:
                theirs.sendall(str(error).encode())
            os._exit(0)
        said, numbers, _, _ = socket.recv_fds(ours, 1024, 1)
        os.waitpid(child, 0)
    if not numbers:
        raise OSError(f"the page's {folder} can't be taken: {said.decode()}")
    return numbers[0]


def put(mount: int, folder: str) -> None:
    """Mount what was :func:`taken` at ``folder``, which is there."""
    _call(MOVE_MOUNT, mount, b"", HERE, os.fsencode(folder), FROM_ITSELF)
    os.close(mount)
