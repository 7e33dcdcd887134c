"""``make compare``: what it times, in which order, what it adds to, and what it says of a tool that fails."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from checkout import Checkout
from harness.problem import Problem
from harness.project import Project
from harness.verbs.speed import conditions
from harness.verbs.speed.compare import Comparison, compare, target
from harness.verbs.speed.conditions import LINES, SLOW, alone
from harness.verbs.speed.plan import Plan, Way
from harness.verbs.speed.rounds import Job, Rounds
from harness.verbs.speed.summary import quartiles, summary

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")

PAGE = """\
---
tools: [uv]
---

``` {.text title="small/name.txt"}
small
```

``` {.text title="large/name.txt"}
large
```

``` {.text title="conflict/name.txt"}
conflict
```

``` {.console data-projects="small large"}
$ cd ~/project/small
```

``` console
$ pwd
/home/user/project/small
```

=== "slow"

    ``` {.console data-measure="lock-cold"}
    $ sleep 0.4; uv --version >/dev/null
    ```

    ``` {.console data-measure="lock-file" data-left-out="large: it is too slow"}
    $ wc -c name.txt
    $ wc -l name.txt
    ```

=== "quick"

    ``` {.console data-measure="lock-cold"}
    $ test -z "$POETRY_INSTALLER_MAX_WORKERS$PDM_INSTALL_PARALLEL"
    $ sleep 0.1
    ```

    ``` {.console data-measure="lock-file"}
    $ wc -c name.txt
    ```

    ``` {.console data-measure="install-cold"}
    $ echo "no way"; false
    no way
    [1]
    ```

``` {.console data-projects="conflict"}
$ cd ~/project/conflict
```

=== "slow"

    ``` {.console data-measure="conflict-cold"}
    $ sleep 0.2; false
    [1]
    ```

=== "quick"

    ``` {.console data-measure="conflict-cold"}
    $ cat name.txt; false
    conflict
    [1]
    ```
"""


@pytest.fixture
def page(checkout: Checkout, small: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A small guide with such a page; its measurement doesn't keep others of this machine from theirs."""
    checkout.page("speed", PAGE)
    (small.docs / "assets").mkdir()
    monkeypatch.setattr(conditions, "LOCK", checkout.root / "compare.lock")
    return small


def measured(project: Project) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(target(project).read_text(encoding="utf-8"))
    return data


