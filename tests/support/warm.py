"""Runs of pytest in processes that begin with everything imported and every Python found.

A run in a fresh process spends more on imports than on a page. So one process, forked from by multiprocessing's
fork server, has done that once; what runs in a fork of it is a process of its own in every other respect.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Windows has no fork: there a run is a fresh process after all
CONTEXT: Any = mp.get_context("forkserver" if "forkserver" in mp.get_all_start_methods() else "spawn")
CONTEXT.set_forkserver_preload(["warmed"])


def run(arguments: Sequence[str], folder: Path, env: Mapping[str, str], timeout: float) -> tuple[int, str]:
    """Exit status and output of pytest with ``arguments``, in ``folder`` and with ``env`` alone as its environment.

    Raises TimeoutError, with what was printed so far, when it doesn't end within ``timeout`` seconds.
    """
    with tempfile.NamedTemporaryFile() as output:
        process = CONTEXT.Process(target=within, args=(list(arguments), str(folder), dict(env), output.name))
        process.start()
        process.join(timeout)
        printed = Path(output.name).read_text(encoding="utf-8", errors="replace")
        if process.is_alive():
            process.kill()
            process.join()
            raise TimeoutError(f"pytest did not end within {timeout:.0f} s:\n{printed}")
        return int(process.exitcode or 0), printed


def within(arguments: list[str], folder: str, env: dict[str, str], output: str) -> None:
    """What the forked process does; it ends as pytest does."""
    import warmed

    file = os.open(output, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(file, descriptor)
    os.close(file)
    os.chdir(folder)
    same = env.get("PATH") == os.environ.get("PATH") and env.get("HOME") == os.environ.get("HOME")
    os.environ.clear()
    os.environ.update(env)
    tempfile.tempdir = None  # TMPDIR may be another
    if not same:
        warmed.forget()
    sys.exit(warmed.main(arguments))
