"""The recipes that compare tools hold the same service: what a change to one has to take to the others.

``python -m harness same`` copies it from the recipe for uv, which is where to change it.
"""

from __future__ import annotations

from pathlib import Path

from proof import contract

from harness.problem import Problem
from harness.project import Project

# tool -> what a command begins with that runs in its environment
RUN = {"uv": "uv run ", "poetry": "poetry run ", "pdm": "pdm run ", "pipenv": "pipenv run ", "pip-tools": ""}
TOOLS = tuple(RUN)
SHARED = ("src", "tests", "LICENSE", ".gitignore")  # the same bytes
IN_CONTAINERS = ("uv", "poetry", "pip-tools")  # with a Dockerfile of its own
CONTAINERS = (".dockerignore", "compose.yaml", ".github", ".gitlab-ci.yml")  # the same bytes in these
SET_UP, AFTER = "## Set up\n", "## Test and check\n"  # README.md: the section between them is the tool's
RUN_IN_CONTAINERS = "## Run in containers\n"  # a section that only those have
SETTINGS = "[tool.alembic]\n"  # pyproject.toml: from here on it is the same


def folder(project: Project, tool: str) -> Path:
    return project.root / "recipes" / f"fastapi-postgres-{tool}"


def shared(project: Project, tool: str) -> dict[str, bytes]:
    """Path below the recipe -> contents of the files that are there and may not differ."""
    home = folder(project, tool)
    paths = {path.relative_to(home).as_posix(): path for path in contract.recipe_files(home)}
    found = {name: path.read_bytes() for name, path in paths.items() if name.split("/")[0] in SHARED + CONTAINERS}
    return found | {name: (home / name).read_bytes() for name in ("README.md", "pyproject.toml")}


def wanted(project: Project, tool: str) -> dict[str, bytes]:
    """What ``shared`` must be, from the recipe for uv and the parts of the tool's own two files that are its own."""
    found = shared(project, TOOLS[0])
    readme, own = (found["README.md"].decode(), (folder(project, tool) / "README.md").read_text("utf-8"))
    before, _, after = _parts(readme, project, TOOLS[0])
    text = before + _parts(own, project, tool)[1] + after.replace(f"$ {RUN[TOOLS[0]]}", f"$ {RUN[tool]}")
    if tool not in IN_CONTAINERS:
        found = {name: content for name, content in found.items() if name.split("/")[0] not in CONTAINERS}
        text = _without(text, RUN_IN_CONTAINERS)
    settings = found["pyproject.toml"].decode().partition(SETTINGS)
    declared = (folder(project, tool) / "pyproject.toml").read_text("utf-8").partition(SETTINGS)[0]
    return found | {"README.md": text.encode(), "pyproject.toml": (declared + "".join(settings[1:])).encode()}


def _without(text: str, heading: str) -> str:
    before, found, rest = text.partition(heading)
    return before + "".join(rest.partition("\n## ")[1:]).lstrip("\n") if found else text


def _parts(readme: str, project: Project, tool: str) -> tuple[str, str, str]:
    """A README before the section that is the tool's own, that section, and after it."""
    start, end = readme.find(SET_UP), readme.find(AFTER)
    if not 0 <= start < end:
        where = project.relative(folder(project, tool) / "README.md")
        raise Problem(where, "no two such sections", f"{SET_UP.strip()!r}, and {AFTER.strip()!r} after it")
    return readme[:start], readme[start:end], readme[end:]


def copy(project: Project) -> None:
    """Make what every recipe shares that of the one for uv, and say what changed."""
    for tool in TOOLS[1:]:
        target, found, expected = folder(project, tool), shared(project, tool), wanted(project, tool)
        for name in sorted(expected.keys() | found.keys()):
            path = target / name
            if name not in expected:
                path.unlink()
            elif expected[name] != found.get(name):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(expected[name])
            else:
                continue
            print(f"{project.relative(path)}: {'copied' if name in expected else 'removed'}")
