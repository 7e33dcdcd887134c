"""What was measured so far: a line of JSON for each job, written when it ends, below the conditions of all of them.

A run that is stopped is a run with fewer rounds. A later one adds to it where the conditions are the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import once
from harness.problem import Problem

FORMAT = 1


@dataclass(frozen=True, order=True)
class Job:
    """One tool in one project over one line, in the round of this number, from 1 on."""

    round: int
    project: str
    line: str
    tool: str


@dataclass
class Rounds:
    """The measurements in ``path``, under ``conditions``; ``seed`` makes the order of the jobs.

    ``done`` is job -> all that its line says.
    """

    path: Path
    conditions: dict[str, Any]
    seed: int
    done: dict[Job, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, conditions: dict[str, Any], seed: int) -> tuple[Rounds, str]:
        """The rounds at ``path``, or new ones with ``seed``; and what differs where older ones can't be added to.

        Older ones are kept in ``before.jsonl`` beside it. Raises Problem for a file of another format.
        """
        conditions = json.loads(json.dumps(conditions))  # as they come back
        lines = list(_lines(path))
        if lines and lines[0].get("format") != FORMAT:
            raise Problem(path.name, f"format {lines[0].get('format')!r}", str(FORMAT), f"remove {path.name}")
        before = lines[0]["conditions"] if lines else {}
        changed = [name for name in conditions.keys() | before.keys() if conditions.get(name) != before.get(name)]
        if lines and not changed:
            rounds = cls(path, conditions, lines[0]["seed"])
            for line in lines[1:]:
                rounds.done[Job(line["round"], line["project"], line["line"], line["tool"])] = line
            rounds._rewrite(lines)
            return rounds, ""
        if lines:
            path.replace(path.with_name("before.jsonl"))
        rounds = cls(path, conditions, seed)
        rounds._rewrite([{"format": FORMAT, "conditions": conditions, "seed": seed}])
        told = [_difference(name, before.get(name), conditions.get(name)) for name in sorted(changed)]
        return rounds, "; ".join(told) if lines else ""

    def keep(self, job: Job, said: dict[str, Any]) -> None:
        """Write what ``job`` measured, at once."""
        line = {**vars(job), **said}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.done[job] = line

    def order(self, jobs: Sequence[Job]) -> list[Job]:
        """Those of ``jobs`` that aren't done, round by round, in the order that the seed makes for each round.

        The order of two jobs doesn't depend on which others are asked for.
        """

        def rank(job: Job) -> tuple[int, float]:
            return job.round, random.Random(f"{self.seed} {job}").random()

        return sorted((job for job in jobs if job not in self.done), key=rank)

    def _rewrite(self, lines: Sequence[dict[str, Any]]) -> None:
        """Write ``lines`` alone: what a killed run left of a line isn't added to."""
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        once.write(self.path, text.encode())


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of ``path`` up to the first that isn't whole."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def _difference(name: str, before: Any, now: Any) -> str:
    """What changed about a condition, of a table only the entries that did."""
    if isinstance(before, dict) and isinstance(now, dict):
        changed = [key for key in sorted(before.keys() | now.keys()) if before.get(key) != now.get(key)]
        return "; ".join(_difference(f"{name}, {key}", before.get(key), now.get(key)) for key in changed)
    return f"{name} was {json.dumps(before)} and is {json.dumps(now)}"
