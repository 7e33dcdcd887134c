"""The record: what it holds for the site, and what stays in it from run to run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from harness.page.markup import Markup
from harness.page.outcome import Outcome
from harness.project import Project
from harness.run.record import Made, keep, read_json, write_json
from harness.run.runner import Run
from madeup import CONDITIONS, guide, outcomes, read


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    return guide(tmp_path)


def made(run: Run, found: list[Outcome], at: str) -> Made:
    """A page of one scenario as a run hands it to the record."""
    return Made(run.page, found, at, {(run.scenario.label, run.python): "a" * 64})


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