def lines(project: Project) -> list[dict[str, Any]]:
    text = (project.work / "compare" / "rounds.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@linux
def test_each_project_is_timed_and_a_step_that_a_tool_cannot_do_has_its_words_and_no_number(page: Project) -> None:
    compare(page, "docs/speed.md", rounds=1, lines=["loopback"])
    results = measured(page)["results"]
    assert list(results) == ["small", "large", "conflict"]
    small, large, conflict = (results[name]["loopback"] for name in results)
    # a sleep takes what it is asked to, or longer on a busy machine
    assert small["seconds"]["slow"]["lock-cold"]["median"] >= 0.4
    assert small["seconds"]["quick"]["lock-cold"]["median"] >= 0.1  # nor is a tool held to one package at a time
    assert small["sizes"] == {"slow": {"lock-file": [6, 1]}, "quick": {"lock-file": [6]}}
    assert large["left out"] == {"slow": "it is too slow"}
    assert list(large["seconds"]) == ["quick"]
    assert conflict["seconds"]["slow"]["conflict-cold"]["median"] >= 0.2
    assert conflict["failed"] == {}
    assert small["failed"] == {"quick": {"install-cold": "no way"}}
    assert "install-cold" not in small["seconds"]["quick"]


@linux
def test_what_follows_an_unexpected_failure_has_no_number_either(checkout: Checkout, page: Project) -> None:
    broken = PAGE.replace("$ sleep 0.4; uv --version >/dev/null", "$ uv --version >/dev/null; echo broken; false")
    checkout.page("speed", broken.replace("$ sleep 0.2; false", "$ true"))
    compare(page, "docs/speed.md", rounds=1, projects=["small", "conflict"], lines=["loopback"])
    results = measured(page)["results"]
    assert results["small"]["loopback"]["failed"]["slow"] == {"lock-cold": "broken"}
    assert results["small"]["loopback"]["seconds"]["slow"] == {}
    assert results["conflict"]["loopback"]["failed"]["slow"]["conflict-cold"] == "'true' succeeded, and should fail"


@linux
def test_a_later_run_adds_rounds_and_repeats_none(page: Project, capsys: pytest.CaptureFixture[str]) -> None:
    compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"], seed=7)
    before = lines(page)
    compare(page, "docs/speed.md", rounds=2, projects=["small"], lines=["loopback"], seed=8)
    assert lines(page)[: len(before)] == before
    assert len(lines(page)) == len(before) + 2
    assert "in the order of seed 7" in capsys.readouterr().out.split("2 of 4 jobs to do")[1]
    assert measured(page)["results"]["small"]["loopback"]["rounds"] == 2


@linux
def test_other_commands_begin_anew_and_say_so(
    checkout: Checkout, page: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"], seed=7)
    before = lines(page)
    checkout.page("speed", PAGE.replace("sleep 0.1", "sleep 0.2"))
    compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"], seed=8)
    assert "a new beginning: page was " in capsys.readouterr().out
    assert lines(page)[0]["seed"] == 8
    kept = (page.work / "compare" / "before.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line) for line in kept.splitlines()] == before


@linux
def test_a_run_that_is_stopped_keeps_what_it_measured_and_goes_on(
    page: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Comparison.run

    def stopped(comparison: Comparison, job: Job) -> str:
        if job.tool == "slow":
            raise KeyboardInterrupt
        return run(comparison, job)

    monkeypatch.setattr(Comparison, "run", stopped)
    with pytest.raises(SystemExit, match="the jobs that ended are kept"):
        compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"], seed=1)
    before = lines(page)
    monkeypatch.undo()
    monkeypatch.setattr(conditions, "LOCK", page.root / "compare.lock")
    compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"], seed=1)
    assert lines(page)[: len(before)] == before
    assert sorted(line["tool"] for line in lines(page)[1:]) == ["quick", "slow"]


@linux
def test_another_shown_output_is_the_same_measurement(checkout: Checkout, page: Project) -> None:
    compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"])
    before = lines(page)
    checkout.page("speed", PAGE.replace("$ wc -c name.txt\n    ```\n", "$ wc -c name.txt\n    6 name.txt\n    ```\n"))
    compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"])
    assert lines(page) == before


@linux
def test_a_job_over_the_slow_line_waits_for_it(checkout: Checkout, page: Project) -> None:
    asked = "$ echo six >six.in; uv pip compile --quiet six.in >six.txt"
    checkout.page("speed", PAGE.replace("$ sleep 0.1", asked))
    compare(page, "docs/speed.md", rounds=1, projects=["small"])
    shape, results = LINES[SLOW], measured(page)["results"]["small"]
    assert shape and results["link"]["seconds"]["quick"]["lock-cold"]["median"] >= 3 * shape.round_trip


@linux
def test_a_job_that_the_world_has_too_little_for_does_not_end_the_others(
    checkout: Checkout, page: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "$ uv pip install --quiet --target x --index-url https://nowhere.example/simple six || true"
    checkout.page("speed", PAGE.replace("$ sleep 0.1", asked))
    with pytest.raises(Problem, match="1 jobs asked for what the world doesn't hold(.|\n)*nowhere.example"):
        compare(page, "docs/speed.md", rounds=1, projects=["small"], lines=["loopback"])
    assert [line["tool"] for line in lines(page)[1:]] == ["slow"]
    assert "quick: not measured" in capsys.readouterr().out
    assert not target(page).exists()


@linux
def test_the_page_can_run_its_commands_in_a_project_that_is_not_timed(checkout: Checkout, page: Project) -> None:
    tiny = PAGE.replace('"small large"', '"tiny: small large"').replace("~/project/small", "~/project/tiny")
    shown = '``` {.text title="tiny/other.txt"}\ntiny\n```\n\n``` {.text title="small/name.txt"}'
    tiny = tiny.replace("/home/user/project/small", "/home/user/project/tiny")
    checkout.page("speed", tiny.replace('``` {.text title="small/name.txt"}', shown))
    compare(page, "docs/speed.md", rounds=1, lines=["loopback"])
    results = measured(page)["results"]
    assert list(results) == ["small", "large", "conflict"]
    assert results["small"]["loopback"]["sizes"] == {"slow": {"lock-file": [6, 1]}, "quick": {"lock-file": [6]}}


@linux
def test_a_project_that_there_is_not_is_refused(page: Project) -> None:
    with pytest.raises(Problem, match="PROJECT: big; expected one of small, large, conflict"):
        compare(page, "docs/speed.md", rounds=1, projects=["big"])


@linux
def test_a_page_that_times_nothing_is_refused(checkout: Checkout, page: Project) -> None:
    checkout.page("speed", "``` console\n$ true\n```\n")
    with pytest.raises(Problem, match="no block with data-measure"):
        compare(page, "docs/speed.md")


@linux
def test_a_measure_outside_every_project_is_refused(checkout: Checkout, page: Project) -> None:
    checkout.page("speed", PAGE.replace(' data-projects="small large"', ""))
    with pytest.raises(Problem, match="data-measure outside every part"):
        compare(page, "docs/speed.md")


@linux
def test_two_measurements_never_run_side_by_side(page: Project) -> None:
    with alone(), pytest.raises(Problem, match="another measurement runs on this machine"):
        compare(page, "docs/speed.md", rounds=1)


def jobs(rounds: int, lines: tuple[str, ...] = ("loopback", "link")) -> list[Job]:
    return [Job(n, "small", line, tool) for n in range(1, rounds + 1) for line in lines for tool in "abcdefgh"]


def opened(folder: Path, seed: int = 7, **conditions: object) -> Rounds:
    return Rounds.open(folder / "rounds.jsonl", conditions, seed)[0]


def test_rounds_follow_one_another_and_each_has_another_order(tmp_path: Path) -> None:
    order = opened(tmp_path).order(jobs(3))
    assert [job.round for job in order] == [1] * 16 + [2] * 16 + [3] * 16
    first, second = ([job.tool + job.line for job in order[at : at + 16]] for at in (0, 16))
    assert sorted(first) == sorted(second) and first != second


def test_the_seed_makes_the_order(tmp_path: Path) -> None:
    one, other = opened(tmp_path / "a"), opened(tmp_path / "b", seed=8)
    assert one.order(jobs(2)) == opened(tmp_path / "c").order(jobs(2))
    assert one.order(jobs(2)) != other.order(jobs(2))


def test_a_part_of_the_jobs_keeps_their_order(tmp_path: Path) -> None:
    rounds = opened(tmp_path)
    assert rounds.order(jobs(2, ("link",))) == [job for job in rounds.order(jobs(2)) if job.line == "link"]


def test_a_line_that_a_killed_run_began_is_measured_again(tmp_path: Path) -> None:
    rounds, (first, second, *_) = opened(tmp_path), jobs(1)
    for job in (first, second):
        rounds.keep(job, said(1.0))
    with rounds.path.open("r+", encoding="utf-8") as file:
        file.truncate(rounds.path.stat().st_size - 20)
    again = opened(tmp_path)
    assert list(again.done) == [first]
    again.keep(second, said(2.0))
    assert list(opened(tmp_path).done) == [first, second]


def test_other_conditions_keep_what_was_measured_aside(tmp_path: Path) -> None:
    opened(tmp_path, tools={"uv": "1.0", "pip": "26.3"}).keep(jobs(1)[0], said(1.0))
    again, changed = Rounds.open(tmp_path / "rounds.jsonl", {"tools": {"uv": "1.1", "pip": "26.3"}}, 9)
    assert changed == 'tools, uv was "1.0" and is "1.1"'
    assert (again.seed, again.done) == (9, {})
    assert len((tmp_path / "before.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def said(seconds: float, **failed: str) -> dict[str, Any]:
    numbers = {} if failed else {"lock-cold": seconds}
    return {"made": "2026-11-26T17:00:00Z", "load": 1.0, "seconds": numbers, "failed": failed, "sizes": {}}


def test_the_median_and_the_quartiles_are_those_of_the_whole_sample() -> None:
    assert quartiles([3.0]) == (3.0, 3.0, 3.0)
    assert quartiles([1.0, 2.0]) == (1.25, 1.5, 1.75)
    assert quartiles([5.0, 1.0, 4.0, 2.0, 3.0]) == (2.0, 3.0, 4.0)


PLAN = Plan("docs/speed.md", ("a", "b"), ("small",), (Way("a", "small", ()), Way("b", "small", ())))


def test_a_round_without_every_tool_does_not_count(tmp_path: Path) -> None:
    rounds = opened(tmp_path)
    for number, tool, seconds in ((1, "a", 1.0), (1, "b", 2.0), (2, "a", 3.0), (2, "b", 4.0), (3, "a", 9.0)):
        rounds.keep(Job(number, "small", "loopback", tool), said(seconds))
    found = summary(PLAN, rounds, ["loopback", "link"])["results"]["small"]
    assert list(found) == ["loopback"]
    assert found["loopback"]["rounds"] == 2
    assert found["loopback"]["seconds"]["a"]["lock-cold"] == {
        "median": 2.0,
        "quartiles": [1.5, 2.5],
        "values": [1.0, 3.0],
    }


def test_a_measure_that_failed_once_has_no_number(tmp_path: Path) -> None:
    rounds = opened(tmp_path)
    for number in (1, 2):
        rounds.keep(Job(number, "small", "loopback", "a"), said(1.0))
    rounds.keep(Job(1, "small", "loopback", "b"), said(2.0))
    rounds.keep(Job(2, "small", "loopback", "b"), said(0.0, **{"lock-cold": "no network"}))
    found = summary(PLAN, rounds, ["loopback"])["results"]["small"]["loopback"]
    assert found["failed"] == {"b": {"lock-cold": "in 1 of 2 rounds: no network"}}
    assert found["seconds"]["b"] == {}
