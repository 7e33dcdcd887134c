"""The record and the proofs: what they hold, and that a proof holds for exactly what it was made with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.page.markup import Markup
from harness.page.outcome import Outcome, Ran
from harness.page.page import Page
from harness.project import Project
from harness.run.proofs import Proofs, harness_digest
from harness.run.record import Conditions, Made, keep, read_json, write_json
from harness.run.runner import Run
from harness.run.transcripts import LIMIT, Transcripts

CONDITIONS = Conditions(
    world="2026-11-20",
    system="Debian GNU/Linux 12, Linux 6.18, x86_64",
    isolation="bubblewrap",
    tools={"uv": "0.13.9"},
    pythons={"3.13": "3.13.0"},
    locks={"tests/locks/uv.txt": "0" * 64},
)
PAGE = """\
---
title: Title
recipe: small
tools: [uv]
---

``` console
$ echo one
one
```

=== "uv"

    ``` {.toml title="a.toml"}
    a = 1
    ```

    ``` {.console data-exit="1"}
    $ cat a.toml; false
    a = 1
    ```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    for name, text in {"docs/x.md": PAGE, "recipes/small/app.py": "one\n", "recipes/small/b/c.py": "two\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Project(tmp_path)


def read(folder: Project, markup: Markup, name: str = "x") -> Run:
    page = Page.read(folder, folder.docs / f"{name}.md", markup)
    return Run(page, page.scenarios[0], "3.13")


def outcomes(run: Run, kind: str = "compared", **changes: Any) -> list[Outcome]:
    values = {"outcome": kind, "seconds": 0.12345678, **changes}
    return [
        Outcome(block, run.scenario.label, run.python, **values, commands=[Ran("echo one", 0, "one\n", 0.1)])
        for block in run.scenario.blocks
    ]


def proofs_of(folder: Project, conditions: Conditions = CONDITIONS, harness: str = "harness") -> Proofs:
    return Proofs(folder.work / "proofs", conditions, harness, Transcripts(folder.work / "transcripts"))


def keep_proof(proofs: Proofs, run: Run, found: list[Outcome]) -> None:
    proofs.keep(run, found, proofs.transcripts.keep(run, found))


def made(run: Run, found: list[Outcome], at: str) -> Made:
    """A page of one scenario as a run hands it to the record."""
    return Made(run.page, found, at, {(run.scenario.label, run.python): "a" * 64})


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
        lambda found: [dataclasses.replace(found[0], notes=["docs/x.md:7: mend it"]), *found[1:]],
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


def test_the_record_holds_what_the_site_needs(folder: Project, markup: Markup) -> None:
    run = read(folder, markup)

    keep(folder, folder.work / "record.json", CONDITIONS, [made(run, outcomes(run), "2026-11-22T15:00:00Z")])

    record = read_json(folder.work / "record.json")
    (run_id,) = record["runs"]
    assert record["format"] == 2
    assert record["runs"][run_id] == {"made": record["made"], **dataclasses.asdict(CONDITIONS)}
    digest = {name: hashlib.sha256(text).hexdigest() for name, text in {"app": b"one\n", "c": b"two\n"}.items()}
    assert record["pages"] == {
        "docs/x.md": [
            {
                "run": run_id,
                "made": "2026-11-22T15:00:00Z",
                "seconds": 0.37,
                "front": {"recipe": "small", "tools": ["uv"]},
                "files": {"recipes/small/app.py": digest["app"], "recipes/small/b/c.py": digest["c"]},
                "facts": {},
            }
        ]
    }
    console = ["console", "", "uv", "data-exit=1", run.page.blocks[2].text]
    parts = "\0".join(["toml", "a.toml", "uv", "a = 1\n"]), "\0".join(console)
    assert [block["digest"] for block in record["blocks"][1:]] == [
        hashlib.sha256(p.encode()).hexdigest() for p in parts
    ]
    promised = {
        "page": "docs/x.md", "index": 1, "line": 14, "language": "toml", "scenario": "uv", "python": "3.13",
        "outcome": "compared", "reason": "", "seconds": 0.1235, "digest": run.page.blocks[1].digest, "notes": [],
        "run": run_id, "commands": 1, "transcript": "a" * 64,
    }  # fmt: skip
    assert {name: record["blocks"][1][name] for name in promised} == promised


def test_a_run_of_some_pages_keeps_the_others(folder: Project, markup: Markup) -> None:
    (folder.docs / "y.md").write_text("``` bash\ntrue\n```\n")
    x, y = read(folder, markup), read(folder, markup, "y")
    path = folder.work / "record.json"
    keep(folder, path, CONDITIONS, [made(x, outcomes(x), "1"), made(y, outcomes(y, "ran"), "1")])

    keep(folder, path, CONDITIONS, [made(y, outcomes(y, "failed", reason="no"), "2")])

    record = read_json(path)
    assert {name: page[0]["made"] for name, page in record["pages"].items()} == {"docs/x.md": "1", "docs/y.md": "2"}
    assert [block["outcome"] for block in record["blocks"]] == ["compared"] * 3 + ["failed"]


def test_a_page_that_is_gone_leaves_the_record(folder: Project, markup: Markup) -> None:
    (folder.docs / "y.md").write_text("``` bash\ntrue\n```\n")
    x, y = read(folder, markup), read(folder, markup, "y")
    path = folder.work / "record.json"
    keep(folder, path, CONDITIONS, [made(x, outcomes(x), "1"), made(y, outcomes(y), "1")])
    (folder.docs / "y.md").unlink()

    keep(folder, path, CONDITIONS, [made(x, outcomes(x), "2")])

    assert list(read_json(path)["pages"]) == ["docs/x.md"]


@pytest.mark.parametrize("changes", [{"world": "2026-11-21"}, {"tools": {}}, {"isolation": "plain"}, {"pythons": {}}])
def test_what_was_made_with_something_else_stays_with_its_own_run(
    changes: dict[str, Any], folder: Project, markup: Markup
) -> None:
    (folder.docs / "y.md").write_text("``` bash\ntrue\n```\n")
    x, y = read(folder, markup), read(folder, markup, "y")
    path, other = folder.work / "record.json", dataclasses.replace(CONDITIONS, **changes)
    keep(folder, path, other, [made(y, outcomes(y), "1")])

    record = keep(folder, path, CONDITIONS, [made(x, outcomes(x), "2")])

    (mine,), (theirs,) = record["pages"]["docs/x.md"], record["pages"]["docs/y.md"]
    assert record == read_json(path)
    assert record["runs"][mine["run"]].items() >= dataclasses.asdict(CONDITIONS).items()
    assert record["runs"][theirs["run"]].items() >= dataclasses.asdict(other).items()

    again = keep(folder, path, CONDITIONS, [made(y, outcomes(y), "3")])

    assert list(again["runs"]) == [mine["run"]]  # a page that ran again on this system ran with what is here now


def test_what_another_system_ran_stays(folder: Project, markup: Markup) -> None:
    path, run = folder.work / "record.json", read(folder, markup)
    mac = dataclasses.replace(CONDITIONS, system="macOS 15.1, Darwin 24.1, arm64", isolation="plain")
    keep(folder, path, mac, [made(run, outcomes(run, "ran"), "1")])

    record = keep(folder, path, CONDITIONS, [made(run, outcomes(run), "2")])

    found = {record["runs"][one["run"]]["system"]: one["made"] for one in record["pages"]["docs/x.md"]}
    assert found == {mac.system: "1", CONDITIONS.system: "2"}
    assert sorted(block["outcome"] for block in record["blocks"]) == ["compared"] * 3 + ["ran"] * 3


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 0}', "\0"])
def test_a_damaged_record_is_made_anew(text: str, folder: Project, markup: Markup) -> None:
    run = read(folder, markup)
    path = folder.work / "record.json"
    path.parent.mkdir()
    path.write_text(text)

    keep(folder, path, CONDITIONS, [made(run, outcomes(run), "1")])

    assert len(read_json(path)["blocks"]) == 3


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.json"
    write_json(path, {"a": "ä"})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})

    assert json.loads(path.read_text()) == {"a": "ä"}
    assert [p.name for p in path.parent.iterdir()] == ["x.json"]


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
    ("change", "same"),
    [
        (("run/runner.py", "# what a comment says", "# another comment"), True),
        (("run/runner.py", '"""A docstring."""', '"""Another one."""'), True),
        (("run/runner.py", "x = 1\n", "x = (\n    1\n)\n"), True),
        (("verbs/bench.py", "y = 1", "y = 2"), True),
        (("run/runner.py", "x = 1", "x = 2"), False),
        (("run/runner.py", "return 'text'", "return 'other'"), False),
    ],
    ids=["comment", "docstring", "layout", "bench", "code", "text in code"],
)
def test_proofs_end_with_the_code_that_makes_outcomes(change: tuple[str, str, str], same: bool, tmp_path: Path) -> None:
    for name in ("before", "after"):
        (tmp_path / name / "run").mkdir(parents=True)
        (tmp_path / name / "verbs").mkdir()
        text = '# what a comment says\nx = 1\ndef f():\n    """A docstring."""\n    return \'text\'\n'
        (tmp_path / name / "run" / "runner.py").write_text(text)
        (tmp_path / name / "verbs" / "bench.py").write_text("y = 1\n")
    name, old, new = change
    path = tmp_path / "after" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))

    assert (harness_digest(tmp_path / "before") == harness_digest(tmp_path / "after")) is same


