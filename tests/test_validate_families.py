"""A titled file is checked by its kind, a data block by its language, and nothing of either is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness.validate.validators import FAMILIES, parse, validate

WORKFLOW = """\
name: test
on:
  push:
    branches: [main]
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python-version: ["3.12", "3.13"]
    steps:
      - uses: actions/checkout@v5
      - run: python -m pytest
        env:
          VERSION: ${{ matrix.python-version }}
  publish:
    needs: [test]
    runs-on: ubuntu-latest
    permissions:
      id-token: write
    steps:
      - run: echo
"""
COMPOSE = """\
services:
  web:
    build: .
    ports: ["8000:8000"]
    depends_on:
      db:
        condition: service_healthy
    volumes: ["./src:/src:ro", "cache:/cache", "/anonymous"]
    secrets: [password]
  db:
    image: postgres:17
    healthcheck:
      test: ["CMD", "pg_isready"]
      interval: 5s
volumes:
  cache:
secrets:
  password:
    file: password.txt
"""
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
HOOKS = """\
repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.14.0
    hooks:
      - id: ruff-check
        args: [--fix]
  - repo: local
    hooks:
      - id: tests
        name: tests
        entry: pytest
        language: system
        pass_filenames: false
"""
EXPRESSIONS = """\
on:
  schedule:
    - cron: "*/15 6-18 1,15 jan-jun MON"
  workflow_dispatch:
jobs:
  list:
    runs-on: ubuntu-slim
    outputs:
      strategy: ${{ steps.list.outputs.strategy }}
    steps:
      - id: list
        run: echo "strategy=$(./list.sh)" >>"$GITHUB_OUTPUT"
      - run: |
          echo "${{ format('it''s {0} }}', github.ref) }}" "${{ matrix.python }}"
        if: github.event_name == 'push' && !contains(github.event.head_commit.message, '[skip ci]')
  build:
    needs: list
    strategy: ${{ fromJSON(needs.list.outputs.strategy) }}
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/checkout@v5
      - uses: ./.github/actions/local
      - uses: docker://alpine:3.22
      - uses: github/codeql-action/init@v4
      - uses: actions/setup-python@v6
        with: {python-version: 3.12, cache: pip}
  large:
    runs-on: ubuntu-latest-16-cores
    steps: [{run: "true"}]
  own:
    runs-on: [self-hosted, linux]
    steps: [{run: "true"}]
  elsewhere:
    uses: example/workflows/.github/workflows/test.yml@main
"""
ALIASED = "x-env: &env {A: 1}\nservices:\n" + "".join(
    f"  s{n}: &s{n}\n    image: a\n    environment: {{<<: *env}}\n" for n in range(200)
)
PIPELINE = """\
stages: [check, publish]
.python:
  image: python:3.13
lint:
  extends: .python
  stage: check
  script: ruff check
tests:
  extends: [.python]
  stage: check
  parallel: 3
  script: pytest
  needs: []
