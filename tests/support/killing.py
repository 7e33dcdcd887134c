"""What the tests of kills share: runs that signals reach as from a terminal, and processes known by a number."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
from pathlib import Path

from checkout import ROOT

numbers = itertools.count(10_000_000 + os.getpid() * 100)


def sleeping(number: int) -> list[str]:
    """The processes that are ``sleep NUMBER``: a number that nobody else sleeps for finds them wherever they went."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cmdline").read_bytes().split(b"\0")[:2] == [b"sleep", str(number).encode()]:
                found.append(entry.name)
        except OSError:
            continue
    return found


def start(command: list[str], **options: object) -> subprocess.Popen[str]:
    """Start ``command`` so that signals reach it as they do from a terminal, also where this runs in the background."""
    return subprocess.Popen(  # type: ignore[call-overload]
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **options,
    )


def makefile(checkout: Path, program: str) -> None:
    """Give ``checkout`` the Makefile, and ``program`` (a shell's) in the place of its Python, set up already."""
    shutil.copy(ROOT / "Makefile", checkout)
    python = checkout / ".work" / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\ncase "$*" in "-I -c "|*machine.setup*) exit 0 ;; esac\n{program}\n')
    python.chmod(0o755)
