"""A proof belongs to exactly what ran: whatever changes, the site stops vouching for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from site_sample import OUTCOMES, Sample, words

PAGE = "docs/pip/install.md"
NEVER = "? not verified yet"
TEXT = "changed since it last ran"
RECIPE = f"the page's recipe {TEXT}"
SETTINGS = f"the page's settings {TEXT}"
LOCKS = f"the tools' locked versions {TEXT}"
DATE = "the date of the package index moved since it last ran"
Change = Callable[[Sample], None]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A project whose record vouches for everything."""
    sample = Sample.create(tmp_path_factory.mktemp("recorded"))
    sample.keep(sample.record())
    return sample


@pytest.fixture
def sample(recorded: Sample, tmp_path: Path) -> Sample:
    """A copy of it to change."""
    shutil.copytree(recorded.root, tmp_path / "project")
    return Sample(tmp_path / "project")


def edited(name: str, old: str, new: str) -> Change:
    return lambda sample: sample.edit(name, old, new)


def written(name: str) -> Change:
    return lambda sample: sample.write(name, "x\n")


def removed(name: str) -> Change:
    return lambda sample: (sample.root / name).unlink()


@pytest.mark.parametrize(
    ("change", "first", "why"),
    [
        (edited(PAGE, "Resolved 7 packages", "Resolved 8 packages"), 1, TEXT),
        (edited(PAGE, "``` powershell", "``` bat"), 3, TEXT),
        (edited(PAGE, 'toml title="pyproject.toml"}\n[pro', 'toml title="app.toml"}\n[pro'), 0, TEXT),
        (edited(PAGE, 'data-exit="1"', 'data-exit="2"'), 7, TEXT),
        (edited(PAGE, '=== "uv"', '=== "PDM"'), 1, TEXT),
        (edited("recipes/service/app.py", "service", "other"), 0, RECIPE),
        (written("recipes/service/new.py"), 0, RECIPE),
        (removed("recipes/service/checks/app.py"), 0, RECIPE),
        (edited(PAGE, '"3.9", "3.13"', '"3.13"'), 0, SETTINGS),
        (edited(PAGE, "recipe: service", "recipe: service\ntimeout: 3"), 0, SETTINGS),
        (edited("tests/locks/uv.txt", "0.13.9", "0.13.8"), 0, LOCKS),
        (written("tests/locks/pdm.txt"), 0, LOCKS),
        (removed("tests/locks/uv.txt"), 0, LOCKS),
        (edited("pyproject.toml", "2026-11-20", "2026-11-21"), 0, DATE),
    ],
    ids=[
        "text", "language", "file name", "attribute", "tab", "recipe file", "recipe file added", "recipe file removed",
        "Pythons", "time limit", "lock", "lock added", "lock removed", "date",
    ],
)  # fmt: skip
def test_a_change_makes_the_blocks_from_there_on_unverified(
    sample: Sample, change: Change, first: int, why: str
) -> None:
    change(sample)
    states = sample.build().states("pip/install")
    assert len(states) == len(OUTCOMES)
    assert not [state for state in states[:first] if "not verified" in state]
    assert states[first] == f"? not verified: {why}"
    later = f"block {first + 1}, before it, {why}" if why == TEXT else why
    assert set(states[first + 1 :]) == {f"? not verified: {later}"}


def test_a_change_of_one_page_leaves_the_others_proven(sample: Sample) -> None:
    sample.edit(PAGE, "Resolved 7 packages", "Resolved 8 packages")
    site = sample.build()
    assert site.states("pip/other") == ["✓ ran, output compared", "✓ ran", "✓ written and used"]
    assert site.line("pip/install").startswith("– 1 of 10 blocks ran, 9 not verified · ")
    rows = [row.get_text() for row in site.page("status").select(".record table:not(.facts) tbody tr")]
    assert rows[:2] == [
        "Install a package and look at it, block 2 (console)changed since it last ran",
        "Install a package and look at it, block 3 (console), to block 10block 2, before it, changed since it last ran",
    ]


