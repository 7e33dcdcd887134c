"""Guides whose tools are stand-ins: quick to make, also where the real ones would have to be made once more."""

from __future__ import annotations

from pathlib import Path

from checkout import Checkout
from harness.machine.toolchain import COMMANDS
from wheelhouse import wheel


class StandIns:
    """A stand-in for each tool, made once for all guides; ``environment`` is where their runs find the wheels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.locks = {name: wheel(folder / "wheels", name, "1.0", commands) for name, commands in COMMANDS.items()}
        self.environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder / "wheels")}

    def guide(self, root: Path) -> Checkout:
        """A small guide at ``root`` that has them; whoever asks for it closes it."""
        checkout = Checkout.create(root, ("pythons", "cache"))
        for name in ("tools", "uv"):
            (self.folder / name).mkdir(exist_ok=True)
            (checkout.work / name).symlink_to(self.folder / name)
        for name, lock in self.locks.items():
            checkout.write(f"tests/locks/{name}.txt", lock)
        return checkout
