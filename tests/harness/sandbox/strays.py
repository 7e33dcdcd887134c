"""The home of a page at level ``plain``, and the processes that outlived what should have ended them, known by it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import string
import time
from collections.abc import Iterator
from pathlib import Path

HOME, TEMPORARY = "home", "tmp"  # in a sandbox's folder: the ways to the two that lie elsewhere
PLACE, LETTERS, LENGTH = Path("/tmp"), string.ascii_lowercase + string.digits, 4


def short(folder: Path, name: str) -> str:
    """Make a folder as long as the ``/home/user`` that pages show, to which ``name`` in a sandbox's ``folder`` leads.

    Tools wrap lines and lay out tables by the length of a path, and a socket's path has at most 107 bytes (unix(7)).
    Whoever finds ``folder`` later finds this one as well.
    """
    if os.name == "nt" or not PLACE.is_dir():
        (made := folder / name / "user").mkdir(parents=True)
        return str(made)
    while True:
        made = PLACE / f"g{''.join(secrets.choice(LETTERS) for _ in range(LENGTH))}"
        (folder / name).symlink_to(made)
        try:
            made.mkdir(mode=0o700)
        except FileExistsError:
            (folder / name).unlink()
        else:
            return str(made)


def remove(folder: Path) -> None:
    """End what still runs in the home of the sandbox with this ``folder``, and remove all that it had."""
    for name in (HOME, TEMPORARY):
        way = folder / name
        real = Path(os.readlink(way)) if way.is_symlink() else way / "user"
        if name == HOME:
            end(str(real))
        shutil.rmtree(real, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def found(home: str) -> Iterator[int]:
    """The processes whose HOME is ``home`` (Linux; elsewhere none, since nobody tells)."""
    mark = b"\0HOME=" + os.fsencode(home) + b"\0"
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in b"\0" + (entry / "environ").read_bytes() + b"\0":
                yield int(entry.name)


def end(home: str, seconds: float = 60.0) -> None:
    """Kill them, and those that they start meanwhile."""
    limit = time.monotonic() + seconds
    while numbers := list(found(home)):
        for number in numbers:
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)
        if time.monotonic() > limit:
            return
        time.sleep(0.01)
