"""The map in harness/__init__.py is the house: its folders are all there, and imports go down it only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import harness
import pytest

HOME = Path(harness.__file__).parent
ORDER = [
    name
    for names in re.findall(r"^([a-z_, ]+?)  +\S", harness.__doc__ or "", re.MULTILINE)
    for name in names.split(", ")
]


def place(path: Path) -> str:
    """The map's name for a module: its folder, or itself where it stands beside the folders."""
    return path.relative_to(HOME).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The map's names for what a module imports of the harness, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "harness":
            names = [node.module] if "." in node.module else [f"harness.{alias.name}" for alias in node.names]
            found |= {name.split(".")[1] for name in names}
        assert not isinstance(node, ast.ImportFrom) or not node.level, f"{path}: relative imports hide the map"
    return found


def test_the_map_names_every_folder_and_module_once() -> None:
    there = {place(path) for path in HOME.rglob("*.py")} - {"__init__", "__main__"}
    assert sorted(ORDER) == sorted(there)


@pytest.mark.parametrize("path", sorted(HOME.rglob("*.py")), ids=lambda path: path.relative_to(HOME).as_posix())
def test_a_module_imports_only_from_its_own_folder_and_those_above_it_in_the_map(path: Path) -> None:
    if place(path) in ("__init__", "__main__"):
        return
    known = ORDER[: ORDER.index(place(path)) + 1]
    assert imported(path) <= set(known), f"{path.relative_to(HOME)}: expected imports from {', '.join(known)} alone"
