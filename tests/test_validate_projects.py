"""Files that say what a project is: pyproject.toml and its kin, of every tool."""

from __future__ import annotations

import pytest
from harness.validate.validators import validate
from validated import families, pairs, titles

PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "app"
version = "0.1.0"
requires-python = ">=3.11"
license = "MIT AND (Apache-2.0 OR BSD-3-Clause)"
license-files = ["LICENSE*"]
dependencies = ["httpx>=0.28; python_version >= '3.11'"]
classifiers = ["Programming Language :: Python :: 3.13"]

[dependency-groups]
test = ["pytest"]
dev = [{include-group = "test"}, "ruff"]

[tool.unheard-of]
anything = true
"""
POETRY = '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npython = "^3.11"\n'
VALID = {
    "pyproject.toml": [PROJECT, POETRY, "[dependency-groups]\ndev = []\n"],
    "sub/pyproject.toml": [PROJECT],
    "pylock.toml": ['lock-version = "1.0"\ncreated-by = "pip"\npackages = []\n'],
    "Pipfile": ['[packages]\nhttpx = "*"\n'],
    "uv.toml": ["offline = true\n"],
    "setup.cfg": ["[options]\npython_requires = >=3.9\n", "[tool:pytest]\naddopts = -q\n"],
    "environment.yml": ["name: a\nchannels: [conda-forge]\ndependencies:\n  - python=3.13\n  - pip:\n      - httpx\n"],
}
INVALID = [
    ("pyproject.toml", "[project\n", "not TOML: "),
    ("pyproject.toml", "a = 1\na = 2\n", "not TOML: "),
    ("pyproject.toml", '[project]\nname = "a b"\nversion = "1"\n', "`project.name` must be pep508-identifier"),
    ("pyproject.toml", '[project]\nname = "a"\n', "must contain ['version']"),
    ("pyproject.toml", '[project]\nname = "a"\nversion = "one"\n', "project.version"),
    ("pyproject.toml", PROJECT.replace(">=3.11", "^3.11", 1), "project.requires-python"),
    ("pyproject.toml", PROJECT.replace("httpx>=0.28", "httpx=0.28"), "project.dependencies"),
    ("pyproject.toml", PROJECT.replace('"MIT AND', '"MTI AND'), "found 'MTI AND"),
    ("pyproject.toml", PROJECT.replace("Programming Language", "Language"), "trove-classifier"),
    (
        "pyproject.toml",
        PROJECT.replace("classifiers = [", 'classifiers = ["License :: OSI Approved :: MIT License", '),
        "which PEP 639 replaced",
    ),
    ("pyproject.toml", PROJECT.replace('group = "test"', 'group = "tests"'), "tests"),
    ("pyproject.toml", PROJECT.replace('["pytest"]', '[{include-group = "dev"}]'), "dependency-groups.test: Cyclic"),
    ("pyproject.toml", "[dependency-groups]\nDev = []\ndev = []\n", "dependency-groups"),
    ("pyproject.toml", '[projet]\nname = "a"\n', "must not contain {'projet'}"),
    ("pyproject.toml", '[build-system]\nbuild-backend = "x"\n', "build-system"),
    ("pyproject.toml", "[tool.setuptools]\npackage = []\n", "tool.setuptools"),
    ("pylock.toml", 'lock-version = "1.0"\npackages = []\n', "created-by"),
    ("poetry.toml", "[virtualenvs]\nin-project = yes\n", "not TOML: "),
    (
        "environment.yml",
        "name: a\ndependancies: [python]\n",
        "$.dependancies: conda takes no notice of it; expected dep",
    ),
    ("environment.yml", "dependencies: [python: 3.13]\n", "$.dependencies[0]: expected a package such as python=3.13"),
    ("environment.yml", "- python\n", "expected name, channels and dependencies"),
    ("environment.yml", "a: [\n", "not YAML"),
    (
        "Pipfile",
        '[dev-package]\npytest = "*"\n',
        "[dev-package] would be a category of its own; expected [dev-packages]",
    ),
    ("setup.cfg", "[options]\npython_requires = 3.9+\n", "options.python_requires: '3.9+' is no range of versions"),
    ("pyproject.toml", PROJECT.replace(">=3.11", "3.12", 1), "'3.12' is no range of versions, such as \">=3.12\""),
    ("setup.cfg", "[metadata]\nname\n", "parsing errors"),
]


@pytest.mark.parametrize(("title", "text"), pairs(VALID))
def test_a_right_file_has_no_errors(title: str, text: str) -> None:
    assert validate(title, "text", text) == []


@pytest.mark.parametrize(("title", "text", "part"), INVALID)
def test_a_wrong_file_has_an_error_that_says_what(title: str, text: str, part: str) -> None:
    errors = validate(title, "text", text)
    assert errors and part in errors[0]


@pytest.mark.parametrize("title", titles(VALID, INVALID))
def test_a_file_belongs_to_one_family_and_to_its_formats_below(title: str) -> None:
    assert all(family.language for family in families(title)[1:]), "only what a format has in general may come second"
