"""What tools need for the same steps, measured: one page run several times, one scenario at a time (``make compare``).

The page marks the block of each step with data-measure. A step's value is the median over the rounds of the time in
which the block's commands ran; a size is what the block shows, which the run compared.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

from proof.contract import SIZE

from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project
from harness.run.campaign import Campaign
from harness.run.record import now, write_json

PAGE = "docs/tasks/speed.md"
ROUNDS = 5
NUMBER = re.compile(r"^(\d+) ", re.MULTILINE)


def target(project: Project) -> Path:
    """The file with the measurements, which is published with the site."""
    return project.docs / "assets" / "speed.json"


def compare(project: Project, page_name: str, rounds: int = ROUNDS) -> None:
    """Measure ``page_name`` and write the medians; the first of ``rounds`` + 1 runs fills the world's cache only.

    Raises Problem, and leaves the file as it is, where a block isn't green.
    """
    page = read_page(project, project.pages([page_name])[0], Markup(*project.markdown))
    labels = list(dict.fromkeys(block.tabs[0] for block in page.blocks if "data-measure" in block.attributes))
    if not labels:
        raise Problem(page_name, "no block with data-measure", "a page that marks what is to be measured")
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}{', which only fills the cache' if number == 0 else ''}", flush=True)
        conditions = _round(project, page, seconds if number else defaultdict(list), sizes)
    write_json(
        target(project),
        {
            "format": 1,
            "page": page_name,
            "made": now(),
            "rounds": rounds,
            **conditions,
            "seconds": _by_tool(labels, {key: round(statistics.median(v), 3) for key, v in seconds.items()}),
            "spread": _by_tool(labels, {key: round(max(v) / min(v), 2) for key, v in seconds.items()}),
            "bytes": {label: sizes[label] for label in labels if label in sizes},
        },
    )
    print(f"written: {project.relative(target(project))}")


def _round(
    project: Project, page: Page, seconds: dict[tuple[str, str], list[float]], sizes: dict[str, int]
) -> dict[str, Any]:
    """Run every scenario once, add what it took, and say with what it ran."""
    campaign = Campaign(project, jobs=1, everything=True, keep=False)
    try:
        runs = campaign.runs(page)
        campaign.prepare()
        campaign.start(dict.fromkeys(runs))
        for run in runs:
            for block, outcome in zip(run.scenario.blocks, campaign.result(run).outcomes, strict=True):
                if not outcome.green:
                    raise Problem(block.where, f"{outcome.outcome}: {outcome.reason}", "a page that is green")
                measure = block.attributes.get("data-measure")
                if measure == SIZE:
                    sizes[run.scenario.label] = _number(block.where, block.text)
                elif measure:
                    seconds[run.scenario.label, measure].append(outcome.tools)
        conditions = campaign.conditions
        named = page.front.get("tools", [])
        tools = {tool: version for tool, version in conditions.tools.items() if tool in named}
        return {"world": conditions.world, "system": conditions.system, "tools": tools}
    finally:
        campaign.close()


def _number(where: str, text: str) -> int:
    found = NUMBER.search(text)
    if not found:
        raise Problem(where, "no line that begins with a number", "what `wc -c` prints")
    return int(found.group(1))


def _by_tool(labels: list[str], values: dict[tuple[str, str], float]) -> dict[str, dict[str, float]]:
    """Tool -> step -> value, the tools in the order of the page."""
    return {label: {measure: value for (tool, measure), value in values.items() if tool == label} for label in labels}
