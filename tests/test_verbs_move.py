"""Moving the world: the date and all locks together or nothing at all, and what a move broke."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from harness.machine import setup
from harness.problem import Problem
from harness.project import ROOT, Project
from harness.verbs import move

PYPROJECT = (
    b'# kept\r\n[tool.other]\r\ndate = "2020-01-01"\r\n\r\n[tool.guide]\r\n# why\r\ndate = "2026-01-01"  # kept\r\n'
)
DAY = dt.date(2026, 2, 3)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("GUIDE_WORK", raising=False)
    project = Project(tmp_path)
    project.locks.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_bytes(PYPROJECT)
    for name in ("a", "b"):
        (project.locks / f"{name}.in").write_text(f"{name}  # why\n")
        (project.locks / f"{name}.txt").write_text(f"{name}==1.0\n")
    return project


def files(project: Project) -> dict[str, bytes]:
    return {project.relative(p): p.read_bytes() for p in sorted(project.root.rglob("*")) if p.is_file()}


def resolved(project: Project, source: Path, date: dt.date, output: Path) -> bytes:
    return f"{source.stem}==2.0\n".encode()


def test_only_the_date_of_the_guide_changes_byte_for_byte() -> None:
    assert move.dated(PYPROJECT, DAY) == PYPROJECT.replace(b"2026-01-01", b"2026-02-03")


@pytest.mark.parametrize(
    "text",
    [
        b'[tool.other]\ndate = "2026-01-01"\n',
        b'[tool.guide]\n[tool.next]\ndate = "2026-01-01"\n',
        b"[tool.guide]\ndate = 2026-01-01\n",
        b'[tool.guide]\ndate = "2026-01-01"\n= broken\n',
    ],
    ids=["no table", "a date in the next table", "no string", "no TOML"],
)
def test_a_project_without_a_date_to_move_is_named(text: bytes) -> None:
    with pytest.raises(Problem, match=r"pyproject\.toml: no date that can be moved"):
        move.dated(text, DAY)


def test_date_and_locks_move_together(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move, "resolve", resolved)
    assert move.move(small, "2026-02-03") == 0
    assert files(small) == {
        "pyproject.toml": PYPROJECT.replace(b"2026-01-01", b"2026-02-03"),
        "tests/locks/a.in": b"a  # why\n",
        "tests/locks/a.txt": b"a==2.0\n",
        "tests/locks/b.in": b"b  # why\n",
        "tests/locks/b.txt": b"b==2.0\n",
    }


def test_today_is_a_date(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move, "resolve", resolved)
    move.move(small, "today")
    assert dt.datetime.now(dt.UTC).date().isoformat().encode() in files(small)["pyproject.toml"]


@pytest.mark.parametrize("named", ["yesterday", "2026-13-01", "", "2999-01-01"])
def test_what_is_no_date_or_lies_in_the_future_changes_nothing(small: Project, named: str) -> None:
    before = files(small)
    with pytest.raises(Problem, match="^DATE: "):
        move.move(small, named)
    assert files(small) == before


def test_a_lock_that_cannot_be_resolved_leaves_everything_as_it_was(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(project: Project, source: Path, date: dt.date, output: Path) -> bytes:
        if source.stem == "b":
            raise Problem("tests/locks/b.in", "it can't be resolved", "versions")
        return resolved(project, source, date, output)

    monkeypatch.setattr(move, "resolve", fails)
    before = files(small)
    with pytest.raises(Problem, match="it can't be resolved"):
        move.move(small, "2026-02-03")
    assert files(small) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interruption_while_files_are_replaced_is_undone(
    small: Project, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    replace, calls = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise error
        replace(source, target)

    monkeypatch.setattr(move, "resolve", resolved)
    monkeypatch.setattr(move.os, "replace", interrupted)
    before = files(small)
    with pytest.raises(error):
        move.move(small, "2026-02-03")
    assert len(calls) > 2
    assert files(small) == before


def test_the_real_resolver_says_what_it_lacks(small: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    before = files(small)
    with pytest.raises(Problem, match=r"(?s)tests/locks/a\.in can't be resolved as of 2026-02-03: .*nothing has been"):
        move.move(small, "2026-02-03")
    assert {name: text for name, text in files(small).items() if not name.startswith(".work/")} == before


@pytest.mark.parametrize(
    ("name", "newest", "on_macos"), [("harness", "3.14", "3.14"), ("checks", "3.14", "3.14"), ("a", "3.15", "3.14")]
)
def test_a_lock_must_install_on_the_pythons_that_use_it(
    small: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, newest: str, on_macos: str
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(move, "_uv", lambda command, *_: asked.append(command))
    source = small.locks / f"{name}.in"
    source.touch()
    output = tmp_path / "new" / "tests" / "locks" / f"{name}.txt"
    output.parent.mkdir(parents=True)
    output.touch()
    move.resolve(small, source, DAY, output)
    installs = [command for command in asked if command[0] == "install"]
    assert asked[0][asked[0].index("--python-version") + 1] == "3.11"
    option = "--python-platform", "--python-version"
    assert [tuple(command[command.index(name) + 1] for name in option) for command in installs] == [
        ("x86_64-unknown-linux-gnu", "3.11"),
        ("x86_64-unknown-linux-gnu", newest),
        ("aarch64-apple-darwin", "3.11"),
        ("aarch64-apple-darwin", on_macos),
        ("x86_64-pc-windows-msvc", "3.11"),
        ("x86_64-pc-windows-msvc", newest),
    ]


def test_make_names_the_pythons_of_the_harness() -> None:
    oldest, newest = setup.PYTHONS
    asked = f"({oldest.replace('.', ', ')}) <= sys.version_info[:2] <= ({newest.replace('.', ', ')})"
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert asked in text and text.count(f"Python {oldest} to {newest}") == 2


def test_changes_of_a_lock_are_told_in_words() -> None:
    assert move.changes("a==1\nb==1\nc==1\n", "a==2\nb==1\nd==1\n") == "a 1 → 2, +d 1, -c"
    assert move.changes("a==1\n", "a==1\n") == "nothing new"


def test_the_report_tells_what_the_move_broke_from_what_was_broken_before() -> None:
    def record(**reasons: str) -> dict[str, object]:
        blocks = [
            {"page": f"docs/{page}.md", "line": 7, "outcome": "failed" if reason else "ran", "reason": reason}
            for page, reason in reasons.items()
        ]
        run = {"world": "2026-02-03", "made": "2026-02-04T00:00:00Z"}
        return {"runs": {"a": run}, "pages": dict.fromkeys(reasons), "blocks": blocks}

    before, after = record(a="", b="old"), record(a="new\nmore", b="old", c="")
    assert move.report(before, after).splitlines() == [
        "PyPI as of 2026-02-03: 3 pages, 2 broken.",
        "",
        "Broken by the move:",
        "",
        "- `docs/a.md:7` `new`",
        "",
        "Broken before, too:",
        "",
        "- `docs/b.md:7` `old`",
    ]
    assert move.report(None, record(c="")) == "PyPI as of 2026-02-03: 1 pages, 0 broken."


def ran(world: str, uv: str, **reasons: str) -> dict[str, object]:
    """The record of a run of these pages at a day, with a version of uv."""
    blocks = [
        {"page": f"docs/{page}.md", "line": 7, "outcome": "failed" if reason else "ran", "reason": reason}
        for page, reason in reasons.items()
    ]
    run = {"world": world, "made": f"{world}T10:00:00Z", "tools": {"uv": uv, "pip": "26.3"}}
    return {"runs": {"a": run}, "pages": dict.fromkeys(reasons), "blocks": blocks}


def test_a_move_is_told_with_what_it_changed_and_broke() -> None:
    moves = [{"day": "2026-02-03", "moved": "2026-02-04", "tools": {}, "broken": {}}]
    before = ran("2026-02-03", "1.0", a="", b="old")
    assert move.moved(before, ran("2026-03-01", "2.0", a="new\nmore", b="old", c=""), moves)
    assert moves[1:] == [
        {
            "day": "2026-03-01",
            "moved": "2026-03-01",
            "pages": 3,
            "tools": {"uv": ["1.0", "2.0"]},
            "broken": {"docs/a.md": "new"},
        }
    ]


def test_a_second_run_at_the_same_day_adds_to_what_is_told() -> None:
    moves = [{"day": "2026-02-03", "moved": "2026-02-04", "tools": {}, "broken": {}}]
    first = ran("2026-03-01", "2.0", a="new", b="")
    move.moved(ran("2026-02-03", "1.0", a="", b=""), first, moves)
    mended = ran("2026-03-01", "2.0", a="", b="")
    assert not move.moved(first, mended, moves)
    assert move.moved(mended, ran("2026-03-01", "2.1", a="", b="late"), moves)
    assert moves[1]["broken"] == {"docs/b.md": "late", "docs/a.md": "new"}
    assert moves[1]["tools"] == {"uv": ["1.0", "2.1"]}


def test_without_an_earlier_record_no_tool_changed() -> None:
    moves: list[dict[str, object]] = []
    assert move.moved(None, ran("2026-02-03", "1.0", a=""), moves)
    assert moves[0]["tools"] == {} and moves[0]["broken"] == {}


def test_the_site_has_a_history_that_moves_can_add_to() -> None:
    moves = json.loads((ROOT / move.MOVES).read_text(encoding="utf-8"))
    assert moves[-1]["day"] == Project(ROOT).date.isoformat()
    assert [one["moved"] for one in moves] == sorted(one["moved"] for one in moves)
