"""The record of the last run: which blocks ran, how, with what (verification.json of the published site)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .contract import FORMAT, OUTCOMES


class BadRecord(ValueError):
    """The file is there and isn't a record; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Entry:
    """One block in one scenario on one Python.

    ``index`` counts the page's rendered blocks from 0; ``language`` is the fence's.
    """

    index: int
    language: str
    scenario: str
    python: str
    outcome: str
    reason: str
    digest: str
    notes: tuple[str, ...] = ()

    @property
    def run(self) -> str:
        """The run that the entry belongs to, as readers call it: ``uv, Python 3.12``."""
        return ", ".join(part for part in (self.scenario, self.python and f"Python {self.python}") if part)


@dataclass(frozen=True)
class Page:
    """What one page's proof was made with: front-matter keys of the harness, SHA-256 by recipe file."""

    made: str
    seconds: float
    front: Mapping[str, Any]
    files: Mapping[str, str]
    entries: Mapping[int, tuple[Entry, ...]]


@dataclass(frozen=True)
class Record:
    """One run. ``tools`` and ``pythons`` map a name (``uv``, ``3.13``) to its full version, ``locks`` a path to
    its SHA-256; ``made`` is an ISO time in UTC, ``world`` an ISO date. ``text`` is the file as it was written."""

    made: str
    world: str
    system: str
    isolation: str
    tools: Mapping[str, str]
    pythons: Mapping[str, str]
    locks: Mapping[str, str]
    pages: Mapping[str, Page]
    text: str = field(repr=False)


def load(path: Path) -> Record | None:
    """The record at ``path``, None where no run has written one yet; BadRecord where the file isn't a record."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise BadRecord(f"format {data['format']!r}")
        entries: dict[str, dict[int, tuple[Entry, ...]]] = {}
        for block in data["blocks"]:
            entry = _entry(block)
            blocks = entries.setdefault(block["page"], {})
            blocks[entry.index] = (*blocks.get(entry.index, ()), entry)
        pages = {
            name: Page(page["made"], float(page["seconds"]), page["front"], page["files"], entries.pop(name, {}))
            for name, page in data["pages"].items()
        }
        if entries:
            raise BadRecord(f"blocks of {', '.join(sorted(entries))}, which 'pages' doesn't list")
        return Record(
            made=data["made"],
            world=data["world"],
            system=data["system"],
            isolation=data["isolation"],
            tools=data["tools"],
            pythons=data["pythons"],
            locks=data["locks"],
            pages=pages,
            text=text,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = f"no key {error}" if isinstance(error, KeyError) else str(error)
        raise BadRecord(
            f"{path}: {found}; expected a record of format {FORMAT}\n  → delete it and run the pages again"
        ) from error


def _entry(block: Mapping[str, Any]) -> Entry:
    if block["outcome"] not in OUTCOMES:
        raise BadRecord(f"outcome {block['outcome']!r} at {block['page']}:{block['line']}")
    return Entry(
        index=int(block["index"]),
        language=block["language"],
        scenario=block["scenario"],
        python=block["python"],
        outcome=block["outcome"],
        reason=block["reason"],
        digest=block["digest"],
        notes=tuple(block.get("notes", ())),
    )
