"""Recipes: which files are a recipe's own, and what a copy of it is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from harness.sandbox import recipe
from proof import contract

OWN = {
    "app.py": "one\n",
    "settings/a b.toml": "a = 1\n",
    ".gitignore": ".venv\n",
    "tests/test_app.py": "",
    "run.sh": "x",
}
LEFT = [
    ".venv/bin/python",
    "__pycache__/app.pyc",
    "tests/__pycache__/x.pyc",
    "app.egg-info/PKG-INFO",
    "src/app.egg-info/PKG-INFO",
    ".pytest_cache/README.md",
    ".ruff_cache/x",
    ".mypy_cache/x",
    "build/lib/app.py",
    "dist/app.whl",
    "uv.lock",
    ".git/config",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "recipes" / "small"
    for name in [*OWN, *LEFT]:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(OWN.get(name, "left"))
    (root / "run.sh").chmod(0o755)
    return root


def test_what_a_run_leaves_in_a_recipe_is_not_the_recipe(folder: Path) -> None:
    assert {path.relative_to(folder).as_posix() for path in contract.recipe_files(folder)} == set(OWN)


def test_the_digests_are_of_every_file_by_its_path_in_the_project(folder: Path, tmp_path: Path) -> None:
    assert recipe.digests(folder, tmp_path) == {
        f"recipes/small/{name}": hashlib.sha256(text.encode()).hexdigest() for name, text in OWN.items()
    }


def test_a_copy_has_the_same_files_and_modes(folder: Path, tmp_path: Path) -> None:
    recipe.copy(folder, tmp_path / "copy")

    copied = {p.relative_to(tmp_path / "copy").as_posix(): p for p in (tmp_path / "copy").rglob("*") if p.is_file()}
    assert {name: path.read_text() for name, path in copied.items()} == OWN
    assert os.access(copied["run.sh"], os.X_OK)


def test_the_order_of_files_is_fixed(folder: Path) -> None:
    assert list(contract.recipe_files(folder)) == sorted(contract.recipe_files(folder))


def test_a_link_in_a_recipe_is_copied_as_its_file(folder: Path, tmp_path: Path) -> None:
    (folder / "link.py").symlink_to("app.py")

    recipe.copy(folder, tmp_path / "copy")

    assert (tmp_path / "copy" / "link.py").read_text() == "one\n"
    assert not (tmp_path / "copy" / "link.py").is_symlink()
