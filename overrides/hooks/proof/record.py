"""Records as the site reads them: which blocks ran, how, with what (verification.json of the published site)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .contract import FORMAT, OUTCOMES, committed_files, current, outdated
from .union import expanded, family, joined


class BadRecord(ValueError):
    """The file is there and isn't a record; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Run:
    """What a run was made with.

    ``tools`` and ``pythons`` map a name (``uv``, ``3.13``) to its full version, ``locks`` a path to its SHA-256;
    ``made`` is an ISO time in UTC or a day, ``world`` an ISO date; ``isolation`` may be empty.
    """

    made: str
    world: str
    system: str
    isolation: str
    tools: Mapping[str, str]
    pythons: Mapping[str, str]
    locks: Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """One block in one scenario on one Python in one run.

    ``index`` counts the page's rendered blocks from 0; ``language`` is the fence's; ``where`` names the run's system
    where the record has several. ``transcript`` is the SHA-256 of what its commands did, empty where nothing was kept.
    """

    index: int
    language: str
    scenario: str
    python: str
    outcome: str
    reason: str
    digest: str
    run: Run
    where: str = ""
    notes: tuple[str, ...] = ()
    transcript: str = ""

    @property
    def label(self) -> str:
        """The run that the entry belongs to, as readers call it: ``uv, Python 3.12, macOS``."""
        parts = (self.scenario, self.python and f"Python {self.python}", self.where)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Page:
    """What one run says of a page: front-matter keys of the harness, SHA-256 by recipe file, outcomes by block.

    ``facts`` is what the page's needs were on that machine (``libfaketime`` -> ``0.9.10-2.1``).
    """

    run: Run
    made: str
    front: Mapping[str, Any]
    files: Mapping[str, str]
    entries: Mapping[int, tuple[Entry, ...]]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """What runs said, a :class:`Page` a page and run; ``data`` is the record as it was written."""

    pages: Mapping[str, tuple[Page, ...]]
    data: Mapping[str, Any] = field(repr=False)


def place(root: Path) -> Path:
    """The record of the last run of the project at ``root``."""
    return Path(os.environ.get("GUIDE_RECORD") or root / ".work" / "record.json")


def transcripts_of(root: Path) -> Path:
    """The folder beside it with what the runs typed, printed and made."""
    return place(root).parent / "transcripts"


def load(path: Path) -> Record | None:
    """The record at ``path``, None where no run has written one yet; BadRecord where the file isn't a record.

    One that an older harness wrote counts as none: it proves nothing, and the next run replaces it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        data = json.loads(text)
        if outdated(data):
            return None
        if not current(data):
            raise BadRecord(f"format {data['format']!r}")
        return read(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = f"no key {error}" if isinstance(error, KeyError) else str(error)
        raise BadRecord(
            f"{path}: {found}; expected a record of format {FORMAT}\n  → delete it and run the pages again"
        ) from error


def committed(root: Path) -> Record | None:
    """What the project at ``root`` has committed, None where that is nothing; BadRecord names a damaged file."""
    records = []
    for path in committed_files(root):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if outdated(data):
                continue
            if not current(data):
                raise BadRecord(f"format {data['format']!r}")
            records.append(expanded(data))
            read(records[-1])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRecord(
                f"{path}: {error!r}; expected a page's record of format {FORMAT}\n  → write it again with make record"
            ) from error
    return read(joined(records)) if records else None


def read(data: Mapping[str, Any]) -> Record:
    """The record that ``data`` holds; KeyError, TypeError or BadRecord where it is none."""
    runs = {name: Run(**run) for name, run in data["runs"].items()}
    families = {name: family(run.system) for name, run in runs.items()}
    several = len(set(families.values())) > 1
    entries: dict[tuple[str, str], dict[int, tuple[Entry, ...]]] = {}
    for block in data["blocks"]:
        name = block["run"]
        entry = _entry(block, runs[name], families[name] if several else "")
        blocks = entries.setdefault((block["page"], name), {})
        blocks[entry.index] = (*blocks.get(entry.index, ()), entry)
    pages = {
        page: tuple(
            Page(
                runs[one["run"]],
                one["made"],
                one["front"],
                one["files"],
                entries.pop((page, one["run"]), {}),
                one.get("facts", {}),
            )
            for one in made
        )
        for page, made in data["pages"].items()
    }
    if entries:
        raise BadRecord(f"blocks of {', '.join(sorted(page for page, _ in entries))}, which 'pages' doesn't list")
    return Record(pages, data)


def _entry(block: Mapping[str, Any], run: Run, where: str) -> Entry:
    if block["outcome"] not in OUTCOMES:
        raise BadRecord(f"outcome {block['outcome']!r} at {block['page']}, block {int(block['index']) + 1}")
    return Entry(
        index=int(block["index"]),
        language=block["language"],
        scenario=block["scenario"],
        python=block["python"],
        outcome=block["outcome"],
        reason=block["reason"],
        digest=block["digest"],
        run=run,
        where=where,
        notes=tuple(block.get("notes", ())),
        transcript=block.get("transcript", ""),
    )
