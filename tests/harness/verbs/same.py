"""The recipes that compare tools hold the same service: what a change to one has to take to the others.

``python -m harness same`` copies it from the recipe for uv, which is where to change it.
"""

from __future__ import annotations

import shutil

from harness.project import Project
from harness.sandbox import recipe

TOOLS = ("uv", "poetry", "pdm", "pipenv", "pip-tools")
SHARED = ("src", "tests", "LICENSE", ".gitignore")


def shared(project: Project, tool: str) -> dict[str, str]:
    """Path below the recipe -> digest of what may not differ."""
    folder = project.root / "recipes" / f"fastapi-postgres-{tool}"
    return {path: digest for path, digest in recipe.digests(folder, folder).items() if path.split("/")[0] in SHARED}


def copy(project: Project) -> None:
    """Make the shared files of every recipe those of the one for uv, and say what changed."""
    source = project.root / "recipes" / f"fastapi-postgres-{TOOLS[0]}"
    wanted = shared(project, TOOLS[0])
    for tool in TOOLS[1:]:
        target, found = project.root / "recipes" / f"fastapi-postgres-{tool}", shared(project, tool)
        for path in sorted(wanted.keys() | found.keys()):
            if path not in wanted:
                (target / path).unlink()
            elif wanted[path] != found.get(path):
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source / path, target / path)
            else:
                continue
            print(f"{project.relative(target / path)}: {'copied' if path in wanted else 'removed'}")
