"""The five FastAPI and PostgreSQL recipes hold the same service.

They are there to compare tools: what a reader sees differ between two of them must come from the tool, so sources,
tests, licence, ignored files and settings are the same bytes, the READMEs differ in the tool's commands alone, and the
declared dependencies are the same requirements.
A change to one has to be made to all: `make same` copies it from the recipe for uv.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from harness.problem import Problem
from harness.project import Project
from harness.verbs.same import TOOLS, copy, shared, wanted
from packaging.requirements import Requirement

RECIPES = Path(__file__).parents[1] / "recipes"


def folder(tool: str) -> Path:
    return RECIPES / f"fastapi-postgres-{tool}"


def requirements(lines: list[str]) -> set[str]:
    return {str(Requirement(line)) for line in lines if line.strip() and not line.startswith(("#", "-"))}


def pep508(name: str, bounds: str | dict[str, str]) -> str:
    """A line of a Pipfile as a requirement.

    Beside a marker it has `"*"`, since Pipenv stops at a bound whose marker says no; the bound is then uv's.
    """
    if isinstance(bounds, str):
        return name + bounds
    assert bounds["version"] == "*", f"{name}: a bound beside a marker"
    (same,) = (one for one in map(Requirement, declared("uv")[1]) if one.name == name)
    return f"{name}{same.specifier}; {bounds['markers']}"


def declared(tool: str) -> tuple[set[str], set[str]]:
    """What the service needs and what its developers need as well, wherever the tool has it written down."""
    data = tomllib.loads((folder(tool) / "pyproject.toml").read_text())
    if tool == "pip-tools":
        runtime, dev = ((folder(tool) / f"{name}.in").read_text().splitlines() for name in ("requirements", "dev"))
    elif tool == "pipenv":
        packages: dict[str, Any] = tomllib.loads((folder(tool) / "Pipfile").read_text())["dev-packages"]
        runtime, dev = data["project"]["dependencies"], [pep508(name, bounds) for name, bounds in packages.items()]
    else:
        runtime, dev = data["project"]["dependencies"], data["dependency-groups"]["dev"]
    return requirements(runtime), requirements(dev)


def test_there_is_a_recipe_for_each_of_the_five_tools() -> None:
    assert {path.name for path in RECIPES.glob("fastapi-postgres-*")} == {folder(tool).name for tool in TOOLS}


@pytest.mark.parametrize("tool", TOOLS[1:])
def test_what_is_shared_is_byte_identical(project: Project, tool: str) -> None:
    expected = wanted(project, tool)
    assert len(expected) > 20
    assert shared(project, tool) == expected, "make same copies it from the recipe for uv"
    assert "uv run" not in expected["README.md"].decode()


def test_make_same_takes_a_change_to_all_recipes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(RECIPES, tmp_path / "recipes")
    copies = Project(tmp_path)
    copy(copies)
    assert capsys.readouterr().out == ""
    one = tmp_path / "recipes" / "fastapi-postgres-uv" / "src" / "added" / "module.py"
    one.parent.mkdir()
    one.write_text("A = 1\n")
    home = one.parents[2]
    (home / "LICENSE").write_text("none\n")
    with (home / "README.md").open("a") as readme, (home / "pyproject.toml").open("a") as settings:
        readme.write("\n``` console\n$ uv run python -V\n```\n")
        settings.write("\n[tool.added]\n")
    (tmp_path / "recipes" / "fastapi-postgres-pdm" / "src" / "left.py").touch()
    copy(copies)
    assert all(shared(copies, tool) == wanted(copies, tool) for tool in TOOLS)
    found = shared(copies, "pdm")
    assert "src/added/module.py" in found and "src/left.py" not in found
    assert found["README.md"].endswith(b"$ pdm run python -V\n```\n")
    assert found["pyproject.toml"].endswith(b"\n[tool.added]\n") and b"pdm.backend" in found["pyproject.toml"]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 17
    assert "recipes/fastapi-postgres-pdm/src/left.py: removed" in printed


def test_a_readme_without_the_sections_that_tell_the_parts_apart_is_refused(tmp_path: Path) -> None:
    shutil.copytree(RECIPES, tmp_path / "recipes")
    (tmp_path / "recipes" / "fastapi-postgres-pdm" / "README.md").write_text("# item-service\n")
    with pytest.raises(Problem, match="recipes/fastapi-postgres-pdm/README.md.*no two such sections"):
        copy(Project(tmp_path))


@pytest.mark.parametrize("tool", TOOLS[1:])
def test_the_same_dependencies_are_declared(tool: str) -> None:
    runtime, dev = declared("uv")
    assert runtime and dev
    assert declared(tool) == (runtime, dev)
