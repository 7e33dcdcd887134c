"""A clock that can be set, for tools that ask for the age of a release: libfaketime(1), preloaded into every program.

Debian's and Ubuntu's package is ``libfaketime``. A program that is linked statically keeps the machine's clock.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.machine.needs.need import Gift, Need, Room

# Time goes on as it does, for waits and for the ages of files: only what day it is changes.
SETTINGS = {
    "FAKETIME_TIMESTAMP_FILE": "/opt/guide/day",  # the sandbox keeps the page's day there
    "FAKETIME_NO_CACHE": "1",  # a page's shell outlives the day on which it began
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    "NO_FAKE_STAT": "1",
}


class Clock(Need):
    words = "a clock that can be set (libfaketime)"

    def available(self) -> bool:
        return sys.platform == "linux" and bool(self._library())

    @contextmanager
    def provide(self, room: Room) -> Iterator[Gift]:
        yield Gift(variables={"LD_PRELOAD": str(self._library()), **SETTINGS})

    def facts(self) -> dict[str, str]:
        library = self._library()
        return {"libfaketime": _version(library)} if library else {}

    def _library(self) -> Path | None:
        return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


@functools.cache
def _version(library: Path) -> str:
    """The release as the distribution has it (``0.9.10-2.1``), since the library doesn't say; else its digest."""
    if shutil.which("dpkg-query"):
        command = ["dpkg-query", "--show", "--showformat", "${Version}", "libfaketime"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode == 0 and done.stdout:
            return done.stdout
    return f"SHA-256 {hashlib.sha256(library.read_bytes()).hexdigest()[:12]}"
