"""What the harness itself costs, all from one run of every page (``python -m harness bench``)."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections import defaultdict

from harness.kinds.table import kind_of, read_page
from harness.page.markup import Markup
from harness.project import Project
from harness.run.campaign import CORES, Campaign


def bench(project: Project, pages: list[str]) -> None:
    """Print harness time a block by kind, extraction time a fence, wall time over the tools' own, and memory.

    ``pages`` restricts it to some pages; all where none is named.
    """
    paths = project.pages(pages)
    markup = Markup(*project.markdown)
    read_page(project, paths[0], markup)  # the engine's set-up is paid once a session, not once a fence
    started = time.perf_counter()
    read = [read_page(project, path, markup) for path in paths]
    extraction = time.perf_counter() - started
    fences = sum(len(page.blocks) for page in read)

    campaign = Campaign(project, CORES, everything=True)  # more would wait for one another, not for us
    runs = [run for page in read for run in campaign.runs(page)]
    try:
        campaign.prepare()
        started = time.perf_counter()
        campaign.start(dict.fromkeys(runs))
        results = [campaign.result(run) for run in runs]
        wall = time.perf_counter() - started
        gateway = campaign.gateway_peak()
    finally:
        campaign.close()
    own: dict[str, list[float]] = defaultdict(list)
    tools = 0.0
    for done in results:
        for outcome in done.outcomes:
            tools += outcome.tools
            if outcome.executed:
                commands = max(len(outcome.commands), 1)
                own[kind_of(outcome.block).name].append((outcome.seconds - outcome.tools) / commands)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{len(read)} pages, {fences} fences, {len(runs)} scenarios, {campaign.jobs} at a time")
    print(f"extraction: {extraction / fences * 1000:.2f} ms a fence")
    for kind, values in sorted(own.items()):
        print(
            f"harness, {kind}: {statistics.median(values) * 1000:.2f} ms a command (median), "
            f"{statistics.fmean(values) * 1000:.2f} (mean), {len(values)} blocks"
        )
    print(
        f"wall {wall:.1f} s; the tools' own {tools:.1f} s over {campaign.jobs} at a time: "
        f"ratio {wall / (tools / campaign.jobs):.2f}"
    )
    print(f"memory: harness {peak / 2**20:.0f} MB, gateway {gateway / 2**20:.0f} MB at most")
