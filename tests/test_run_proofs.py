"""A proof holds for exactly what it was made with: page, recipe, tools, machine, and the code that makes outcomes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.page.markup import Markup
from harness.page.outcome import Outcome
from harness.project import Project
from harness.run import proofs as module
from harness.run.proofs import Proofs, harness_digests, own_digests
from harness.run.record import Conditions
from harness.run.runner import Run
from harness.run.transcripts import Transcripts
from madeup import CONDITIONS, guide, outcomes, read


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    return guide(tmp_path)


def proofs_of(
    folder: Project, conditions: Conditions = CONDITIONS, harness: str = "harness", engine: str = "engine"
) -> Proofs:
    digests = {"": harness, "machine/engine/": engine}
    return Proofs(folder.work / "proofs", conditions, digests, Transcripts(folder.work / "transcripts"))


def keep_proof(proofs: Proofs, run: Run, found: list[Outcome]) -> None:
    proofs.keep(run, found, proofs.transcripts.keep(run, found))


def edit(old: str, new: str) -> Callable[[Project], None]:
    def change(folder: Project) -> None:
        path = folder.docs / "x.md"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))

    return change


def recipe(name: str, text: str | None) -> Callable[[Project], None]:
    def change(folder: Project) -> None:
        path = folder.recipes / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text) if text is not None else path.unlink()

    return change


@pytest.mark.parametrize(
    "change",
    [
        edit("echo one", "echo  one"),
        edit("one\n```", "two\n```"),
        edit('data-exit="1"', 'data-exit="2"'),
        edit('title="a.toml"', 'title="b.toml"'),
        edit("``` console", "``` bash"),
        edit('=== "uv"', '=== "pip"'),
        edit("[uv]", "[uv, pip]"),
        edit("tools: [uv]", "tools: [uv]\ntimeout: 5"),
        edit("``` console", "``` bash\ntrue\n```\n\n``` console"),
        recipe("app.py", "changed\n"),
        recipe("b/c.py", None),
        recipe("new.py", ""),
    ],
    ids=lambda change: str(change.__closure__[-1].cell_contents)[:20],
)
def test_a_proof_ends_with_any_change_of_what_ran(
    change: Callable[[Project], None], folder: Project, markup: Markup
) -> None:
    proofs = proofs_of(folder)
    run = read(folder, markup)
    keep_proof(proofs, run, outcomes(run))
    assert proofs.find(read(folder, markup))

    change(folder)

    assert proofs.find(read(folder, markup)) is None


@pytest.mark.parametrize(
    "change",
    [
        edit("title: Title", "title: Another title"),
        edit("title: Title", "title: Title\ndescription: More."),
        edit("``` console", "A paragraph of\ntwo lines.\n\n``` console"),
        recipe(".venv/bin/python", "left by a run"),
        recipe("__pycache__/app.pyc", "left by a run"),
    ],
)
def test_a_proof_holds_where_nothing_that_ran_has_changed(
    change: Callable[[Project], None], folder: Project, markup: Markup
) -> None:
    proofs = proofs_of(folder)
    run = read(folder, markup)
    keep_proof(proofs, run, outcomes(run))

    change(folder)

    again = read(folder, markup)
    found = proofs.find(again)
    assert found
    assert found[0] == outcomes(again, seconds=0.1235)
    assert all(o.block is b for o, b in zip(found[0], again.scenario.blocks, strict=True))


def test_a_proof_follows_its_blocks_when_another_tab_gets_one(folder: Project, markup: Markup) -> None:
    proofs = proofs_of(folder)
    run = read(folder, markup)
    keep_proof(proofs, run, outcomes(run))

    edit('=== "uv"', '=== "pip"\n\n    ``` console\n    $ echo pip\n    pip\n    ```\n\n=== "uv"')(folder)

    page = read(folder, markup).page
    again = next(Run(page, scenario, run.python) for scenario in page.scenarios if scenario.label == "uv")
    found = proofs.find(again)
    assert found
    transcript = json.loads(proofs.transcripts.place(found[2]).read_text())
    assert [entry["index"] for entry in transcript["blocks"]] == [0, 2, 3]
    assert [entry["commands"][0]["text"] for entry in transcript["blocks"]] == ["echo one"] * 3
    assert proofs.find(again) == found


@pytest.mark.parametrize(
    "changes",
    [
        {"world": "2026-11-21"},
        {"system": "Debian GNU/Linux 13, Linux 6.18, x86_64"},
        {"isolation": "unshare"},
        {"tools": {"uv": "0.13.10"}},
        {"pythons": {"3.13": "3.13.1"}},
        {"locks": {"tests/locks/uv.txt": "1" * 64}},
        {"locks": {}},
    ],
)
def test_a_proof_ends_with_any_change_of_what_it_was_made_with(
    changes: dict[str, Any], folder: Project, markup: Markup
) -> None:
    run = read(folder, markup)
    keep_proof(proofs_of(folder), run, outcomes(run))

    assert proofs_of(folder, dataclasses.replace(CONDITIONS, **changes)).find(run) is None
    assert proofs_of(folder, harness="another harness").find(run) is None


@pytest.mark.parametrize(("needs", "ends"), [([], False), (["container-engine"], True), (["debian-archive"], True)])
def test_a_proof_without_containers_outlives_the_engines_code(
    needs: list[str], ends: bool, folder: Project, markup: Markup
) -> None:
    run = read(folder, markup)
    run.page.front["needs"] = needs
    keep_proof(proofs_of(folder), run, outcomes(run))

    assert proofs_of(folder).find(run)
    assert (proofs_of(folder, engine="another engine").find(run) is None) is ends


def test_a_proof_is_of_one_scenario_on_one_python(folder: Project, markup: Markup) -> None:
    proofs = proofs_of(folder)
    run = read(folder, markup)
    keep_proof(proofs, run, outcomes(run))

    assert proofs.find(dataclasses.replace(run, python="3.12")) is None
    assert proofs.find(dataclasses.replace(run, scenario=dataclasses.replace(run.scenario, chosen=("pip",)))) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: [dataclasses.replace(found[0], outcome="failed", reason="no"), *found[1:]],
        lambda found: [*found[:-1], dataclasses.replace(found[-1], outcome="blocked", reason="no")],
        lambda found: found[:-1],
        lambda found: [dataclasses.replace(found[0], notes=["docs/x.md:7: fix it"]), *found[1:]],
    ],
    ids=["failed", "blocked", "incomplete", "noted"],
)
def test_only_a_complete_and_green_run_is_a_proof(
    spoil: Callable[[list[Outcome]], list[Outcome]], folder: Project, markup: Markup
) -> None:
    proofs = proofs_of(folder)
    run = read(folder, markup)

    keep_proof(proofs, run, spoil(outcomes(run)))

    assert proofs.find(run) is None


def test_a_proof_whose_transcript_is_gone_or_damaged_proves_nothing(folder: Project, markup: Markup) -> None:
    proofs, run = proofs_of(folder), read(folder, markup)
    keep_proof(proofs, run, outcomes(run))
    found = proofs.find(run)
    assert found and found[0] == outcomes(run, seconds=0.1235)
    place = proofs.transcripts.place(found[2])

    place.write_text(place.read_text().replace("echo one", "echo two"))
    assert proofs.find(run) is None

    place.unlink()
    assert proofs.find(run) is None


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("run/runner.py", "# what a comment says", "# another comment"), []),
        (("run/runner.py", '"""A docstring."""', '"""Another one."""'), []),
        (("run/runner.py", "x = 1\n", "x = (\n    1\n)\n"), []),
        (("verbs/bench.py", "y = 1", "y = 2"), []),
        (("run/runner.py", "x = 1", "x = 2"), [""]),
        (("run/runner.py", "return 'text'", "return 'other'"), [""]),
        (("run/schema.json", "{}", "true"), [""]),
        (("machine/engine/daemon.py", "z = 1", "z = 2"), ["machine/engine/"]),
    ],
    ids=["comment", "docstring", "layout", "bench", "code", "text in code", "schema", "engine"],
)
def test_proofs_end_with_the_code_that_makes_outcomes(
    change: tuple[str, str, str], changed: list[str], tmp_path: Path
) -> None:
    for name in ("before", "after"):
        (tmp_path / name / "run").mkdir(parents=True)
        (tmp_path / name / "verbs").mkdir()
        text = '# what a comment says\nx = 1\ndef f():\n    """A docstring."""\n    return \'text\'\n'
        (tmp_path / name / "run" / "runner.py").write_text(text)
        (tmp_path / name / "run" / "schema.json").write_text("{}")
        (tmp_path / name / "verbs" / "bench.py").write_text("y = 1\n")
        (tmp_path / name / "machine" / "engine").mkdir(parents=True)
        (tmp_path / name / "machine" / "engine" / "daemon.py").write_text("z = 1\n")
    name, old, new = change
    path = tmp_path / "after" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))

    before, after = (harness_digests(tmp_path / name) for name in ("before", "after"))
    assert [folder for folder in before if before[folder] != after[folder]] == changed


def test_the_digest_of_the_harness_is_kept_for_the_same_sources_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, kept = tmp_path / "home" / "runner.py", tmp_path / "work" / "harness-code.json"
    source.parent.mkdir()
    source.write_text("x = 1\n")
    monkeypatch.setattr(module, "HOME", source.parent)
    monkeypatch.setenv("GUIDE_WORK", str(kept.parent))
    asked = own_digests.__wrapped__  # as each process asks once

    first = asked()
    assert first == harness_digests(source.parent)
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "digests": {"": "as kept"}}))
    assert asked() == {"": "as kept"}
    source.write_text("x = 2\n")
    assert asked() == harness_digests(source.parent) != first
    for damaged in ("{", "[]", "{}"):
        kept.write_text(damaged)
        assert asked() == harness_digests(source.parent)
