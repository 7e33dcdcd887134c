"""What the site shows of the rounds: of each number the median, the quartiles and all values, in seconds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from harness.verbs.speed.plan import Plan
from harness.verbs.speed.rounds import Job, Rounds

FORMAT = 2


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """First quartile, median and third quartile of at least one value, both ends of the sample included.

    The method is ``inclusive`` of :func:`statistics.quantiles`: what lies between two values is interpolated.
    """
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def complete(plan: Plan, rounds: Rounds, project: str, line: str) -> list[int]:
    """The rounds in which every tool of the plan was measured in ``project`` over ``line``."""
    tools = [way.tool for way in plan.ways if way.project == project and not way.left_out]
    numbers = sorted({job.round for job in rounds.done})
    return [n for n in numbers if all(Job(n, project, line, tool) in rounds.done for tool in tools)]


def summary(plan: Plan, rounds: Rounds, lines: Sequence[str]) -> dict[str, Any]:
    """The content of ``speed.json``: project -> line -> rounds and, by tool and measure, numbers or words.

    Only complete rounds count. A measure that failed in a round has no number: one that is sometimes fast and
    sometimes wrong isn't fast.
    """
    results: dict[str, dict[str, Any]] = defaultdict(dict)
    for project in plan.projects:
        for line in lines:
            numbers = complete(plan, rounds, project, line)
            if numbers:
                results[project][line] = _of(plan, rounds, project, line, numbers)
    days = sorted(said["made"] for said in rounds.done.values())
    return {
        "format": FORMAT,
        "page": plan.page,
        "made": [days[0], days[-1]] if days else [],
        "seed": rounds.seed,
        "load": max((said["load"] for said in rounds.done.values()), default=0.0),
        "conditions": rounds.conditions,
        "tools": list(plan.tools),
        "results": dict(results),
    }


def _of(plan: Plan, rounds: Rounds, project: str, line: str, numbers: Sequence[int]) -> dict[str, Any]:
    seconds: dict[str, Any] = {}
    failed: dict[str, dict[str, str]] = {}
    sizes: dict[str, dict[str, list[int]]] = {}
    for tool in plan.tools:
        way = plan.way(tool, project)
        if way.left_out:
            continue
        said = [rounds.done[Job(number, project, line, tool)] for number in numbers]
        words: dict[str, list[str]] = defaultdict(list)
        values: dict[str, list[float]] = defaultdict(list)
        for one in said:
            for measure, text in one["failed"].items():
                words[measure].append(text)
            for measure, value in one["seconds"].items():
                values[measure].append(value)
        failed[tool] = {measure: _words(texts, len(said)) for measure, texts in words.items()}
        seconds[tool] = {measure: _numbers(taken) for measure, taken in values.items() if measure not in words}
        sizes[tool] = said[-1]["sizes"]
    return {
        "rounds": len(numbers),
        "seconds": seconds,
        "failed": {tool: texts for tool, texts in failed.items() if texts},
        "left out": {way.tool: way.left_out for way in plan.ways if way.project == project and way.left_out},
        "sizes": sizes,
    }


def _words(texts: Sequence[str], rounds: int) -> str:
    return texts[0] if len(texts) == rounds else f"in {len(texts)} of {rounds} rounds: {texts[0]}"


def _numbers(values: Sequence[float]) -> dict[str, Any]:
    low, middle, high = quartiles(values)
    return {"median": round(middle, 3), "quartiles": [round(low, 3), round(high, 3)], "values": list(values)}
