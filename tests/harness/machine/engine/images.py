"""The base images of pages, kept below ``.work/engine``: the real ones where a registry answers, else stand-ins.

A stand-in says so in its label and is named in the record. A page's recipe may do on it what it wouldn't do on the
real image, and the other way round; GUIDE_STANDINS=no forbids them, where a registry can be reached.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness import once
from harness.machine import debian
from harness.machine.engine import archive, standins
from harness.machine.engine.archive import Archive
from harness.machine.engine.cpython import FULL, PYTHON
from harness.machine.engine.daemon import running
from harness.machine.engine.plan import Plan
from harness.machine.engine.programs import Programs
from harness.machine.engine.rootfs import RELEASE, SOURCES
from harness.machine.engine.standins import DEBIAN, FRONTEND, POSTGRES, REDIS, REGISTRY, UV
from harness.machine.pythons import Interpreter
from harness.problem import Problem

FORMAT = "5"  # to be raised when what this module, .standins, .cpython and .rootfs make changes
SECONDS = 600
KEPT_SECONDS = 24 * 3600  # how long other images stay, in case another run still uses them


@dataclass(frozen=True)
class Kept:
    """Images that an engine may start with: their data folder, and what they are, for the record.

    ``archive`` is the folder of what is kept of Debian's package archive (:mod:`.archive`).
    """

    data: Path
    facts: dict[str, str]
    archive: Path


@contextlib.contextmanager
def _near(folder: Path) -> Iterator[Path]:
    """A short way to ``folder``: the path of a socket has at most 107 bytes (unix(7)), and a checkout's may be long."""
    with tempfile.TemporaryDirectory(prefix="engine-", dir="/tmp") as place:
        (near := Path(place, "engine")).symlink_to(folder)
        yield near


@dataclass(frozen=True)
class Images:
    """``folder`` is where they are kept; ``python`` is the Python of the stand-in, ``uv`` the version of uv's."""

    folder: Path
    programs: Programs
    python: Interpreter
    uv: str

    @property
    def place(self) -> Path:
        scripts = [path.read_text(encoding="utf-8") for path in sorted(standins.SCRIPTS.iterdir())]
        about = [FORMAT, str(self.python), self.uv, os.environ.get("GUIDE_STANDINS", ""), *scripts]
        return self.folder / f"images-{hashlib.sha256(chr(0).join(about).encode()).hexdigest()[:12]}"

    @property
    def names(self) -> list[str]:
        return [DEBIAN, PYTHON, FULL, f"{UV}:{self.uv}", POSTGRES, REDIS, REGISTRY, FRONTEND]

    def find(self) -> Kept | None:
        """What is kept, None before :meth:`make`."""
        try:
            facts = json.loads((self.place / "facts.json").read_text(encoding="utf-8"))
        except OSError:
            return None
        return Kept(self.place / "data", facts, self.place / "archive")

    def make(self, say: Callable[[str], None]) -> None:
        """Have the images, unless they are there. Raises Problem where they can't be had."""

        def fill(partial: Path) -> None:
            partial.mkdir(parents=True)
            with (
                _near(partial) as near,
                running(Plan(str(near), self.programs.path, self.programs.runc, owner=os.geteuid())) as socket,
            ):
                client = [str(self.programs.docker), "--host", f"unix://{socket}"]
                pulls = ([*client, "pull", "--quiet", image] for image in self.names)
                if all(once.quiet(pull, seconds=SECONDS).returncode == 0 for pull in pulls):
                    facts = {"base images": "of their registry"}
                elif os.environ.get("GUIDE_STANDINS") == "no":
                    raise Problem("make engine", "no registry of images answers", "one, as GUIDE_STANDINS=no demands")
                else:
                    say("no registry of images answers: making stand-ins for the base images")
                    facts = self._stand_ins(client, partial / "making")
                latest = [*client, "tag", f"{UV}:{self.uv}", f"{UV}:latest"]
                debian.run(latest, "an image can't be named")
                if found := self._archive(client, partial):
                    found.write(partial / "archive")
            shutil.rmtree(partial / "making", ignore_errors=True)
            (partial / "facts.json").write_text(json.dumps(facts), encoding="utf-8")

        once.make(self.place, fill)
        for old in self.folder.glob("images-*"):
            if old != self.place and time.time() - old.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(old, ignore_errors=True)

    def _archive(self, client: list[str], folder: Path) -> Archive | None:
        """Debian's archive under the name that the image of Python has for it."""
        debian.run([*client, "create", "--name", "sources", PYTHON], "no container can be made")
        target = folder / "sources"
        debian.run([*client, "cp", f"sources:{SOURCES}", str(target)], f"no {SOURCES} in {PYTHON}")
        debian.run([*client, "rm", "sources"], "a container can't be removed")
        found = archive.make(target.read_text(encoding="utf-8"), folder)
        target.unlink()
        return found

    def _stand_ins(self, client: list[str], folder: Path) -> dict[str, str]:
        folder.mkdir()
        for made in standins.make(folder, self.python, self.uv):
            settings = [part for setting in made.settings for part in ("--change", setting)]
            debian.run([*client, "import", *settings, str(made.tar), made.image], f"{made.image} can't be imported")
            made.tar.unlink()
        standins.frontend(folder / "frontend")
        build = [*client, "build", "--quiet", "--tag", FRONTEND, str(folder / "frontend")]
        debian.run(build, f"{FRONTEND} can't be built")
        return {"ran on stand-ins for base images:": f"CPython {self.python.named}, {RELEASE}, uv {self.uv}"}
