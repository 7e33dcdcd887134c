"""The five FastAPI and PostgreSQL recipes hold the same service.

They are there to compare tools: what a reader sees differ between two of them must come from the tool, so sources,
tests, licence and ignored files are the same bytes, and the declared dependencies the same requirements.
A change to one has to be made to all.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from harness.sandbox import recipe
from packaging.requirements import Requirement

RECIPES = Path(__file__).parents[1] / "recipes"
TOOLS = ("uv", "poetry", "pdm", "pipenv", "pip-tools")
SHARED = ("src", "tests", "LICENSE", ".gitignore")


def folder(tool: str) -> Path:
    return RECIPES / f"fastapi-postgres-{tool}"


def shared(tool: str) -> dict[str, str]:
    """Path -> digest of what may not differ."""
    digests = recipe.digests(folder(tool), folder(tool))
    return {path: digest for path, digest in digests.items() if path.split("/")[0] in SHARED}


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
def test_sources_and_tests_are_byte_identical(tool: str) -> None:
    expected = shared("uv")
    assert len(expected) > 10
    assert shared(tool) == expected


@pytest.mark.parametrize("tool", TOOLS[1:])
def test_the_same_dependencies_are_declared(tool: str) -> None:
    runtime, dev = declared("uv")
    assert runtime and dev
    assert declared(tool) == (runtime, dev)
