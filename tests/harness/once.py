"""What must happen once and wholly: a file written in one step, a folder made by one process. Standard library only."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO


def write(path: Path, content: bytes) -> None:
    """Write ``path`` in one step, with its mode kept: whoever is killed leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        if path.exists():
            shutil.copymode(path, draft)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def make(folder: Path, fill: Callable[[Path], None]) -> bool:
    """Have ``fill`` make ``folder`` unless it is there; True where it had to.

    Processes that want a folder beside it wait. One that fails or is killed leaves no folder, and the next begins.
    """
    with alone(folder.parent / "lock"):
        if folder.exists():
            os.utime(folder)  # in use: whoever discards old ones leaves it
            return False
        partial = folder.with_name(f".{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        fill(partial)
        partial.rename(folder)
        return True


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``; another process waits for it. A process that dies lets go of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        _hold(file)
        yield


def _hold(file: IO[bytes]) -> None:
    if os.name == "nt":
        import msvcrt

        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
                return
            except OSError:
                time.sleep(0.2)
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX)


def quiet(
    command: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` without input; its output and errors are in the result, and its status is for the caller."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=env,
        cwd=cwd,
        timeout=seconds,
    )
