"""The verbs beside pytest: each comes to its work by its name, and a problem ends it with its message."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from checkout import Checkout
from harness import __main__ as program
from harness.project import Project
from harness.verbs import coverage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")

PAGE = """\
``` console
$ echo one
one
$ true
```

``` bash
true
```

``` json
[1]
```

``` {.bash data-not-run="for readers"}
false
```
"""


def call(monkeypatch: pytest.MonkeyPatch, root: Path, *arguments: str) -> int:
    monkeypatch.setattr(program, "ROOT", root)
    monkeypatch.setattr(sys, "argv", ["harness", *arguments])
    return program.main()


def test_bench_tells_what_the_harness_costs(
    checkout: Checkout, small: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.page("x", PAGE)
    assert call(monkeypatch, small.root, "bench", "docs/x.md") == 0
    printed = capsys.readouterr().out
    number = r"\d+\.\d+"
    for line in (
        r"1 pages, 4 fences, 1 scenarios, \d+ at a time",
        rf"extraction: {number} ms a fence",
        rf"harness, console: {number} ms a command \(median\), {number} \(mean\), 1 blocks",
        rf"harness, script: {number} ms a command \(median\), {number} \(mean\), 1 blocks",
        rf"harness, data: {number} ms a command \(median\), {number} \(mean\), 1 blocks",
        rf"wall {number} s; the tools' own {number} s over \d+ at a time: ratio {number}",
        r"memory: harness \d+ MB, gateway \d+ MB at most",
    ):
        assert re.search(f"^{line}$", printed, re.MULTILINE), printed


def test_mutants_end_with_status_0_where_none_survives(
    checkout: Checkout, small: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.page("x", PAGE)
    assert call(monkeypatch, small.root, "mutants", "docs/x.md") == 0
    assert "0 survived" in capsys.readouterr().out


def test_same_copies_nothing_where_nothing_differs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, program.ROOT, "same") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bench", "docs/none.md"], "docs/none.md: no such page; expected the path of one"),
        (["compare"], "docs/tasks/speed.md: no such page"),
        (["world", "tomorrow"], "DATE: 'tomorrow'; expected a day such as 2026-12-01, or today"),
    ],
)
def test_a_problem_ends_a_verb_with_its_message(
    tmp_path: Path, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    (tmp_path / "pyproject.toml").write_text('[tool.guide]\ndate = "2026-11-20"\n')
    assert call(monkeypatch, tmp_path, *arguments) == 1
    assert said in capsys.readouterr().err


def test_an_unknown_verb_is_refused_with_the_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call(monkeypatch, program.ROOT, "benhc")
    assert "bench" in capsys.readouterr().err


def test_coverage_counts_what_subprocesses_reach_and_demands_the_share(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "MACHINE", [])  # to prepare a machine takes minutes
    package = tmp_path / "tests" / "harness"
    package.mkdir(parents=True)
    (package / "one.py").write_text("import sys\nif len(sys.argv) > 1:\n    print(1)\nelse:\n    print(0)\n")
    (tmp_path / "tests" / "test_one.py").write_text(
        "import subprocess, sys\n"
        "def test_one():\n"
        "    for more in ([], ['x']):\n"
        "        subprocess.run([sys.executable, 'tests/harness/one.py', *more], check=True)\n"
    )
    real = (program.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    settings = real[real.index("[tool.coverage.run]") :].replace(', "overrides/hooks"', "")
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "-p no:cacheprovider"\n' + settings)
    project = Project(tmp_path)

    assert coverage.coverage(project, []) == 0
    whole = capfd.readouterr().out
    assert re.search(r"^TOTAL .* 100%$", whole, re.MULTILINE), whole
    assert "Not counted: " in whole

    text = (tmp_path / "tests" / "test_one.py").read_text()
    (tmp_path / "tests" / "test_one.py").write_text(text.replace(", ['x']", ","))
    assert coverage.coverage(project, ["tests/test_one.py"]) == 0  # some tests needn't reach all
    part = capfd.readouterr().out
    assert re.search(r"^tests/harness/one.py .* 3$", part, re.MULTILINE), part
    assert coverage.report(project, whole=True) == 2