def test_a_transcript_holds_what_happened_and_counts_what_is_too_much(folder: Project, markup: Markup) -> None:
    run = read(folder, markup)
    found = outcomes(run)
    found[0].commands = [
        Ran("seq 3", 0, "1\n2\n3\n", 0.25),
        Ran("yes ä", 141, "ä\n" * LIMIT, 1.0),
        Ran("pip install x", 1, "\x1b[31mERROR\x1b[0m: no\x07\n10%\r100%\n", 0.5),
    ]
    transcripts = Transcripts(folder.work / "transcripts")

    digest = transcripts.keep(run, found)

    text = transcripts.place(digest).read_bytes()
    assert hashlib.sha256(text).hexdigest() == digest
    data = json.loads(text)
    assert (data["page"], data["scenario"], data["python"]) == ("docs/x.md", "uv", "3.13")
    assert [block["index"] for block in data["blocks"]] == [0, 1, 2]
    first, long, coded = data["blocks"][0]["commands"]
    assert first == {"text": "seq 3", "status": 0, "seconds": 0.25, "output": "1\n2\n3\n", "left_out": 0}
    assert len(long["output"].encode()) <= LIMIT < len(long["output"].encode()) + 4
    assert len(long["output"].encode()) + long["left_out"] == 3 * LIMIT
    assert coded["output"] == "ERROR: no^G\n100%\n"


def test_transcripts_that_nothing_uses_go_after_a_while(folder: Project, markup: Markup) -> None:
    run = read(folder, markup)
    transcripts = Transcripts(folder.work / "transcripts")
    used, old, new = (transcripts.keep(run, outcomes(run, kind)) for kind in ("ran", "written", "compared"))
    for digest in (used, old):
        os.utime(transcripts.place(digest), (1, 1))

    transcripts.forget({used})

    assert sorted(path.stem for path in transcripts.folder.iterdir()) == sorted([used, new])
