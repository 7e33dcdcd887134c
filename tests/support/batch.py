"""Case pages gathered into one guide and run together: starting a run costs more than a page."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from casefile import Case
from checkout import Checkout, Ran, contained
from harness.compare.volatile import RELEASES
from harness.machine.needs import NEEDS
from harness.machine.pythons import find_interpreters
from harness.project import Project
from patience import PATIENCE

EXPECTED = re.compile(r"(\d+)(?: \((.+?)\))? (ran|written|compared|validated|not run|failed|blocked)(?:: (.*))?")


@dataclass
class Batch:
    """The guide of some cases after its one run; ``words`` are a case's placeholders for facts of this machine."""

    checkout: Checkout
    ran: Ran
    words: dict[str, str]

    @classmethod
    def run(
        cls, cases: Sequence[Case], root: Path, level: str = "", checkout: Checkout | None = None, **environment: str
    ) -> Batch:
        """Run the cases at ``level``, by default the strongest that contains them.

        On the machine itself (plain) only those that say they are harmless there. ``checkout`` is an empty guide,
        in place of one made at ``root``.
        """
        level = level or contained()
        if level not in ("bubblewrap", "unshare") and any("plain" not in case.options for case in cases):
            raise ValueError(f"level {level!r}: these pages would harm the machine")
        pythons = list(find_interpreters())
        checkout = checkout or Checkout.create(root)
        with tempfile.NamedTemporaryFile(prefix=".guide-secret-", dir=Path.home()) as secret:
            words = {
                "RELEASE_A": RELEASES.get(pythons[0], ""),
                "PYTHON_A": pythons[0],
                "PYTHON_B": pythons[1] if len(pythons) > 1 else "",
                "WORLD_DATE": Project(checkout.root).date.isoformat(),
                "REAL_HOME": str(Path.home()),
                "SECRET": Path(secret.name).name,
                "OUTSIDE": f"outside-{os.getpid()}",
                "RUN_OF_TESTS": str(os.getpid()),
            }
            batch = cls(checkout, Ran(-1, ""), words)
            checkout.write("recipes/small/app.py", 'print("started")\n')
            checkout.write("recipes/small/settings/one.toml", "a = 1\n")
            for case in cases:
                if "PYTHON_B" not in case.parts["page"] or words["PYTHON_B"]:
                    checkout.page(case.slug, batch.filled(case, case.parts["page"]))
            arguments = ["docs", *(["--guide-offline"] if level == "plain" else [])]  # stand-ins have no index to ask
            environment |= {"SECRET_OF_THE_MACHINE": "1", "GUIDE_ISOLATION": level}
            batch.ran = checkout.run("-q", *arguments, timeout=PATIENCE, **environment)
        return batch

    def filled(self, case: Case, text: str) -> str:
        """``text`` of ``case`` with its words replaced; THIS is its page."""
        for word, value in {**self.words, "THIS": f"docs/{case.slug}.md"}.items():
            text = text.replace(word, value)
        return text

    def entries(self, case: Case) -> list[dict[str, Any]]:
        """The record's entries of the case's page."""
        for need in re.findall(r"(?m)^needs: \[(.+)\]$", case.parts["page"]):
            if need in NEEDS and not NEEDS[need].available():
                pytest.skip(f"needs {NEEDS[need].words}")
        for minor in re.findall(r'(?m)^python: \["(3\.\d+)"\]$', case.parts["page"]):
            if minor not in find_interpreters():
                pytest.skip(f"no Python {minor} on this machine")
        if "PYTHON_B" in case.parts["page"] and not self.words["PYTHON_B"]:
            pytest.skip("needs two Pythons")
        return self.checkout.blocks(case.slug)

    def check(self, case: Case) -> None:
        """Assert that the case's page ended in the outcomes that it states, for the reasons that it states."""
        found = self.entries(case)
        several = len({entry["python"] for entry in found}) > 1
        wanted: dict[str, list[str]] = {}
        for line in case.lines("outcomes"):
            line = self.filled(case, line)
            if line.startswith("    "):
                wanted[list(wanted)[-1]].append(line.strip())
                continue
            match = EXPECTED.fullmatch(line)
            assert match, f"{case.id}: {line!r} states no outcome"
            number, label, outcome, reason = match.groups()
            wanted[f"{number}{f' ({label})' if label else ''} {outcome}"] = [reason] if reason else []
        have: dict[str, str] = {}
        for entry in found:
            label = ", ".join(p for p in (entry["scenario"], entry["python"] if several else "") if p)
            have[f"{entry['line']}{f' ({label})' if label else ''} {entry['outcome']}"] = entry["reason"]
            assert bool(entry["reason"]) == (entry["outcome"] in ("not run", "failed", "blocked"))
        assert sorted(have) == sorted(wanted), "\n".join(have.values()) or self.ran.output
        for key, parts in wanted.items():
            for part in parts:
                assert part in have[key]
