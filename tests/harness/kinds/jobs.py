"""What the CI jobs that a page shows run: each line of a step, on the page itself and in the order of the jobs.

A workflow is shown to be copied, and its validator knows nothing of what its commands do. So whatever a shown job types
(``run:`` of GitHub's steps, ``before_script:``, ``script:`` and ``after_script:`` of GitLab's jobs), a block of the
page runs: line for line, the lines of a job in its order, behind those of the jobs that it waits for. A step that only
a real job can run is in a block with ``data-not-run``, which tells readers why. Steps with ``uses:`` set up what
the page's machine has already; nothing is demanded of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.kinds.masks import HEREDOC
from harness.page.block import Block
from harness.page.prompts import parse
from harness.problem import Problem
from harness.validate import gitlab, validators, workflow, yaml

SCRIPTS = ("before_script", "script", "after_script")
VARIABLES = r"(?:[A-Z_]\w*=[^\s'\"]* )*"  # in front of a command: what the job has in its environment
LOUD = re.compile(r" --quiet(?= |$)")  # how much a command prints doesn't make it another
FILLED = re.compile(r"\$\{\{.*?\}\}|\$\[\[.*?\]\]")  # what CI puts in before a shell sees the line


@dataclass(frozen=True)
class Job:
    """A job: the ``lines`` that it types, in their order, and the names of those jobs that end before it begins."""

    name: str
    lines: tuple[str, ...]
    after: tuple[str, ...] = ()


@dataclass
class Jobs:
    """The CI files that a page has shown, as they were then, and the lines that its blocks have typed."""

    shown: list[tuple[Block, str]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def show(self, block: Block, text: str) -> None:
        self.shown.append((block, text))

    def proves(self, title: str) -> bool:
        """Whether the file ``title`` was shown and types something: then what its jobs do is its use."""
        texts = [text for block, text in self.shown if block.title == title]
        return any(job.lines for text in texts for job in jobs_of(title, text))

    def ran(self, text: str) -> None:
        """Note the text of a command, a script or a program."""
        self.typed += lines(text)

    def left(self, block: Block) -> None:
        """Note a block that isn't run, and that tells readers why."""
        for text in [command.text for command in parse(block)] if block.language == "console" else [block.text]:
            self.ran(text)

    def untyped(self) -> Iterator[tuple[Block, Problem]]:
        """The blocks of files in which a job types what the page doesn't, or does in another order."""
        for block, text in self.shown:
            errors = validators.validate(block.title, block.language, text) if block.title else []
            if errors:  # of a listing or behind a diff, which nothing else validates
                yield block, Problem(block.where, f"{block.title} is not valid: " + "; ".join(errors), "a file that is")
            elif missing := self._missing(ordered(jobs_of(block.title, text))):
                yield block, self._problem(block, *missing)

    def _missing(self, jobs: Sequence[Job]) -> tuple[Job, str] | None:
        """The first line that wasn't typed behind those before it, and its job; None where there is none."""
        ends: dict[str, int] = {}
        for job in jobs:
            at = max([ends.get(other, 0) for other in job.after], default=0)
            for line in job.lines:
                place = self._place(line, at)
                if place < 0:
                    return job, line
                at = place + 1
            ends[job.name] = at
        return None

    def _place(self, line: str, start: int) -> int:
        pattern = re.compile(VARIABLES + ".+".join(re.escape(part) for part in FILLED.split(line)))
        return next((n for n, typed in enumerate(self.typed) if n >= start and pattern.fullmatch(typed)), -1)

    def _problem(self, block: Block, job: Job, line: str) -> Problem:
        who = f"the job {job.name!r} of {block.title}" if block.title else "the block"
        there = self._place(line, 0) >= 0
        why = "and the page only before what comes first" if there else "and no block of the page does"
        return Problem(
            block.where,
            f"{who} runs {line!r}, {why}",
            "every line of its jobs run by a console or bash block, at most with a --quiet, in the order of the jobs",
            "run it, or show it in a console block whose data-not-run gives readers the reason",
        )


