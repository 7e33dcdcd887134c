"""Shards: parts of the guide that take about as long, and that together are the whole."""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from checkout import Checkout
from harness.problem import Problem
from harness.project import Project
from harness.run import shards
from harness.verbs.merge import merge

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_every_page_is_in_one_part_and_the_parts_weigh_the_same(parts: int) -> None:
    chance = random.Random(parts)
    seconds = {f"docs/{number}.md": chance.uniform(1, 100) for number in range(60)}
    split = [shards.part(seconds, seconds, number, parts) for number in range(1, parts + 1)]
    assert sorted(page for part in split for page in part) == sorted(seconds)
    loads = [sum(seconds[page] for page in part) for part in split]
    assert max(loads) - min(loads) <= max(seconds.values())


def test_a_page_that_nobody_timed_counts_as_a_long_one() -> None:
    assert shards.part(["a", "b", "c"], {"a": 1.0, "b": 1.0}, 1, 2) == {"c"}


@pytest.mark.parametrize("shard", ["", "0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2"])
def test_a_part_that_does_not_exist_is_refused(shard: str) -> None:
    with pytest.raises(Problem, match=r"2/4"):
        shards.parse(shard)


def test_durations_stay_until_they_are_wrong_by_a_factor_of_two(tmp_path: Path) -> None:
    project = Project(tmp_path)
    shards.note(project, {"a": 10.4, "b": 0.2, "gone": 5.0}, ["a", "b"])
    assert json.loads(shards.place(project).read_text()) == {"a": 10, "b": 1}
    before = shards.place(project).stat().st_mtime_ns
    shards.note(project, {"a": 19.9, "b": 0.1}, ["a", "b"])
    assert shards.place(project).stat().st_mtime_ns == before
    shards.note(project, {"a": 20.6}, ["a", "b"])
    assert json.loads(shards.place(project).read_text()) == {"a": 21, "b": 1}


def told(record: dict[str, Any]) -> Any:
    """A record without what differs from run to run."""
    volatile = ("made", "seconds", "tools", "transcript")
    return {
        "runs": {name: {k: v for k, v in run.items() if k != "made"} for name, run in record["runs"].items()},
        "pages": {
            page: [{k: v for k, v in one.items() if k not in volatile} for one in made]
            for page, made in record["pages"].items()
        },
        "blocks": [{k: v for k, v in block.items() if k not in volatile} for block in record["blocks"]],
    }


@LINUX
def test_two_shards_made_apart_and_merged_are_the_whole(checkout: Checkout, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        checkout.page(name, f"``` console\n$ echo {name}\n{name}\n```\n\n``` bash\ntouch x\n```\n")
    made: list[Path] = []
    for shard in ("1/2", "2/2"):
        assert checkout.run(f"--guide-shard={shard}", "docs").status == 0
        made.append(tmp_path / shard.replace("/", "-of-"))
        made[-1].mkdir()
        for name in ("record.json", "transcripts"):
            shutil.move(checkout.work / name, made[-1] / name)
        shutil.rmtree(checkout.work / "proofs")
    records = [json.loads((path / "record.json").read_text()) for path in made]
    assert sorted(len(record["pages"]) for record in records) == [1, 2]
    assert checkout.run().status == 0
    whole = json.loads((checkout.work / "record.json").read_text())
    for name in ("record.json", "transcripts"):
        shutil.move(checkout.work / name, tmp_path / name)

    merge(Project(checkout.root), [str(path) for path in made])

    merged = json.loads((checkout.work / "record.json").read_text())
    assert told(merged) == told(whole)
    named = {block["transcript"] for block in merged["blocks"]}
    assert len(named) == 3
    assert {path.stem for path in (checkout.work / "transcripts").iterdir()} == named


@LINUX
def test_a_shard_of_nonsense_is_refused_before_anything_runs(checkout: Checkout) -> None:
    checkout.page("a", "``` bash\ntrue\n```\n")
    refused = checkout.run("--guide-shard=3/2", "docs")
    assert refused.status == 4
    assert "SHARD: 3/2; expected a part and the number of parts, such as 2/4" in refused.output


@pytest.mark.parametrize(
    ("text", "found"),
    [("{}", "no record that can be read"), ('{"format": 2}', "a damaged record"), ("nonsense", "no record")],
)
def test_what_is_no_record_is_not_merged(text: str, found: str, tmp_path: Path) -> None:
    (tmp_path / "record.json").write_text(text)
    project = Project(tmp_path / "guide")
    with pytest.raises(Problem, match=found):
        merge(project, [str(tmp_path)])
    assert not project.work.exists()
