"""The record: all outcomes of a run and what they were made with; and the proofs that later runs may rely on.

The record is one JSON file and all that passes between harness and site. A proof is one scenario's outcomes under a
key made from everything that could change them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof.contract import FORMAT

from harness import once
from harness.machine.needs import facts
from harness.page.block import Block
from harness.page.outcome import Outcome, Ran
from harness.page.page import Page
from harness.project import Project
from harness.run.runner import Run
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


def harness_digest() -> str:
    """SHA-256 over the harness' own code: a proof made by another harness proves nothing."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


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


def write_json(path: Path, data: Any) -> None:
    """Write ``data`` to ``path`` in one step: a killed run leaves the old file or the new one."""
    once.write(path, (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> Any:
    """The JSON of ``path``, None where there is none or it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class Proofs:
    """A folder of proofs, one file a key."""

    def __init__(self, folder: Path, conditions: Conditions, harness: str) -> None:
        self.folder, self.conditions, self.harness = folder, conditions, harness

    def key(self, run: Run) -> str:
        folder = run.page.recipe
        parts = {
            "conditions": self.conditions.as_dict(),
            "harness": self.harness,
            "front": run.page.front,
            "page": run.page.name,
            "scenario": run.scenario.label,
            "python": run.python,
            "blocks": [(b.digest, b.tabs) for b in run.scenario.blocks],
            "files": recipe.digests(folder, run.page.project.root) if folder else {},
            "facts": facts(run.needs),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

    def find(self, run: Run) -> tuple[list[Outcome], str] | None:
        """The proven outcomes of ``run`` and when they were made, at the lines where its blocks stand now."""
        data = read_json(self.folder / f"{self.key(run)}.json")
        if not isinstance(data, dict) or len(data.get("outcomes", ())) != len(run.scenario.blocks):
            return None
        outcomes = [restored(o, b) for o, b in zip(data["outcomes"], run.scenario.blocks, strict=True)]
        return outcomes, data["made"]

    def keep(self, run: Run, outcomes: list[Outcome]) -> None:
        """Keep the outcomes of a complete run without a failure.

        One with notes isn't kept: they name lines, which may move, and ask somebody to do something.
        """
        good = all((o.green or o.outcome == "not run") and not o.notes for o in outcomes)
        if good and len(outcomes) == len(run.scenario.blocks):
            kept = [{**o.as_dict(), "commands": [vars(command) for command in o.commands]} for o in outcomes]
            write_json(self.folder / f"{self.key(run)}.json", {"made": now(), "outcomes": kept})


def restored(kept: dict[str, Any], block: Block) -> Outcome:
    """The outcome of ``block`` that a proof kept, with the block as it stands on the page now."""
    names = ("scenario", "python", "outcome", "reason", "seconds", "tools", "notes")
    commands = [Ran(**command) for command in kept["commands"]]
    return Outcome(block, **{name: kept[name] for name in names}, commands=commands)


def page_entry(page: Page, outcomes: list[Outcome], made: str) -> dict[str, Any]:
    folder = page.recipe
    return {
        "made": made,
        "seconds": round(sum(o.seconds for o in outcomes), 3),
        "front": page.front,
        "files": recipe.digests(folder, page.project.root) if folder else {},
        "facts": facts(page.front.get("needs", [])),
    }


def merge(
    project: Project, path: Path, conditions: Conditions, pages: list[tuple[Page, list[Outcome], str]]
) -> dict[str, Any]:
    """Write the record: ``pages`` anew, and of the old record the other pages that were run under equal conditions."""
    old = read_json(path)
    record: dict[str, Any] = {"format": FORMAT, "made": now(), **conditions.as_dict(), "pages": {}, "blocks": []}
    fresh = {page.name for page, _, _ in pages}
    alike = {"format": FORMAT, **conditions.as_dict()}
    if isinstance(old, dict) and all(old.get(k) == v for k, v in alike.items()):
        kept = {name for name in old["pages"] if name not in fresh and (project.root / name).exists()}
        record["pages"] = {name: old["pages"][name] for name in kept}
        record["blocks"] = [block for block in old["blocks"] if block["page"] in kept]
    for page, outcomes, made in pages:
        index = {block: number for number, block in enumerate(page.blocks)}
        record["pages"][page.name] = page_entry(page, outcomes, made)
        record["blocks"] += [{"index": index[o.block], **o.as_dict()} for o in outcomes]
    record["pages"] = dict(sorted(record["pages"].items()))
    record["blocks"].sort(key=lambda b: (b["page"], b["index"], b["scenario"], b["python"]))
    write_json(path, record)
    return record
