"""Which branches of the harness its own tests reach, in all of its processes (``python -m harness coverage``).

The gateway, the forwarder, the programs of Python blocks and every run of a small guide are processes of their own;
coverage.py starts in each of them, and what they wrote is combined. Settings are in pyproject.toml.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from harness.project import Project


def coverage(project: Project, tests: list[str]) -> int:
    """Run ``tests`` (all where none is named) and print what they don't reach; the status of the first that fails.

    Red, too, where fewer branches are reached than pyproject.toml demands, unless only some tests ran.
    """
    folder = project.work / "coverage"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = os.environ | {"COVERAGE_FILE": str(folder / "data")}
    program = [sys.executable, "-m", "coverage"]
    run = ["run", "-m", "pytest", "-o", f"cache_dir={project.work / 'pytest'}", *(tests or ["tests"])]
    enough = ["--fail-under=0"] if tests else []
    status = 0
    for command in (run, ["combine", "--quiet"], ["report", *enough]):
        done = subprocess.run([*program, *command], cwd=project.root, env=env, stdin=subprocess.DEVNULL)
        status = status or done.returncode
    return status