def shows(block: Block) -> bool:
    """Whether ``block`` shows a CI file that is meant to work, or a part of one."""
    known = any(re.fullmatch(family.path, block.title) for family in (workflow.FAMILY, gitlab.FAMILY))
    return "data-invalid" not in block.attributes and (known or block.language == "yaml" and not block.title)


def jobs_of(title: str, text: str) -> list[Job]:
    """The jobs of a CI file, those of a part of one as one job; none where it isn't what its path says."""
    documents, errors = yaml.read(text)
    data = documents[-1] if documents and not errors else None
    if not title:
        found = tuple(_fragment(data))
        return [Job("", found)] if found else []
    if not isinstance(data, dict):
        return []
    return list(_github(data) if re.fullmatch(workflow.FAMILY.path, title) else _gitlab(data))


def _github(data: Mapping[str, Any]) -> Iterator[Job]:
    for name, job in data.get("jobs", {}).items():
        needs = job.get("needs", [])
        texts = [step["run"] for step in job.get("steps", []) if "run" in step]
        yield Job(name, tuple(lines("\n".join(texts))), tuple([needs] if isinstance(needs, str) else needs))


def _gitlab(data: Mapping[str, Any]) -> Iterator[Job]:
    whole = {name: gitlab.extended(data, name) for name, job in data.items() if isinstance(job, dict)}
    jobs = {name: job for name, job in whole.items() if name not in gitlab.GLOBAL and not name.startswith(".")}
    stages = [".pre", *data.get("stages", gitlab.STAGES[1:-1]), ".post"]
    scripted = {name: str(job.get("stage", "test")) for name, job in jobs.items() if "script" in job}
    place = {name: stages.index(stage) if stage in stages else len(stages) for name, stage in scripted.items()}
    for name, at in place.items():
        job = {**{key: data[key] for key in SCRIPTS if key in data}, **data.get("default", {}), **jobs[name]}
        needs = [other for key, other in gitlab.references(job) if key == "needs"]
        after = needs if "needs" in job else [other for other, stage in place.items() if stage < at]
        texts = [line for key in SCRIPTS for line in _texts(job.get(key, []), data)]
        yield Job(name, tuple(lines("\n".join(texts))), tuple(after))


def _texts(value: Any, data: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a script: one, or lists of lists; ``!reference [job, key]`` has those of another job."""
    if isinstance(value, yaml.Reference):
        found: Any = data
        for key in value:
            found = found.get(key, []) if isinstance(found, dict) else []
        yield from _texts(found, data)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, data)
    else:
        yield str(value)


def _fragment(data: Any) -> Iterator[str]:
    """The lines of the steps in a part of a workflow, and of the scripts in a part of a pipeline."""
    if isinstance(data, list):
        for one in data:
            if isinstance(one, dict) and isinstance(one.get("run"), str):
                yield from lines(one["run"])
            else:
                yield from _fragment(one)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from lines("\n".join(_texts(value, {}))) if key in SCRIPTS else _fragment(value)


def ordered(jobs: Sequence[Job]) -> list[Job]:
    """``jobs``, each behind those that it waits for; those of a circle, which no CI accepts, as they stand."""
    found: list[Job] = []
    waiting = list(jobs)
    names = {job.name for job in jobs}
    while waiting:
        done = {job.name for job in found}
        ready = [job for job in waiting if set(job.after) & names <= done] or waiting[:1]
        found += ready
        waiting = [job for job in waiting if job not in ready]
    return found


def lines(text: str) -> list[str]:
    """The lines of ``text``, commands of a shell: no comments, no indentation, a continued line as one.

    What makes a command print less is left out. A here-document is part of the line that reads it, so that what it
    holds counts as no command.
    """
    whole = HEREDOC.sub(lambda found: found[0].replace("\n", "\\n"), text.replace("\\\n", " "))
    stripped = [LOUD.sub("", " ".join(line.split())) for line in whole.split("\n")]
    return [line for line in stripped if line and not line.startswith("#")]
