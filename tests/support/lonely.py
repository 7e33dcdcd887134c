"""One sandbox of a level, with the real forwarder before a world that isn't there and with no tools: quick to open.

``python lonely.py LEVEL COMMAND`` opens one in a run's folder below TMPDIR and runs COMMAND in it, as a run does.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.machine.needs.need import Target
from harness.run import termination
from harness.sandbox import isolation, limits
from harness.sandbox.equipment import Equipment, configuration
from harness.sandbox.isolation import Level
from harness.sandbox.sandbox import Sandbox
from harness.world import forwarder


class NoWorld:
    """A link that leads nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def forwarder(self) -> list[str]:
        files = [str(self.folder / name) for name in ("nobody.sock", "names", "port")]
        return [sys.executable, "-I", "-S", forwarder.__file__, *files]

    def proxy(self) -> str:
        return "http://127.0.0.1:9"

    def publish(self, port: int, target: Target) -> None:
        raise NotImplementedError

    def started(self, own_network: bool) -> None:
        """Nothing was published."""


@contextlib.contextmanager
def lonely(level: Level, folder: Path, recipe: Path | None = None) -> Iterator[Sandbox]:
    """An open sandbox at ``level`` whose files are below ``folder``, which is there."""
    tools, certificate = folder / "tools", folder / "ca.pem"
    (tools / "bin").mkdir(parents=True)
    certificate.touch()
    equipment = Equipment(level, folder, configuration(folder / "etc"), tools, {}, (), certificate)
    with Sandbox(equipment, NoWorld(folder), "page", "3.13", recipe) as sandbox:
        yield sandbox


def main() -> None:
    level = next(name for name in isolation.LEVELS if name == sys.argv[1])
    termination.heed()
    run = tempfile.TemporaryDirectory(prefix=f"{limits.PREFIX}{os.getpid()}-")
    with run as folder, lonely(level, Path(folder)) as sandbox:
        sandbox.run(sys.argv[2])


if __name__ == "__main__":
    main()
