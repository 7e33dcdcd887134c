"""Which branches of the harness its own tests reach, in all of its processes (``python -m harness coverage``).

The gateway, the programs of Python blocks and every run of a small guide are processes of their own; coverage.py starts
in each of them, and what they wrote is combined. Settings are in pyproject.toml. The tests of the site's build are left
out: they run no code of the harness that others don't, and take minutes under a tracer. What makes Pythons and base
images runs once more, into an empty folder: tests use what it made before.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from harness.project import Project

ALL = ["tests", "--ignore=tests/test_site_build.py"]
MACHINE = [["pythons", "--if-possible"], ["engine"]]  # the verbs that prepare a machine
ELSEWHERE = """\
Not counted: what runs without site-packages, which is kinds/typist.py in a sandbox, sandbox/supervisor.py and
machine/setup.py outside, an engine's keeper (machine/engine/keeper.py, inside.py, home.py, root.py and what groups.py
does for it), and kinds/pycode/child.py in a sandbox (it is counted where tests run it outside)."""


def coverage(project: Project, tests: list[str]) -> int:
    """Run ``tests`` (all where none is named) and print what they don't reach; 0 where all of it went well.

    Red, too, where fewer branches are reached than pyproject.toml demands, unless only some tests ran.
    """
    folder = _folder(project)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pytest = ["-m", "pytest", "-o", f"cache_dir={project.work / 'pytest'}"]
    status = _coverage(project, "run", *pytest, *(tests or ALL))
    for verb in MACHINE if not tests else ():  # a machine that can't be prepared says so, and the share is smaller
        _coverage(project, "run", "-m", "harness", *verb, GUIDE_WORK=str(folder / "machine"))
    shutil.rmtree(folder / "machine", ignore_errors=True)
    status = _coverage(project, "combine", "--quiet") or status
    return report(project, whole=not tests) or status


def report(project: Project, whole: bool) -> int:
    """Print what the last run didn't reach; ``whole`` demands the share that pyproject.toml names."""
    status = _coverage(project, "report", *([] if whole else ["--fail-under=0"]))
    print(ELSEWHERE, flush=True)
    return status


def _folder(project: Project) -> Path:
    return project.work / "coverage"


def _coverage(project: Project, *arguments: str, **environment: str) -> int:
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    env |= environment
    env["COVERAGE_FILE"] = str(_folder(project) / "data")
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=project.root, env=env, stdin=subprocess.DEVNULL).returncode
