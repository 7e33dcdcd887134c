"""Pages in, outcomes out: every case below cases/outcomes/ is a page of one guide that runs once, as a whole."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from batch import EXPECTED, Batch
from casefile import Case, read
from harness.page.outcome import Kind
from harness.run.transcripts import Transcripts

CASES = read("outcomes")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batch]:
    batch = Batch.run(CASES, tmp_path_factory.mktemp("outcomes") / "a guide")
    yield batch
    batch.checkout.close()


def test_every_case_states_its_outcomes() -> None:
    assert len(CASES) > 60
    for case in CASES:
        lines = [line for line in case.lines("outcomes") if not line.startswith("    ")]
        assert lines and all(EXPECTED.fullmatch(line) for line in lines), case.id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_page_ends_in_the_outcomes_that_are_stated(case: Case, batch: Batch) -> None:
    batch.check(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_page_is_noted_for_what_it_no_longer_needs(case: Case, batch: Batch) -> None:
    found = [note for entry in batch.entries(case) for note in entry["notes"]]

    assert found == [batch.filled(case, line) for line in case.lines("notes")]
    for note in found:
        assert f"note: {note}" in batch.ran.output


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_not_green_is_red_in_the_terminal_and_what_is_not_run_is_listed(case: Case, batch: Batch) -> None:
    red = {e["line"] for e in batch.entries(case) if e["outcome"] in ("failed", "blocked")}
    failed = re.findall(rf"^FAILED docs/{case.slug}\.md:(\d+)\[", batch.ran.output, re.M)

    assert {int(line) for line in failed} == red
    for entry in batch.entries(case):
        if entry["outcome"] == "not run":
            assert f"{entry['page']}:{entry['line']} not run: {entry['reason']}" in batch.ran.output


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_transcript_has_the_locks_that_are_made_of_a_recipe_and_no_others(case: Case, batch: Batch) -> None:
    transcripts = Transcripts(batch.checkout.root / ".work" / "transcripts")
    made: dict[str, str] = {}
    for digest in {entry["transcript"] for entry in batch.entries(case)} - {""}:
        for block in json.loads(transcripts.place(digest).read_text(encoding="utf-8"))["blocks"]:
            made |= block.get("locks", {})
    assert [f"{name}: {text.strip()}" for name, text in sorted(made.items())] == case.lines("locks")


def test_every_block_has_exactly_one_outcome_in_each_scenario_on_each_python(batch: Batch) -> None:
    record = batch.checkout.record()
    keys = Counter((b["page"], b["index"], b["scenario"], b["python"]) for b in record["blocks"])

    assert set(keys.values()) == {1}
    pages = {f"docs/{path.name}" for path in (batch.checkout.root / "docs").glob("*.md")}
    assert {b["page"] for b in record["blocks"]} == set(record["pages"]) == pages


def test_the_run_counts_every_outcome(batch: Batch) -> None:
    counts = Counter(b["outcome"] for b in batch.checkout.record()["blocks"])

    kinds = "|".join(get_args(Kind))
    line = next(line for line in batch.ran.output.splitlines() if re.match(rf"\d+ ({kinds}),", line))
    assert {part.split(" ", 1)[1]: int(part.split()[0]) for part in line.split(", ")} == dict(counts)
    assert f"{counts['failed'] + counts['blocked']} failed" in batch.ran.output.splitlines()[-1]
    assert f"{counts['not run']} skipped" in batch.ran.output.splitlines()[-1]
    assert batch.ran.status == 1


def test_the_run_says_which_page_and_how_many_of_how_many(batch: Batch) -> None:
    progress = re.findall(r"^\[(\d+)/(\d+)\] docs/\S+\.md \(.*Python .*\): \d+ blocks?", batch.ran.output, re.M)

    total = {int(of) for _, of in progress}
    assert len(total) == 1
    assert sorted(int(number) for number, _ in progress) == list(range(1, total.pop() + 1))


def test_nothing_that_a_page_prints_commands_the_terminal_or_the_log(batch: Batch) -> None:
    assert not re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", batch.ran.output)
    assert not re.findall(r"^\s*::.*|##\[", batch.ran.output, re.M)


def test_nothing_is_left_behind(batch: Batch) -> None:
    assert batch.checkout.leftovers() == []
    expected = {"docs", "recipes", "tests", "mkdocs.yml", "pyproject.toml", ".work"}
    assert {path.name for path in batch.checkout.root.iterdir()} == expected


def test_no_page_touched_the_machine(batch: Batch) -> None:
    assert not Path("/tmp", batch.words["OUTSIDE"]).exists()
    assert not Path.home().joinpath(f".{batch.words['OUTSIDE']}").exists()
