"""The committed record: written after a green run, the same on every machine, and red where it isn't what ran."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.page.outcome import Outcome, Ran
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project
from harness.run import committed
from harness.run import record as recording
from harness.run.record import Conditions, Made, keep
from proof import record as site
from proof.union import contradictions

CONDITIONS = Conditions(
    world="2026-11-20",
    system="Debian GNU/Linux 12, Linux 6.18, x86_64",
    isolation="bubblewrap",
    tools={"uv": "0.13.9"},
    pythons={"3.13": "3.13.0"},
    locks={"tests/locks/uv.txt": "0" * 64},
)
PAGE = "``` console\n$ echo one\none\n```\n\n``` bash\ntrue\n```\n"


@pytest.fixture
def guide(tmp_path: Path) -> Project:
    (tmp_path / "docs").mkdir()
    for name in ("x", "y"):
        (tmp_path / "docs" / f"{name}.md").write_text(PAGE)
    return Project(tmp_path)


def pages(guide: Project, markup: Markup) -> dict[str, Page]:
    found = [read_page(guide, path, markup) for path in guide.pages([])]
    return {page.name: page for page in found}


def ran(
    guide: Project,
    markup: Markup,
    *kinds: str,
    names: tuple[str, ...] = ("x", "y"),
    made: str = "2026-11-26T10:00:00Z",
    conditions: Conditions = CONDITIONS,
) -> dict[str, Page]:
    """Record a run of the pages, whose two blocks ended as ``kinds`` say; the pages of the guide."""
    found = pages(guide, markup)
    done = []
    for name in names:
        page = found[f"docs/{name}.md"]
        reasons = {"not run": "needs Windows", "failed": "no"}
        outcomes = [
            Outcome(block, "", "3.13", kind, reasons.get(kind, ""), 1.5, commands=[Ran("echo", 0, "", 0.1)])  # type: ignore[arg-type]
            for block, kind in zip(page.blocks, kinds or ("compared", "ran"), strict=True)
        ]
        done.append(Made(page, outcomes, made, {("", "3.13"): "a" * 64}))
    keep(guide, guide.work / "record.json", conditions, done)
    return found


def test_what_is_committed_says_what_ran_and_nothing_that_changes_from_run_to_run(
    guide: Project, markup: Markup
) -> None:
    found = ran(guide, markup)

    changed = committed.write(guide, found)

    assert changed == ["tests/record/docs/x.md.json", "tests/record/docs/y.md.json"]
    text = (guide.root / changed[0]).read_text()
    assert not re.search(r"10:00|seconds|transcript|bubblewrap|Debian|aaaa", text)
    record = site.committed(guide.root)
    assert record
    ((page,), (other,)) = record.pages["docs/x.md"], record.pages["docs/y.md"]
    assert page.run == other.run
    assert (page.run.made, page.run.world, page.run.system, page.run.tools) == (
        "2026-11-26", "2026-11-20", "Linux", {"uv": "0.13.9"},
    )  # fmt: skip
    digests = [block.digest for block in found["docs/x.md"].blocks]
    assert [(e[0].outcome, e[0].digest) for e in page.entries.values()] == [
        ("compared", digests[0]),
        ("ran", digests[1]),
    ]
    assert committed.against(guide, found) == []


def test_a_run_that_says_the_same_rewrites_nothing(guide: Project, markup: Markup) -> None:
    committed.write(guide, ran(guide, markup))
    before = [path.read_text() for path in sorted((guide.root / "tests" / "record").rglob("*.json"))]

    later = dataclasses.replace(CONDITIONS, system="Ubuntu 24.04, Linux 6.11, x86_64", isolation="unshare", pythons={})
    found = ran(guide, markup, made="2026-12-24T10:00:00Z", conditions=later)

    assert committed.against(guide, found) == []
    assert committed.write(guide, found) == []
    assert [path.read_text() for path in sorted((guide.root / "tests" / "record").rglob("*.json"))] == before


def test_what_a_need_was_is_committed_and_may_be_another_elsewhere(
    guide: Project, markup: Markup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "facts", lambda needs: {"libfaketime": "0.9.10"})
    found = ran(guide, markup, names=("x",))
    assert committed.write(guide, found) == ["tests/record/docs/x.md.json"]
    record = site.committed(guide.root)
    assert record and [page.facts for page in record.pages["docs/x.md"]] == [{"libfaketime": "0.9.10"}]

    monkeypatch.setattr(recording, "facts", lambda needs: {"libfaketime": "0.9.11"})
    found = ran(guide, markup, names=("x",))
    assert committed.against(guide, found) == []
    assert committed.write(guide, found) == []


def test_a_run_of_one_page_renews_one_file(guide: Project, markup: Markup) -> None:
    committed.write(guide, ran(guide, markup))
    (guide.docs / "x.md").write_text(PAGE.replace("one", "two"))

    found = ran(guide, markup, names=("x",))

    (problem,) = committed.against(guide, found)
    assert problem.where == "tests/record/docs/x.md.json"
    assert problem.found == "block 1 on Python 3.13: its text changed"
    assert "make record" in str(problem)
    assert committed.write(guide, found) == ["tests/record/docs/x.md.json"]
    assert committed.against(guide, found) == []


@pytest.mark.parametrize(
    ("kinds", "conditions", "found"),
    [
        (("compared", "compared"), {}, "block 2 on Python 3.13: ran was committed, compared is true"),
        ((), {"tools": {"uv": "0.13.10"}}, "the tools' versions differ"),
        ((), {"locks": {}}, "the locks differ"),
        ((), {"world": "2026-11-21"}, "the world's days differ"),
        (("not run", "ran"), {}, ""),
        (("failed", "ran"), {}, ""),
        ((), {"system": "macOS 15.1, Darwin 24.1, arm64"}, ""),
        ((), {"pythons": {"3.12": "3.12.1"}}, ""),
    ],
    ids=["outcome", "tools", "locks", "day", "not run here", "red anyway", "another system", "other Pythons"],
)
def test_what_differs_is_named_where_it_counts(
    kinds: tuple[str, ...], conditions: dict[str, Any], found: str, guide: Project, markup: Markup
) -> None:
    committed.write(guide, ran(guide, markup))

    there = ran(guide, markup, *kinds, conditions=dataclasses.replace(CONDITIONS, **conditions))

    problems = committed.against(guide, there)
    assert [problem.found for problem in problems] == ([found] * 2 if found else [])


def test_a_page_that_nothing_is_committed_of_is_named(guide: Project, markup: Markup) -> None:
    found = ran(guide, markup)
    assert [(p.where, p.found) for p in committed.against(guide, found)] == [
        ("tests/record/docs/x.md.json", "nothing is committed"),
        ("tests/record/docs/y.md.json", "nothing is committed"),
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2}', '{"format": 2, "front": {}, "files": {}, "runs": []}'])
def test_a_damaged_file_is_named_and_written_again(text: str, guide: Project, markup: Markup) -> None:
    found = ran(guide, markup)
    committed.write(guide, found)
    place = committed.place(guide, "docs/x.md")
    place.write_text(text)

    (problem,) = committed.against(guide, found)

    assert problem.where == "tests/record/docs/x.md.json"
    assert committed.write(guide, found) == ["tests/record/docs/x.md.json"]
    assert committed.against(guide, found) == []


def test_a_page_that_is_gone_takes_its_file_along(guide: Project, markup: Markup) -> None:
    committed.write(guide, ran(guide, markup))
    (guide.docs / "y.md").unlink()

    found = ran(guide, markup, names=("x",))

    assert [p.found for p in committed.against(guide, found)] == ["a record of no page"]
    assert committed.write(guide, found) == ["tests/record/docs/y.md.json"]
    assert not (guide.root / "tests/record/docs/y.md.json").exists()


def edited(guide: Project, markup: Markup) -> None:
    (guide.docs / "x.md").write_text(PAGE.replace("one", "two"))


def red(guide: Project, markup: Markup) -> None:
    ran(guide, markup, "failed", "ran", names=("x",))


def lost(guide: Project, markup: Markup) -> None:
    (guide.work / "record.json").unlink()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (edited, "a page that changed since it last ran"),
        (red, "a last run that isn't green"),
        (lost, "no page in .work/record.json"),
    ],
)
def test_only_a_green_run_of_the_page_as_it_is_gets_committed(
    change: Callable[[Project, Markup], None], found: str, guide: Project, markup: Markup
) -> None:
    ran(guide, markup)
    change(guide, markup)

    with pytest.raises(Problem) as problem:
        committed.write(guide, pages(guide, markup))

    assert problem.value.found == found
    assert not (guide.root / "tests").exists()


def test_several_systems_are_committed_beside_each_other(guide: Project, markup: Markup) -> None:
    ran(guide, markup)
    mac = dataclasses.replace(CONDITIONS, system="macOS 15.1, Darwin 24.1, arm64", isolation="plain")
    found = ran(guide, markup, "compared", "not run", conditions=mac)

    committed.write(guide, found)

    record = site.committed(guide.root)
    assert record and sorted(page.run.system for page in record.pages["docs/x.md"]) == ["Linux", "macOS"]
    assert contradictions(record.data) == []


def test_changes_of_different_blocks_merge(guide: Project, markup: Markup, tmp_path: Path) -> None:
    many = "".join(f"``` bash\necho {number}\n```\n\n" for number in range(12))
    (guide.docs / "x.md").write_text(many)
    texts = []
    for old, new in (("", ""), ("echo 1\n", "echo one\n"), ("echo 10\n", "echo ten\n")):
        (guide.docs / "x.md").write_text(many.replace(old, new) if old else many)
        found = ran(guide, markup, *["ran"] * 12, names=("x",))
        committed.write(guide, found)
        texts.append((guide.root / "tests/record/docs/x.md.json").read_text())
    paths = [tmp_path / name for name in ("base", "mine", "theirs")]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)

    done = subprocess.run(["git", "merge-file", "-p", paths[1], paths[0], paths[2]], capture_output=True, text=True)

    assert done.returncode == 0
    (guide.docs / "x.md").write_text(many.replace("echo 1\n", "echo one\n").replace("echo 10\n", "echo ten\n"))
    digests = [block.digest for block in pages(guide, markup)["docs/x.md"].blocks]
    assert [block["digest"] for block in json.loads(done.stdout)["blocks"]] == digests
