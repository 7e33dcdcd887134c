"""Records of several machines, systems, Pythons and shards as one. Standard library only, for harness and site.

A record is JSON: ``runs`` maps an id to the conditions of a run, ``pages`` a page to what each run had of it (its run,
when it was made, its front matter and files), ``blocks`` has an outcome a block, scenario, Python and run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .contract import FORMAT, GREEN

CONDITIONS = ("world", "system", "isolation", "tools", "pythons", "locks")
SYSTEMS = {"Darwin": "macOS"}  # what a kernel calls itself -> the system


def run_id(conditions: Mapping[str, Any]) -> str:
    """What names a run in its record: equal conditions, equal name, whichever machine they were met on."""
    about = json.dumps({name: conditions[name] for name in CONDITIONS}, sort_keys=True)
    return hashlib.sha256(about.encode()).hexdigest()[:12]


def family(system: str) -> str:
    """``Debian GNU/Linux 12, Linux 6.18, x86_64`` as ``Linux``, ``macOS 15.1, Darwin 24.1, arm64`` as ``macOS``."""
    kernel = (system.split(", ") + [system])[1].split(" ")[0]
    return SYSTEMS.get(kernel, kernel)


@dataclass
class Part:
    """What one run says of one page: what it was ``made_with``, and an outcome a block, scenario and Python."""

    made_with: dict[str, Any]
    blocks: list[dict[str, Any]]

    @property
    def page(self) -> tuple[Any, ...]:
        """What the run saw of the page."""
        texts = {block["index"]: block["digest"] for block in self.blocks}
        return self.made_with["front"], self.made_with["files"], texts


def joined(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All that the ``records`` say, sorted; KeyError or TypeError where one isn't a record.

    What two of them say of the same page under equal conditions is joined where the page was the same, outcome by
    outcome: where they agree, the later one stands; where they contradict one another, both do. Else the later stands.
    """
    runs: dict[str, dict[str, Any]] = {}
    parts: dict[tuple[str, str], Part] = {}
    for record in records:
        for name, run in record["runs"].items():
            runs[name] = max(runs.get(name, run), run, key=lambda run: run["made"])
        for key, part in parts_of(record).items():
            parts[key] = _both(parts[key], part) if key in parts else part
    return made_of(runs, parts)


def made_of(runs: Mapping[str, dict[str, Any]], parts: Mapping[tuple[str, str], Part]) -> dict[str, Any]:
    """The record of these ``parts``, by page and run, with the ``runs`` that they name."""
    pages: dict[str, list[dict[str, Any]]] = {}
    for (page, _), part in sorted(parts.items()):
        pages.setdefault(page, []).append(part.made_with)
    used = {run: runs[run] for run in sorted({run for _, run in parts})}
    blocks = [block for part in parts.values() for block in part.blocks]
    return {
        "format": FORMAT,
        "made": max((run["made"] for run in used.values()), default=""),
        "runs": used,
        "pages": pages,
        "blocks": sorted(blocks, key=lambda b: (b["page"], b["index"], b["scenario"], b["python"], b["run"])),
    }


def parts_of(record: Mapping[str, Any]) -> dict[tuple[str, str], Part]:
    """What a record says, by page and run."""
    parts = {(page, one["run"]): Part(one, []) for page, made in record["pages"].items() for one in made}
    for block in record["blocks"]:
        parts[block["page"], block["run"]].blocks.append(block)
    return parts


def _both(one: Part, other: Part) -> Part:
    older, newer = sorted((one, other), key=lambda part: part.made_with["made"])
    if older.page != newer.page:
        return newer
    said = {(*_run_of(block), block["outcome"], block["reason"]): block for block in [*older.blocks, *newer.blocks]}
    return Part(newer.made_with, list(said.values()))


def _run_of(block: Mapping[str, Any]) -> tuple[Any, ...]:
    return block["index"], block["scenario"], block["python"]


def contradictions(record: Mapping[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pairs of a green and a failed outcome of the same text in the same scenario on the same Python."""
    alike: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for block in record["blocks"]:
        alike.setdefault((block["page"], *_run_of(block), block["digest"]), []).append(block)
    pairs = []
    for blocks in alike.values():
        good = next((block for block in blocks if block["outcome"] in GREEN), None)
        bad = next((block for block in blocks if block["outcome"] == "failed"), None)
        if good and bad:
            pairs.append((good, bad))
    return pairs


def expanded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The record that a committed file of one page stands for; KeyError or TypeError where it is none.

    Such a file has what stays the same from run to run: runs by their system's family, made on a day, and neither
    seconds nor transcripts.
    """
    page, runs, parts = data["page"], {}, {}
    for system, made_with in data["runs"].items():
        facts = made_with.get("facts", {})
        run = {"system": system, "isolation": "", **{name: made_with[name] for name in made_with if name != "facts"}}
        name = run_id(run)
        blocks = [{"page": page, "reason": "", **b, "run": name} for b in data["blocks"] if b["run"] == system]
        runs[name] = run
        one = {"run": name, "made": run["made"], "front": data["front"], "files": data["files"], "facts": facts}
        parts[page, name] = Part(one, blocks)
    return made_of(runs, parts)
