"""What was demanded of a run's machine: with GUIDE_STANDINS=no, that pages with containers run on the real images.

Without it they are left out where there is no engine, as on a contributor's machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from harness.page.outcome import Outcome
from harness.problem import Problem
from harness.run.runner import Run, not_run_because

NEED = "container-engine"


def unmet(done: Iterable[tuple[Run, list[Outcome]]]) -> list[Problem]:
    """The pages with containers that were left out though they were demanded, a Problem a reason."""
    if os.environ.get("GUIDE_STANDINS") != "no" or sys.platform != "linux":
        return []
    pages: dict[str, dict[str, None]] = {}
    for run, outcomes in done:
        if NEED in run.needs and not run.scenario.unfit:
            for outcome in outcomes:
                if outcome.outcome == "not run" and not not_run_because(outcome.block):
                    pages.setdefault(outcome.reason, {})[run.page.name] = None
    return [
        Problem(
            ", ".join(left_out),
            f"not run: {reason}",
            "every page with containers to run here, as GUIDE_STANDINS=no demands",
            "what `make engine` printed says more; without GUIDE_STANDINS=no such pages are left out",
        )
        for reason, left_out in pages.items()
    ]
