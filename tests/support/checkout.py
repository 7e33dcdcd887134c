"""A small guide of its own, run as contributors run theirs, and what such a run leaves behind."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import warm
from harness.project import Project
from harness.sandbox import isolation, limits
from patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]

# The real configuration; another docs folder, no decoration, every page in the navigation.
SITE = """\
INHERIT: {root}/mkdocs.yml
theme:
  custom_dir: {root}/overrides
hooks: []
watch: []
nav: null
"""
SETTINGS = """\
[tool.guide]
date = "{date}"

[tool.pytest.ini_options]
addopts = ["--disable-plugin-autoload", "-p", "harness.run.plugin", "-p", "no:cacheprovider"]
filterwarnings = ["error"]
"""
SHARED = ("tools", "uv", "pythons", "cache")  # made once on this machine, safe for several runs at a time


@functools.cache
def contained() -> str:
    """The strongest level that keeps pages from this machine; skips where there is none.

    Every run here names its level: a test's page must never run on the machine itself because a level broke.
    """
    found = next((name for name in ("bubblewrap", "unshare") if isolation._works(name)), "")
    if not found:
        pytest.skip("needs bubblewrap or unshare: these pages would harm the machine")
    return found


@dataclass
class Ran:
    """A finished run: pytest's exit status and everything it printed."""

    status: int
    output: str


@dataclass
class Checkout:
    """A guide below ``root``; its runs write to ``work`` and, for the time of a run, below ``temporary``."""

    root: Path
    work: Path
    temporary: Path
    runs: set[int] = field(default_factory=set)  # their processes' numbers

    @classmethod
    def create(cls, root: Path, shared: tuple[str, ...] = SHARED) -> Checkout:
        """``shared`` names the folders of the real project's work folder that this one uses, too."""
        real = Project(ROOT)
        checkout = cls(root, root / ".work", Path(tempfile.mkdtemp(prefix="t-")))
        (root / "docs").mkdir(parents=True)
        (root / "recipes").mkdir()
        (root / "mkdocs.yml").write_text(SITE.format(root=ROOT))
        (root / "pyproject.toml").write_text(SETTINGS.format(date=real.date))
        shutil.copytree(real.locks, root / "tests" / "locks")
        checkout.work.mkdir()
        for name in shared:
            (real.work / name).mkdir(parents=True, exist_ok=True)
            (checkout.work / name).symlink_to((real.work / name).resolve())
        return checkout

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def page(self, name: str, content: str | bytes) -> Path:
        """Write ``docs/<name>.md``."""
        return self.write(f"docs/{name}.md", content)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pytest", *(arguments or ("docs",))]

    def environment(self, **changes: str) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("GUIDE_", "PYTEST_"))}
        own = {"PYTHONPATH": str(ROOT / "tests"), "TMPDIR": str(self.temporary), "NO_MKDOCS_2_WARNING": "1"}
        if "GUIDE_ISOLATION" not in changes:
            own["GUIDE_ISOLATION"] = contained()
        return {**inherited, **own, **changes}

    def run(self, *arguments: str, timeout: float = PATIENCE, **environment: str) -> Ran:
        """Run pytest with ``arguments`` (default: all pages)."""
        environ = self.environment(**environment)
        number, status, output = warm.run(arguments or ("docs",), self.root, environ, timeout)
        self.runs.add(number)
        return Ran(status, output)

    def notice(self) -> None:
        """Remember the processes of a run that :meth:`run` didn't begin, while it is there."""
        self.runs |= {int(line.partition(" ")[0]) for line in processes(str(self.temporary))}

    def record(self) -> dict[str, Any]:
        """The record, with the conditions of its newest run beside its own keys."""
        data: dict[str, Any] = json.loads((self.work / "record.json").read_text(encoding="utf-8"))
        return {**max(data["runs"].values(), key=lambda run: run["made"]), **data}

    def blocks(self, name: str) -> list[dict[str, Any]]:
        """The record's entries of ``docs/<name>.md``."""
        return [block for block in self.record()["blocks"] if block["page"] == f"docs/{name}.md"]

    def outcomes(self, name: str) -> list[str]:
        return [block["outcome"] for block in self.blocks(name)]

    def running(self, *command: str) -> bool:
        """Whether a process of this guide's runs has ``command`` in its command line."""
        return any("\\x00".join(command) in line for line in processes(str(self.temporary)))

    def leftovers(self, ignored: tuple[str, ...] = ()) -> list[str]:
        """Processes, temporary files and control groups that runs left behind; they get the time to go.

        What begins with one of ``ignored`` may stay.
        """

        def found() -> list[str]:
            return [line for line in self._leftovers() if not line.startswith(ignored)]

        with contextlib.suppress(AssertionError):
            until(lambda: not found())
        return found()

    def _leftovers(self) -> list[str]:
        groups = [f"control group {group}" for run in self.runs for group in control_groups(run)]
        files = [f"file {path}" for path in self.temporary.iterdir()]
        return [f"process {line}" for line in processes(str(self.temporary))] + files + groups

    def close(self) -> None:
        shutil.rmtree(self.temporary, ignore_errors=True)


def processes(marker: str) -> list[str]:
    """The processes that have ``marker`` in their command line, their environment or their mounts."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or entry.name == str(os.getpid()):
            continue
        about = b""
        for name in ("cmdline", "environ", "mountinfo"):
            with contextlib.suppress(OSError):
                about += (entry / name).read_bytes()
        if marker.encode() in about:
            found.append(f"{entry.name} {about.split(bytes(2))[0][:200]!r}")
    return found


def control_groups(run: int) -> set[str]:
    """The control groups of one process' sandboxes."""
    return {str(path) for parent, _ in limits.parents() for path in parent.glob(f"{limits.PREFIX}{run}-*")}
