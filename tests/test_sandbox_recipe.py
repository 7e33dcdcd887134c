"""Recipes: which files are a recipe's own, and what a copy of it is."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest
from harness.page.markup import Markup
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project
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


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_digests_are_of_every_file_by_its_path_in_the_project(folder: Path, tmp_path: Path) -> None:
    digests = {f"recipes/small/{name}": sha256(text) for name, text in OWN.items()}

    assert recipe.digests(folder, tmp_path) == digests | {"recipes/small/run.sh": f"{sha256('x')} x"}


def test_a_digest_tells_what_a_copy_would_be(folder: Path) -> None:
    path = folder / "app.py"
    found = [*contract.digests([path], folder).values()]
    path.chmod(0o755)
    found += contract.digests([path], folder).values()
    path.unlink()
    path.symlink_to("other.py")
    (folder / "other.py").write_text("one\n")
    found += contract.digests([path], folder).values()

    assert found == [sha256("one\n"), f"{sha256('one' + chr(10))} x", f"{sha256('one' + chr(10))} -> other.py"]


@pytest.mark.parametrize("umask", [0o002, 0o077])
def test_a_copy_has_the_same_files_and_the_modes_of_a_fresh_checkout(folder: Path, tmp_path: Path, umask: int) -> None:
    (folder / "app.py").chmod(0o664 & ~umask)
    (folder / "run.sh").chmod(0o775 & ~umask)
    before = os.umask(umask)
    try:
        recipe.copy(folder, tmp_path / "copy")
    finally:
        os.umask(before)

    copied = {p.relative_to(tmp_path / "copy").as_posix(): p for p in (tmp_path / "copy").rglob("*") if p.is_file()}
    assert {name: path.read_text() for name, path in copied.items()} == OWN
    assert {name: path.stat().st_mode & 0o777 for name, path in copied.items()} == {
        name: 0o755 if name == "run.sh" else 0o644 for name in OWN
    }
    folders = [tmp_path / "copy", tmp_path / "copy" / "settings", tmp_path / "copy" / "tests"]
    assert [path.stat().st_mode & 0o777 for path in folders] == [0o755] * 3


def test_the_order_of_files_is_fixed(folder: Path) -> None:
    assert list(contract.recipe_files(folder)) == sorted(contract.recipe_files(folder))


def test_a_link_in_a_recipe_is_copied_as_its_file(folder: Path, tmp_path: Path) -> None:
    (folder / "link.py").symlink_to("app.py")

    recipe.copy(folder, tmp_path / "copy")

    assert (tmp_path / "copy" / "link.py").read_text() == "one\n"
    assert not (tmp_path / "copy" / "link.py").is_symlink()


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside.txt", "nowhere", "settings", "../small-too/app.py"])
def test_a_link_that_leads_out_of_a_recipe_is_refused(folder: Path, target: str) -> None:
    (folder.parent / "outside.txt").write_text("secret\n")
    (folder.parent / "small-too").mkdir()
    (folder.parent / "small-too" / "app.py").write_text("")
    (folder / "tests" / "data.txt").symlink_to(target if target.startswith("/") else f"../{target}")

    with pytest.raises(Problem, match=r"recipes/small/tests/data.txt: a link to '.*'; expected a file, or a link"):
        recipe.check(folder)


def test_a_recipe_ignores_the_caches_of_the_tools_that_its_readme_runs(project: Project) -> None:
    recipes = [path for path in (project.root / "recipes").iterdir() if (path / "README.md").is_file()]
    wanted = {
        (path.name, f".{tool}_cache/")
        for path in recipes
        for tool in re.findall(
            r"(?:^\$ .*|`)\b(pytest|mypy|ruff)\b", (path / "README.md").read_text("utf-8"), re.MULTILINE
        )
    }
    found = {(path.name, line) for path in recipes for line in (path / ".gitignore").read_text("utf-8").splitlines()}

    assert {name for name, _ in wanted} == {path.name for path in recipes}  # each README runs some
    assert wanted - found == set()


@pytest.mark.parametrize("section", ["", ":1:2"])
def test_a_snippet_follows_no_link_out_of_the_project(project: Project, tmp_path: Path, section: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret\n")
    root = tmp_path / "guide"
    (root / "recipes" / "small").mkdir(parents=True)
    (root / "recipes" / "small" / "data.txt").symlink_to(secret)
    (root / "recipes" / "small" / "inside.txt").symlink_to("real.txt")
    (root / "recipes" / "small" / "real.txt").write_text("real\n")
    extensions, configs = project.markdown
    markup = Markup(extensions, {**configs, "pymdownx.snippets": {**configs["pymdownx.snippets"], "base_path": [root]}})
    page = '# Title\n\n``` {.text title="a.txt"}\n--8<-- "recipes/small/NAME"\n```\n'

    assert markup.read("docs/x.md", page.replace("NAME", "inside.txt"))[0][0].text == "real\n"
    with pytest.raises(Problem, match=r"docs/x.md:4: a snippet of 'recipes/small/data.txt', a link that leads to '.*"):
        markup.read("docs/x.md", page.replace("NAME", f"data.txt{section}"))


def test_a_page_is_a_file_of_the_project(tmp_path: Path, markup: Markup) -> None:
    (tmp_path / "secret.md").write_text("``` bash\ntrue\n```\n")
    (tmp_path / "guide" / "docs").mkdir(parents=True)
    page = tmp_path / "guide" / "docs" / "x.md"
    page.symlink_to(tmp_path / "secret.md")

    with pytest.raises(Problem, match="docs/x.md: a link to '.*secret.md'; expected a file of the project"):
        Page.read(Project(tmp_path / "guide"), page, markup)


def test_no_link_of_this_checkout_leads_out_of_it(project: Project) -> None:
    """The site's build copies whatever is below docs."""
    root = project.root.resolve()
    every = [p for name in ("docs", "recipes", "overrides") for p in (root / name).rglob("*") if p.is_symlink()]
    links = [path for path in every if not contract.LEFTOVERS & set(path.parts)]

    assert [path for path in links if not path.resolve().is_relative_to(root) or not path.exists()] == []
