"""What the runs of a campaign share: the world, the tools and a folder, made once, when the first run needs them."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness.machine import pip_config
from harness.machine.engine import prepare
from harness.machine.pristine import pristine
from harness.machine.pythons import Interpreter
from harness.machine.toolchain import Toolchain, usable
from harness.problem import Problem
from harness.project import Project
from harness.run.runner import WorldLink
from harness.sandbox import isolation, limits
from harness.sandbox.equipment import Equipment, configuration
from harness.sandbox.mounts import Mount
from harness.world.world import World


@dataclass
class Supplies:
    """Made by whichever thread asks first; ``stack`` takes away what was made.

    The tools run on the first of ``pythons`` (minor versions) that is among the ``interpreters``. ``progress`` gets a
    line that says what a run is made with. Once ``closing`` nothing more is made. ``gateway`` are further
    arguments of the world's.
    """

    project: Project
    toolchain: Toolchain
    interpreters: dict[str, Interpreter]
    pythons: Sequence[str]
    offline: bool
    progress: Callable[[str], None]
    stack: ExitStack
    closing: bool = False
    gateway: Sequence[str] = ()

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._equipment: Equipment | None = None
        self._world: World | None = None
        self._problem: Problem | None = None

    def equipment(self) -> Equipment:
        """What every sandbox is given. Raises Problem when closing and, to all who ask, where it can't be made."""
        with self._lock:
            if self.closing:
                raise Problem("the run", "it is being ended", "its end before anything is made")
            if self._problem:
                raise self._problem
            if self._equipment is None:
                try:
                    self._equipment = self._made()
                except Problem as problem:
                    self._problem = problem
                    raise
            return self._equipment

    def connect(self, name: str) -> WorldLink:
        """A way into the world for the sandbox of this name; there must be :meth:`equipment` by now."""
        return self.world.open(name)

    @property
    def world(self) -> World:
        """The world of all sandboxes; there must be :meth:`equipment` by now."""
        assert self._world
        return self._world

    def gateway_peak(self) -> int:
        """The most resident bytes that the world's gateway has had."""
        return self._world.peak() if self._world else 0

    def _made(self) -> Equipment:
        level = isolation.level()
        limits.sweep(Path(tempfile.gettempdir()))
        folder = Path(tempfile.mkdtemp(prefix=f"{limits.PREFIX}{os.getpid()}-"))
        self.stack.callback(shutil.rmtree, folder, ignore_errors=True)
        pythons = usable(self.pythons)
        base = next((self.interpreters[p] for p in pythons if p in self.interpreters), None)
        if base is None:
            raise Problem(
                "PATH",
                f"Pythons {', '.join(self.interpreters) or 'none'}",
                f"one of {', '.join(pythons)}",
                "install one; pyenv's and uv's are found too",
            )
        self.progress(
            f"isolation {level}; tools on Python {base.version}; PyPI as of {self.project.date}"
            f"{', from the recording' if self.offline else ''}"
        )
        self.toolchain.prepare(base, "host" if level == "plain" else "sandbox")
        registry = pip_config.configured(sys.executable)
        engine = "" if level == "plain" else prepare.find()
        archive = [] if isinstance(engine, str) else ["--archive", str(engine[1].archive)]
        world = World(
            self.project.work / "cache",
            self.project.date,
            self.offline,
            folder / "world",
            registry,
            [*archive, *self.gateway],
        )
        self._world = self.stack.enter_context(world)
        return Equipment(
            level,
            folder,
            configuration(folder / "etc"),
            self.toolchain.folder,
            self.interpreters,
            () if level == "plain" else self._pythons(),
            world.certificate,
        )

    def _pythons(self) -> tuple[Mount, ...]:
        """Each Python as its installer left it; a library folder that several need is bound once."""
        folder = self.project.work / "pythons"
        mounts = [Mount(*pair) for i in self.interpreters.values() for pair in pristine(i, folder)]
        return tuple(dict.fromkeys(mounts))
