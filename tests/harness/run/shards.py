"""Shards: the pages split by file into parts that take about as long, so that several machines can share a run.

Balanced by tests/record/durations.json, which ``make record`` keeps: every machine must come to the same parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness import once
from harness.problem import Problem
from harness.project import Project
from harness.run.record import read_json

UNKNOWN = 60.0  # seconds that a page counts for which nobody recorded
NAMED = re.compile(r"([1-9]\d*)/([1-9]\d*)")


def place(project: Project) -> Path:
    return project.root / "tests" / "record" / "durations.json"


def parse(shard: str) -> tuple[int, int]:
    """``2/4`` as (2, 4). Raises Problem for anything else."""
    match = NAMED.fullmatch(shard)
    if not match or int(match[1]) > int(match[2]):
        raise Problem("SHARD", shard, "a part and the number of parts, such as 2/4")
    return int(match[1]), int(match[2])


def part(pages: Iterable[str], seconds: Mapping[str, float], number: int, parts: int) -> set[str]:
    """The ``pages`` of part ``number`` of ``parts``: longest first, each to the part that has the least so far."""
    loads = [0.0] * parts
    mine = set()
    for page in sorted(pages, key=lambda page: (-seconds.get(page, UNKNOWN), page)):
        least = loads.index(min(loads))
        loads[least] += seconds.get(page, UNKNOWN)
        if least == number - 1:
            mine.add(page)
    return mine


def of(project: Project, shard: str) -> set[str]:
    """The names of the pages in a shard of the guide."""
    number, parts = parse(shard)
    pages = [project.relative(path) for path in project.pages([])]
    return part(pages, read_json(place(project)) or {}, number, parts)


def note(project: Project, seconds: Mapping[str, float], pages: Iterable[str]) -> None:
    """Keep how long pages take, in whole seconds; a value stays until it is wrong by a factor of two."""
    old = read_json(place(project)) or {}
    kept = {
        page: old[page] if page in old and not _wrong(old[page], seconds.get(page)) else max(1, round(seconds[page]))
        for page in sorted(pages)
        if page in old or page in seconds
    }
    if kept != old:
        once.write(place(project), (json.dumps(kept, indent=1) + "\n").encode())


def _wrong(old: float, new: float | None) -> bool:
    return new is not None and not old / 2 <= max(1.0, new) <= old * 2
