"""Transcripts: what really happened in a scenario, command by command, stored by digest beside the record.

A record and a proof name their transcript by its SHA-256; the site shows it, so that what a page leaves out (``...``)
can be read, and puts the locks in it into the recipe's download. It has no machine's paths (the sandbox has none) and
no control codes.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

from harness import once
from harness.compare.terminal import screen
from harness.page.block import Block
from harness.page.outcome import Outcome, Ran
from harness.run.runner import Run

LIMIT = 200_000  # bytes of UTF-8 that are kept of one command's output; the rest is counted
DAYS = 30


class Transcripts:
    """A ``folder`` of transcripts, one file a scenario: ``<sha256>.json``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, digest: str) -> Path:
        return self.folder / f"{digest}.json"

    def keep(self, run: Run, outcomes: list[Outcome]) -> str:
        """Store what the commands of ``run`` did; the transcript's SHA-256."""
        index = numbers(run)
        data = {
            "page": run.page.name,
            "scenario": run.scenario.label,
            "python": run.python,
            "blocks": [
                {
                    "index": index[outcome.block],
                    "language": outcome.block.language,
                    "title": outcome.block.title,
                    "outcome": outcome.outcome,
                    "reason": outcome.reason,
                    "commands": [shown(command) for command in outcome.commands],
                    **({"locks": outcome.locks} if outcome.locks else {}),
                }
                for outcome in outcomes
            ],
        }
        return self._write(data)

    def renumber(self, digest: str, run: Run) -> str:
        """The SHA-256 of the stored transcript with the numbers that the blocks of ``run`` have on the page now.

        A block added below another tab changes these numbers, and nothing that this scenario runs.
        """
        data, index = json.loads(self.place(digest).read_bytes()), numbers(run)
        moved = [{**entry, "index": index[b]} for entry, b in zip(data["blocks"], run.scenario.blocks, strict=True)]
        return digest if moved == data["blocks"] else self._write({**data, "blocks": moved})

    def _write(self, data: dict[str, Any]) -> str:
        text = json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        digest = hashlib.sha256(text).hexdigest()
        once.write(self.place(digest), text)
        return digest

    def forget(self, used: set[str]) -> None:
        """Remove the transcripts that nothing ``used`` for DAYS; a proof that names one of them is then void."""
        for path in self.folder.glob("*.json"):
            if path.stem not in used and path.stat().st_mtime < time.time() - DAYS * 86400:
                path.unlink(missing_ok=True)

    def commands(self, digest: str, blocks: int) -> list[list[Ran]] | None:
        """The commands of each of the ``blocks`` of a stored scenario; None where it is gone or damaged."""
        try:
            text = self.place(digest).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(text).hexdigest() != digest:
            return None
        found = json.loads(text)["blocks"]
        names = ("text", "status", "output", "seconds")
        ran = [[Ran(**{name: one[name] for name in names}) for one in block["commands"]] for block in found]
        return ran if len(ran) == blocks else None


def numbers(run: Run) -> dict[Block, int]:
    """The place of each block among those of the whole page, from 0, by which the site names it."""
    return {block: number for number, block in enumerate(run.page.blocks)}


def shown(command: Ran) -> dict[str, Any]:
    """A command as a transcript has it; ``left_out`` counts the bytes of its output that are too many."""
    output = "".join(f"{line}\n" for line in screen(command.output))
    whole = output.encode("utf-8", "replace")
    kept = whole[:LIMIT].decode("utf-8", "ignore")
    return {
        "text": command.text,
        "status": command.status,
        "seconds": round(command.seconds, 3),
        "output": kept,
        "left_out": len(whole) - len(kept.encode()),
    }
