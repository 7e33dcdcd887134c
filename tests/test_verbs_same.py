"""The five FastAPI and PostgreSQL recipes hold the same service.

They are there to compare tools: what a reader sees differ between two of them must come from the tool, so sources,
tests, licence and ignored files are the same bytes, and the declared dependencies the same requirements.
A change to one has to be made to all: `make same` copies it from the recipe for uv.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from harness.project import Project
from harness.verbs.same import TOOLS, copy, shared
from packaging.requirements import Requirement

RECIPES = Path(__file__).parents[1] / "recipes"


def folder(tool: str) -> Path:
    return RECIPES / f"fastapi-postgres-{tool}"


def requirements(lines: list[str]) -> set[str]:
    return {str(Requirement(line)) for line in lines if line.strip() and not line.startswith(("#", "-"))}


def declared(tool: str) -> tuple[set[str], set[str]]:
    """What the service needs and what its developers need as well, wherever the tool has it written down."""
    data = tomllib.loads((folder(tool) / "pyproject.toml").read_text())
    if tool == "pip-tools":
        runtime, dev = ((folder(tool) / f"{name}.in").read_text().splitlines() for name in ("requirements", "dev"))
    elif tool == "pipenv":
        packages: dict[str, Any] = tomllib.loads((folder(tool) / "Pipfile").read_text())["dev-packages"]
        runtime, dev = data["project"]["dependencies"], [f"{name}{bounds}" for name, bounds in packages.items()]
    else:
        runtime, dev = data["project"]["dependencies"], data["dependency-groups"]["dev"]
    return requirements(runtime), requirements(dev)


def test_there_is_a_recipe_for_each_of_the_five_tools() -> None:
    assert {path.name for path in RECIPES.glob("fastapi-postgres-*")} == {folder(tool).name for tool in TOOLS}


@pytest.mark.parametrize("tool", TOOLS[1:])
def test_sources_and_tests_are_byte_identical(project: Project, tool: str) -> None:
    expected = shared(project, "uv")
    assert len(expected) > 10
    assert shared(project, tool) == expected, "make same copies them from the recipe for uv"


def test_make_same_takes_a_change_to_all_recipes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(RECIPES, tmp_path / "recipes")
    copies = Project(tmp_path)
    copy(copies)
    assert capsys.readouterr().out == ""
    one = tmp_path / "recipes" / "fastapi-postgres-uv" / "src" / "added" / "module.py"
    one.parent.mkdir()
    one.write_text("A = 1\n")
    (one.parents[2] / "LICENSE").write_text("none\n")
    (tmp_path / "recipes" / "fastapi-postgres-pdm" / "src" / "left.py").touch()
    copy(copies)
    assert all(shared(copies, tool) == shared(copies, "uv") for tool in TOOLS)
    assert "src/added/module.py" in shared(copies, "pdm") and "src/left.py" not in shared(copies, "pdm")
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 9
    assert "recipes/fastapi-postgres-pdm/src/left.py: removed" in printed


@pytest.mark.parametrize("tool", TOOLS[1:])
def test_the_same_dependencies_are_declared(tool: str) -> None:
    runtime, dev = declared("uv")
    assert runtime and dev
    assert declared(tool) == (runtime, dev)
