"""The maps in harness/__init__.py and harness/world/__init__.py are the house: all is on them, imports go down only."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import harness
import harness.world
import pytest


@dataclass(frozen=True)
class House:
    """A package with a map: its folders and modules in the order in which they may import one another."""

    package: ModuleType

    @property
    def home(self) -> Path:
        return Path(self.package.__file__ or "").parent

    @property
    def order(self) -> list[str]:
        found = re.findall(r"^([a-z_, ]+?)  +\S", self.package.__doc__ or "", re.MULTILINE)
        return [name for names in found for name in names.split(", ")]

    def place(self, path: Path) -> str:
        """The map's name for a module: its folder, or itself where it is beside the folders."""
        return path.relative_to(self.home).parts[0].removesuffix(".py")

    def imported(self, path: Path) -> set[str]:
        """The map's names for what a module imports of this package, wherever in it the import stands."""
        prefix, found = self.package.__name__ + ".", set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.ImportFrom) or not node.level, f"{path}: relative imports hide the map"
            if isinstance(node, ast.ImportFrom):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
        return {name.removeprefix(prefix).split(".")[0] for name in found if name.startswith(prefix)}


HOUSES = [House(harness), House(harness.world)]
MODULES = [(house, path) for house in HOUSES for path in sorted(house.home.rglob("*.py"))]


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.package.__name__)
def test_the_map_names_every_folder_and_module_once(house: House) -> None:
    there = {house.place(path) for path in house.home.rglob("*.py")} - {"__init__", "__main__"}
    assert sorted(house.order) == sorted(there)


@pytest.mark.parametrize(
    ("house", "path"), MODULES, ids=[f"{h.package.__name__}-{p.relative_to(h.home).as_posix()}" for h, p in MODULES]
)
def test_a_module_imports_only_from_its_own_folder_and_those_above_it_in_the_map(house: House, path: Path) -> None:
    if house.place(path) in ("__init__", "__main__"):
        return
    known = house.order[: house.order.index(house.place(path)) + 1]
    assert house.imported(path) <= set(known), f"{path.relative_to(house.home)}: expected imports from {known} alone"
