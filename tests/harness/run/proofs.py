"""Proofs: the outcomes of a scenario under a key made from all that could change them, for later runs to rely on."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from proof import contract

from harness.kinds.claims import unshown
from harness.machine.needs import facts
from harness.page.block import Block
from harness.page.outcome import Outcome, Ran
from harness.project import ROOT, Project
from harness.run.record import Conditions, now, read_json, write_json
from harness.run.runner import Run
from harness.run.transcripts import Transcripts
from harness.sandbox import recipe

HOME = Path(__file__).parents[1]
# What starts runs, shows what became of them and writes it down; nothing here can change an outcome.
REPORTING = ("__main__.py", "machine/setup.py", "page/rewrite.py", "run/plugin/", "run/record.py", "verbs/")
# What only pages with one of these needs run: when it changes, the proofs of the others hold.
APART = {"machine/engine/": frozenset({"container-engine", "debian-archive"})}


@cache
def own_digests() -> dict[str, str]:
    """The digests of this harness, worked out once for its sources: reading them as Python takes a third second."""
    kept = Project(ROOT).work / "harness-code.json"
    sources = _sources(HOME)
    made_of = {"python": sys.version, **{name: hashlib.sha256(text).hexdigest() for name, text in sources.items()}}
    data = read_json(kept)
    if not (isinstance(data, dict) and data.get("sources") == made_of and isinstance(data.get("digests"), dict)):
        data = {"sources": made_of, "digests": harness_digests(HOME)}
        with contextlib.suppress(OSError):  # a run that can't write here says so itself
            write_json(kept, data)
    return dict(data["digests"])


def harness_digests(home: Path) -> dict[str, str]:
    """SHA-256 over the code that makes outcomes, without comments and docstrings: a folder of APART -> its digest.

    The code of all pages is under an empty name. A proof made by another harness proves nothing; one made before a
    comment changed does.
    """
    digests = {folder: hashlib.sha256() for folder in ("", *APART)}
    for name, text in _sources(home).items():
        folder = next((folder for folder in APART if name.startswith(folder)), "")
        code = code_of(text) if name.endswith(".py") else text.decode()
        digests[folder].update(f"{name}\0{code}\0".encode())
    return {folder: digest.hexdigest() for folder, digest in digests.items()}


def _sources(home: Path) -> dict[str, bytes]:
    """What below ``home`` makes outcomes, modules and schemas, and the contract with the site, by their names."""
    paths = {path.relative_to(home).as_posix(): path for kind in ("py", "json") for path in home.rglob(f"*.{kind}")}
    paths = {name: path for name, path in paths.items() if not name.startswith(REPORTING)}
    paths["contract.py"] = Path(contract.__file__)
    return {name: path.read_bytes() for name, path in sorted(paths.items())}


def code_of(text: bytes) -> str:
    """What a module says to Python: its syntax tree, without the strings that are statements."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [line for line in node.body if not _text(line)]
    return ast.dump(tree)


def _text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


class Proofs:
    """A folder of proofs, one file a key; what their commands printed is in ``transcripts``.

    ``harness`` are the digests of its code, as ``harness_digests`` returns them.
    """

    def __init__(self, folder: Path, conditions: Conditions, harness: dict[str, str], transcripts: Transcripts) -> None:
        self.folder, self.conditions, self.harness, self.transcripts = folder, conditions, harness, transcripts

    def key(self, run: Run) -> str:
        folder = run.page.recipe(run.scenario)
        parts = {
            "format": contract.FORMAT,
            "conditions": self.conditions.as_dict(),
            "harness": {name: code for name, code in self.harness.items() if self._runs(run, name)},
            "front": run.page.front,
            "page": run.page.name,
            "scenario": run.scenario.label,
            "python": run.python,
            "blocks": [block.digest for block in run.scenario.blocks],
            "files": recipe.digests(folder, run.page.project.root) if folder else {},
            "facts": facts(run.needs),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

    def _runs(self, run: Run, folder: str) -> bool:
        """Whether ``run`` runs the code of ``folder``, which is one of APART, or empty for what all runs share."""
        return not folder or not APART[folder].isdisjoint(run.needs)

    def find(self, run: Run) -> tuple[list[Outcome], str, str] | None:
        """The proven outcomes of ``run``, when they were made and their transcript's SHA-256.

        None where nothing proves the run, where its transcript is gone, and where the prose now claims more.
        """
        data = read_json(self.folder / f"{self.key(run)}.json")
        if not isinstance(data, dict) or len(data.get("outcomes", ())) != len(run.scenario.blocks):
            return None
        commands = self.transcripts.commands(data["transcript"], len(run.scenario.blocks))
        if commands is None:
            return None
        found = zip(data["outcomes"], run.scenario.blocks, commands, strict=True)
        outcomes = [restored(*one) for one in found]
        if any(unshown(outcomes)):  # prose is no part of the key, and may say more than it did
            return None
        return outcomes, data["made"], self.transcripts.renumber(data["transcript"], run)

    def keep(self, run: Run, outcomes: list[Outcome], transcript: str) -> None:
        """Keep the outcomes of a complete run without a failure.

        One with notes isn't kept: they name lines, which may move, and ask somebody to do something.
        """
        good = all((o.green or o.outcome == "not run") and not o.notes for o in outcomes)
        if good and len(outcomes) == len(run.scenario.blocks):
            data = {"made": now(), "transcript": transcript, "outcomes": [o.as_dict() for o in outcomes]}
            write_json(self.folder / f"{self.key(run)}.json", data)


def restored(kept: dict[str, Any], block: Block, commands: list[Ran]) -> Outcome:
    """The outcome of ``block`` that a proof kept, with the block as it is on the page now."""
    names = ("scenario", "python", "outcome", "reason", "seconds", "tools", "notes")
    return Outcome(block, **{name: kept[name] for name in names}, commands=commands)
