"""Rewriting the pages from what ran."""

from __future__ import annotations

from pathlib import Path

from harness.page import rewrite
from harness.page.block import Block
from harness.problem import Problem
from harness.run.plugin.session import Session


def update(guide: Session) -> bool:
    """Rewrite the pages; whether every block that shows something else could be rewritten.

    What a block shows where it is right counts as well: scenarios that disagree must not overwrite one another.
    """
    assert guide.campaign
    texts: dict[Path, list[tuple[Block, str]]] = {}
    for run in guide.started:
        for outcome in guide.campaign.result(run).outcomes:
            if outcome.green or outcome.shown is not None:
                shown = outcome.shown or outcome.block.text
                texts.setdefault(run.page.path, []).append((outcome.block, shown))
    wrote = True
    for path, wanted in texts.items():
        try:
            count = rewrite.rewrite(path, wanted)
            if count:
                name = guide.project.relative(path)
                guide.messages.put(f"{name}: {count} blocks rewritten; run it again to see them compared")
        except Problem as problem:
            guide.messages.put(str(problem))
            wrote = False
    return wrote