def test_prose_and_what_runs_leave_behind_may_change(sample: Sample) -> None:
    sample.edit(PAGE, "You have a project", "You've got a project")
    sample.edit(PAGE, "description: Install", "description: Add")
    for name in ("__pycache__/app.pyc", ".venv/pyvenv.cfg", "app.egg-info/PKG-INFO", "uv.lock"):
        sample.write(f"recipes/service/{name}", "x\n")
    sample.write("tests/locks/uv.in", "uv\n")
    sample.write("tests/locks/checks.txt", "mypy==1.0\n")
    assert "not verified" not in " ".join(sample.build().states("pip/install"))


def test_a_new_block_at_the_end_is_unverified_alone(sample: Sample) -> None:
    sample.write(PAGE, (sample.root / PAGE).read_text(encoding="utf-8") + "\n``` bash\necho new\n```\n")
    states = sample.build().states("pip/install")
    assert [state for state in states if "not verified" in state] == ["? not verified: new since the page last ran"]
    assert "not verified" in states[-1]


def test_without_a_record_one_line_says_so_and_what_to_do(sample: Sample) -> None:
    (sample.root / ".work" / "record.json").unlink()
    site = sample.build()
    plain = sample.build(hook=False)
    for name in ("index", "status", "how", "pip/install", "pip/other"):
        (banner,) = site.page(name).select(".md-banner")
        assert words(banner).startswith("Nothing has run in this copy of the guide yet")
        assert "make test runs every page" in words(banner)
        assert not site.page(name).select(".block-proof, .page-proof")
        assert not plain.page(name).select(".md-banner")
    assert site.blocks("pip/install") == plain.blocks("pip/install")
    assert site.page("pip/install").select("#block-2 [data-copy]"), "copying works without a record"
    assert "14 blocks on 3 pages wait for a first run" in site.page("index").get_text()
    assert "No run has been recorded yet" in site.page("status").get_text()
    assert not (site.path / "verification.json").exists()


def test_with_a_record_no_line_says_that_nothing_ran(sample: Sample) -> None:
    assert not sample.build().page("index").select(".md-banner")


def test_two_languages_that_look_the_same_are_told_apart_where_a_lexer_knows_them(sample: Sample) -> None:
    sample.edit("docs/pip/other.md", "``` console", "``` text")
    assert sample.build().states("pip/other")[0] == f"? not verified: {TEXT}"


def test_a_page_that_never_ran_is_not_verified_yet(sample: Sample) -> None:
    record = sample.kept
    del record["pages"]["docs/pip/other.md"]
    record["blocks"] = [block for block in record["blocks"] if block["page"] == PAGE]
    sample.keep(record)
    site = sample.build()
    assert site.states("pip/other") == [NEVER] * 3
    assert "not verified" not in " ".join(site.states("pip/install"))


def test_a_page_that_is_gone_leaves_no_trace(sample: Sample) -> None:
    record = sample.kept
    record["pages"]["docs/gone.md"] = record["pages"]["docs/pip/other.md"]
    record["blocks"].append(record["blocks"][0] | {"page": "docs/gone.md", "outcome": "failed"})
    sample.keep(record)
    assert "gone" not in sample.build().page("status").get_text()


def broken(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda record: record | changes


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (broken(format=3), "format 3"),
        (broken(pages={}), "docs/pip/install.md, docs/pip/other.md, which 'pages' doesn't list"),
        (lambda record: {k: v for k, v in record.items() if k != "runs"}, "no key 'runs'"),
        (lambda record: record | {"blocks": [record["blocks"][0] | {"outcome": "fine"}]}, "'fine' at docs/index.md"),
        (lambda record: [record], "expected a record of format 2"),
    ],
)
def test_a_file_that_is_no_record_stops_the_build_and_says_what_to_do(
    sample: Sample, damage: Callable[[dict[str, Any]], Any], message: str
) -> None:
    sample.keep(damage(sample.kept))
    with pytest.raises(AssertionError) as failure:
        sample.build()
    assert message in str(failure.value)
    assert "record.json" in str(failure.value) and "run the pages again" in str(failure.value)