upload:
  stage: publish
  script: twine upload dist/*
  needs:
    - lint
    - job: tests
      artifacts: true
    - "tests 1/3"
    - pipeline: $PARENT
      job: build
"""
COMPONENT = """\
spec:
  inputs:
    stage: {default: test}
---
tests:
  stage: $[[ inputs.stage ]]
  script: pytest
"""
NEW_GRAMMAR = """\
type Pair[T] = tuple[T, T]
name = "a"
print(f"{name + "b"}")
"""
VALID = {
    "pyproject.toml": [PROJECT, POETRY, "[dependency-groups]\ndev = []\n"],
    "sub/pyproject.toml": [PROJECT],
    "pylock.toml": ['lock-version = "1.0"\ncreated-by = "pip"\npackages = []\n'],
    "Pipfile": ['[packages]\nhttpx = "*"\n'],
    "uv.toml": ["offline = true\n"],
    ".github/workflows/test.yml": [WORKFLOW],
    ".github/dependabot.yml": [
        "version: 2\nupdates:\n  - package-ecosystem: uv\n    directory: /\n    schedule:\n      interval: weekly\n"
    ],
    "compose.yaml": [COMPOSE],
    "docker-compose.override.yml": ["services:\n  web:\n    environment: {DEBUG: '1'}\n", COMPOSE],
    "docker-compose.prod.yml": ["services:\n  web:\n    depends_on: [db]\n    volumes: ['data:/data']\n"],
    "deploy/compose.yaml": [
        "include: [base.yaml]\nservices:\n  web:\n    image: a\n    depends_on: [db]\n",
        "services:\n  web:\n    image: a\n    secrets: [declared_in_the_override]\n",
    ],
    ".gitlab-ci.yml": ["test:\n  script: [!reference [.setup, script], pytest]\n", PIPELINE, COMPONENT],
    ".github/workflows/strategy.yml": [EXPRESSIONS],
    ".gitlab/renovate.json": ['{"extends": ["config:recommended"]}\n'],
    "docker-compose.yml": [ALIASED],
    ".pre-commit-config.yaml": [HOOKS],
    ".pre-commit-hooks.yaml": ["- id: a\n  name: a\n  entry: a\n  language: python\n"],
    "mkdocs.yml": ["a: !!python/name:x.y\nb: !ENV [A, 1]\nc: !set {d: 1}\n", "a: 1\n---\nb: 2\n", ""],
    "package.json": ['{"a": [1, 2.5e3, null, true, "\\u00e9"]}\n'],
    "pip.conf": ["[global]\nindex-url = https://u:p%40ss@packages.example.com/simple/\n"],
    "~/.config/pip/pip.conf": ["[global]\ntimeout = 60\n\n[freeze]\nrequire-virtualenv =\n"],
    ".pypirc": ["[distutils]\nindex-servers =\n    a\n    b\n"],
    "setup.cfg": ["[options]\npython_requires = >=3.9\n", "[tool:pytest]\naddopts = -q\n"],
    "environment.yml": ["name: a\nchannels: [conda-forge]\ndependencies:\n  - python=3.13\n  - pip:\n      - httpx\n"],
    "~/.netrc": ["machine packages.example.com login alice password correct-horse-battery\n", "default\nlogin a\n"],
    "app.py": ["def f(x: int) -> int:\n    return x\n", NEW_GRAMMAR],
    "feed.xml": ["<a>\n"],
    ".editorconfig": ["anything\n"],
    "README.md": ["anything\n"],
    "run.sh": ["if\n"],
}


@pytest.mark.parametrize(("title", "text"), [(title, text) for title, texts in VALID.items() for text in texts])
def test_a_right_file_has_no_errors(title: str, text: str) -> None:
    assert validate(title, "text", text) == []


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
    (".github/workflows/x.yaml", WORKFLOW.replace("uses:", "use:"), "$.jobs.test.steps[0]: "),
    (".github/workflows/x.yaml", WORKFLOW.replace("runs-on", "run-on"), "runs-on"),
    (".github/workflows/x.yaml", WORKFLOW.replace("needs: [test]", "needs: tests"), "there is no job 'tests'"),
    (".github/workflows/x.yaml", WORKFLOW.replace("      - run", "     - run", 1), "line 13: not YAML: "),
    (".github/workflows/x.yaml", WORKFLOW + "  test:\n    runs-on: x\n", "duplicate key"),
    (".github/workflows/x.yaml", "", "expected one"),
    (".github/workflows/x.yaml", "a: 1\n---\nb: 1\n", "2 documents in the file; expected one"),
    (".github/workflows/x.yaml", EXPRESSIONS.replace("3.12,", "3.10,"), "3.10 is the number 3.1; in quotes"),
    (".github/workflows/x.yaml", WORKFLOW.replace('["3.12", "3.13"]', "[3.9, 3.10]"), "python-version[1]: 3.10 is the"),
    (".github/workflows/x.yaml", WORKFLOW.replace("checkout@v5", "checkout"), "steps[0].uses: 'actions/checkout': exp"),
    (
        ".github/workflows/x.yaml",
        EXPRESSIONS.replace("event_name ==", "event_name ="),
        "'=' isn't part of an expression",
    ),
    (".github/workflows/x.yaml", WORKFLOW.replace("version }}", "version }"), "without its end in '${{ matrix.python"),
    (".github/workflows/x.yaml", WORKFLOW.replace("version }}", "version ] }}"), "brackets that don't match"),
    (".github/workflows/x.yaml", WORKFLOW.replace("matrix.python-version", ""), "an empty expression"),
    (".github/workflows/x.yaml", WORKFLOW.replace("ubuntu-latest", "ubuntu-lastest"), "expected ubuntu-latest"),
    (".github/workflows/x.yaml", EXPRESSIONS.replace("6-18", "6-25"), "the hour '6-25'; expected 0 to 23"),
    (".github/workflows/x.yaml", EXPRESSIONS.replace("*/15", "*/x"), "the minute '*/x'; expected 0 to 59"),
    (".github/workflows/x.yaml", EXPRESSIONS.replace(" MON", ""), "expected five fields"),
    (".github/dependabot.yml", "version: 1\n", "$"),
    (".github/dependabot.yml", "", "0 documents in the file; expected one"),
    ("renovate.json", "{", "not JSON"),
    ("renovate.json", '{"enabled": "yes"}', "$.enabled: "),
    ("renovate.json", '{"packageRule": []}', "$.packageRule: Renovate has no such option; expected packageRules"),
    (".github/renovate.json", '{"extends": ["config:base"]}', "$.extends: 'config:base' is 'config:recommended' now"),
    (
        ".gitlab-ci.yml",
        PIPELINE.replace("stage: publish", "stage: deploy"),
        "$.upload.stage: there is no stage 'deploy'",
    ),
    (".gitlab-ci.yml", PIPELINE.replace("- lint", "- linting"), "$.upload.needs: there is no job 'linting'"),
    (
        ".gitlab-ci.yml",
        PIPELINE.replace("extends: .python", "extends: .pyton"),
        "$.lint.extends: there is no job '.pyton'",
    ),
    (".gitlab-ci.yml", PIPELINE.replace("script: pytest", "scripts: pytest"), "$.tests"),
    (".gitlab-ci.yml", COMPONENT + "---\na: {script: a}\n", "3 documents in the file; expected one, perhaps"),
    (".gitlab-ci.yml", "a: [\n", "not YAML"),
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
    ("compose.yaml", COMPOSE.replace("image:", "imag:"), "imag"),
    ("compose.yaml", COMPOSE.replace("      db:", "      database:"), "'database' isn't declared under services"),
    ("compose.yaml", COMPOSE.replace("  cache:\n", "  cach:\n"), "'cache' isn't declared under volumes"),
    (
        "compose.yaml",
        COMPOSE.replace("secrets: [password]", "secrets: [passwd]"),
        "'passwd' isn't declared under secrets",
    ),
    ("compose.yaml", COMPOSE.replace("service_healthy", "healthy"), "condition"),
    ("compose.yaml", "", "expected one"),
    ("compose.yaml", "services:\n", "$.services"),
    (".pre-commit-config.yaml", HOOKS.replace("    rev: v0.14.0\n", ""), "Missing required key: rev"),
    (".pre-commit-config.yaml", HOOKS.replace("v0.14.0", "main"), "mutable reference"),
    (".pre-commit-config.yaml", HOOKS.replace("args:", "arg:"), "hook 'ruff-check': unknown key 'arg'"),
    (".pre-commit-config.yaml", HOOKS.replace("rev:", "revision: 1\n    rev:"), "revision"),
    (".pre-commit-hooks.yaml", "- id: a\n", "Missing required key"),
    ("a.yaml", "a: [1\n", "line 2: not YAML: "),
    ("a.yaml", "a: b: c\n", "line 1: not YAML: "),
    ("a.yml", "a: 1\na: 2\n", "duplicate key"),
    ("a.yaml", "\ta: 1\n", "not YAML: "),
    ("a.yaml", "a: *b\n", "not YAML: "),
    ("a.json", '{"a": 1,}', "not JSON: "),
    ("a.json", '{"a": 1, "a": 2}', "'a' stands twice"),
    ("a.json", "[NaN]", "NaN isn't JSON"),
    ("Pipfile.lock", "", "not JSON: "),
    ("pip.conf", "index-url = x\n", "no section headers"),
    ("pip.conf", "[global]\na = 1\na = 2\n", "already exists"),
    ("setup.cfg", "[metadata]\nname\n", "parsing errors"),
    (".netrc", "machin a\n", "bad toplevel token 'machin'"),
    (".netrc", "machine a login b\nfoo c\n", "line 2: "),
    (".netrc", "\n", "no machine"),
    ("a.py", "def f(:\n", "line 1: "),
    ("a.py", 'x = "\\d"\n', "invalid escape sequence"),
    ("a.py", "x is 1\n", '"is" with'),
    ("a.py", "\0", "null bytes"),
]


