"""Files of services: workflows, pipelines, hooks, update bots."""

from __future__ import annotations

import pytest
from harness.validate.validators import validate
from validated import families, pairs, titles

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
PIPELINE = """\
stages: [check, publish]
.python:
  image: python:3.13
  stage: check
lint:
  extends: .python
  script: ruff check
tests:
  extends: [.python]
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
TASKS = 'version: "3"\ntasks:\n  check:\n    deps: [lint]\n  lint:\n    cmd: ruff check .\n    sources: ["*.py"]\n'
DEVCONTAINER = """\
// where the editor runs: https://containers.dev
{
  "image": "python:3.13-slim", /* "any" */
  "postCreateCommand": "pip install -r requirements.txt",
  "forwardPorts": [8000]
}
"""
VALID = {
    ".github/workflows/test.yml": [WORKFLOW],
    ".github/dependabot.yml": [
        "version: 2\nupdates:\n  - package-ecosystem: uv\n    directory: /\n    schedule:\n      interval: weekly\n"
    ],
    ".gitlab-ci.yml": ["test:\n  script: [!reference [.setup, script], pytest]\n", PIPELINE, COMPONENT],
    ".github/workflows/strategy.yml": [EXPRESSIONS],
    ".gitlab/renovate.json": ['{"extends": ["config:recommended"]}\n'],
    ".pre-commit-config.yaml": [HOOKS],
    "Taskfile.yml": [TASKS],
    ".devcontainer/devcontainer.json": [
        DEVCONTAINER,
        '{"dockerComposeFile": "compose.yaml", "service": "app", "workspaceFolder": "/app"}',
    ],
    ".pre-commit-hooks.yaml": ["- id: a\n  name: a\n  entry: a\n  language: python\n"],
}
INVALID = [
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
    (".pre-commit-config.yaml", HOOKS.replace("    rev: v0.14.0\n", ""), "Missing required key: rev"),
    (".pre-commit-config.yaml", HOOKS.replace("v0.14.0", "main"), "mutable reference"),
    (".pre-commit-config.yaml", HOOKS.replace("args:", "arg:"), "hook 'ruff-check': unknown key 'arg'"),
    (".pre-commit-config.yaml", HOOKS.replace("rev:", "revision: 1\n    rev:"), "revision"),
    (".pre-commit-hooks.yaml", "- id: a\n", "Missing required key"),
    ("Taskfile.yml", TASKS.replace("deps:", "needs:"), "needs"),
    (".devcontainer/devcontainer.json", DEVCONTAINER.replace("postCreate", "afterCreate"), "'afterCreateCommand' was"),
    (".devcontainer/api/devcontainer.json", DEVCONTAINER.replace("[8000]", "8000"), "$.forwardPorts: 8000 is not of"),
    (".devcontainer.json", DEVCONTAINER.replace('"image": ', '"dockerComposeFile": '), "$"),
    (".devcontainer.json", DEVCONTAINER.replace("[8000]", "[8000],"), "not JSON: "),
    ("web/Taskfile.dist.yaml", TASKS.replace('version: "3"\n', ""), "version"),
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
