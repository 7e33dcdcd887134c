"""The record: all outcomes of runs and what they were made with.

One JSON file (``proof.union`` says what is in it), and all that passes between harness and site.
"""

from __future__ import annotations

import datetime as dt
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof.contract import current
from proof.union import Part, family, made_of, parts_of, run_id

from harness import once
from harness.machine.needs import facts
from harness.page.outcome import Outcome
from harness.page.page import Page
from harness.project import Project
from harness.sandbox import recipe


def now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def system() -> str:
    """The machine as readers should know it: ``Debian GNU/Linux 12, Linux 6.18, x86_64``."""
    kernel = ".".join(platform.release().split("-")[0].split(".")[:2])
    try:
        os_release = platform.freedesktop_os_release()
        name = f"{os_release['NAME']} {os_release.get('VERSION_ID', '')}".strip()
    except OSError:
        name = f"macOS {platform.mac_ver()[0]}" if platform.system() == "Darwin" else platform.platform()
    return f"{name}, {platform.system()} {kernel}, {platform.machine()}"


@dataclass(frozen=True)
class Conditions:
    """What a whole run was made with; two runs under equal conditions may share proofs.

    ``pythons`` is minor version -> full version; ``locks`` is lock file -> SHA-256; ``world`` the world's date.
    """

    world: str
    system: str
    isolation: str
    tools: dict[str, str]
    pythons: dict[str, str]
    locks: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Made:
    """A page of a run with all its outcomes; ``made`` is a UTC time, ``transcripts`` scenario and Python -> SHA-256."""

    page: Page
    outcomes: Sequence[Outcome]
    made: str
    transcripts: dict[tuple[str, str], str]


def write_json(path: Path, data: Any) -> None:
    """Write ``data`` to ``path`` in one step: a killed run leaves the old file or the new one."""
    once.write(path, (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> Any:
    """The JSON of ``path``, None where there is none or it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def read_parts(path: Path) -> tuple[dict[str, Any], dict[tuple[str, str], Part]]:
    """The runs of the record at ``path`` and what each says of each page; nothing where it is damaged or none."""
    data = read_json(path)
    try:
        return (data["runs"], parts_of(data)) if current(data) else ({}, {})
    except (KeyError, TypeError, AttributeError):
        return {}, {}


def keep(project: Project, path: Path, conditions: Conditions, pages: Sequence[Made]) -> dict[str, Any]:
    """Write the record with this run's ``pages``.

    They replace what earlier runs on this system said of these pages. All else stays: other pages, other systems.
    """
    runs, old = read_parts(path)
    run = run_id(conditions.as_dict())
    fresh, here = {one.page.name for one in pages}, family(conditions.system)
    parts = {
        (name, other): part
        for (name, other), part in old.items()
        if other in runs
        and not (name in fresh and family(runs[other]["system"]) == here)
        and (project.root / name).exists()
    }
    for one in pages:
        parts[one.page.name, run] = _part(one, run)
    record = made_of({**runs, run: {"made": now(), **conditions.as_dict()}}, parts)
    write_json(path, record)
    return record


def _part(one: Made, run: str) -> Part:
    page = one.page
    index = {block: number for number, block in enumerate(page.blocks)}
    made_with = {
        "run": run,
        "made": one.made,
        "seconds": round(sum(outcome.seconds for outcome in one.outcomes), 3),
        "front": page.front,
        "files": {k: v for folder in page.recipes for k, v in recipe.digests(folder, page.project.root).items()},
        "facts": facts(page.front.get("needs", [])),
    }
    blocks = [
        {
            "index": index[outcome.block],
            "run": run,
            **outcome.as_dict(),
            "transcript": one.transcripts.get((outcome.scenario, outcome.python), "") if outcome.commands else "",
        }
        for outcome in one.outcomes
    ]
    return Part(made_with, blocks)