@pytest.mark.parametrize(("title", "text", "part"), INVALID)
def test_a_wrong_file_has_an_error_that_says_what(title: str, text: str, part: str) -> None:
    errors = validate(title, "text", text)
    assert errors and part in errors[0]


@pytest.mark.parametrize("title", ["a.yaml", "a.json", "a.toml", "a.py"])
def test_what_is_nested_too_deeply_gets_an_error(title: str) -> None:
    assert validate(title, "text", ("a = " if title.endswith("toml") else "") + "[" * 3_000)


@pytest.mark.parametrize("title", [*VALID, *(title for title, _, _ in INVALID)])
def test_a_file_belongs_to_one_family_and_to_its_formats_below(title: str) -> None:
    found = [family for family in FAMILIES if re.fullmatch(family.path, title)]
    assert all(family.language for family in found[1:]), "only what a format has in general may come second"


def test_nothing_that_is_read_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    validate("Makefile", "makefile", f"X := $(shell touch {trap})\nall:\n\t+touch {trap}\n")
    validate("setup.py", "python", f"open({str(trap)!r}, 'w')\n")
    validate("a.yaml", "yaml", f"!!python/object/apply:os.system ['touch {trap}']\n")
    validate("Dockerfile", "dockerfile", f"FROM scratch\nRUN touch {trap}\n")
    validate(".env", "text", f"A=$(touch {trap})\n")
    assert not trap.exists()


def test_a_file_may_be_wrong_on_purpose_but_only_as_it_says() -> None:
    assert validate("a.toml", "toml", "a = \n", invalid="not TOML") == []
    assert "valid, or nothing checks it" in validate("a.toml", "toml", "a = 1\n", invalid="not TOML")[0]
    assert "in another way than 'duplicate'" in validate("a.toml", "toml", "a = \n", invalid="duplicate")[0]
    assert "nothing checks it" in validate("README.md", "markdown", "x\n", invalid="anything")[0]


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        ("toml", "a = 1\n", "a = \n"),
        ("yaml", "a: 1\n", "a: [\n"),
        ("json", "[1]\n", "[1\n"),
        ("ini", "[a]\nb = c\n", "b = c\n"),
    ],
)
def test_a_data_block_is_parsed_by_its_language(language: str, right: str, wrong: str) -> None:
    assert parse(language, right) == []
    assert parse(language, wrong)
    assert validate("some.file", language, wrong)


def test_a_language_that_nothing_reads_is_an_error() -> None:
    assert parse("cobol", "x") == ["nothing reads cobol"]
