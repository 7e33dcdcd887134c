"""Pages as pytest's files, blocks as its items."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from harness.kinds.table import read_page
from harness.page.block import Block
from harness.page.outcome import Outcome
from harness.problem import Problem, printable
from harness.run.plugin.session import KEY
from harness.run.runner import Run

STALE = ("guide", "stale")


class PageFile(pytest.File):
    def collect(self) -> Iterable[pytest.Item]:
        session = self.config.stash[KEY]
        try:
            page = read_page(session.project, self.path, session.engine())
            runs = session.runs[page.name] = session.plan().runs(page)
        except Problem as problem:
            raise self.CollectError(printable(str(problem))) from None
        line = (self.config.getoption("--guide-page") or "").partition(":")[2]
        for run in runs:
            several = len({r.python for r in runs}) > 1
            mark = "".join(f"-{part}" for part in (run.scenario.label, run.python if several else "") if part)
            for block in run.scenario.blocks:
                if not line or block.line <= int(line) <= block.end:
                    yield BlockItem.make(self, run, block, mark)


class BlockItem(pytest.Item):
    run_: Run
    block: Block

    @classmethod
    def make(cls, parent: PageFile, run: Run, block: Block, mark: str) -> BlockItem:
        name = f"{block.id[:-1]}{mark}]"
        item: BlockItem = cls.from_parent(parent, name=name, nodeid=name)
        item.run_, item.block = run, block
        return item

    def runtest(self) -> None:
        outcome = self.outcome()
        if outcome.outcome == "not run":
            pytest.skip(f"not run: {printable(outcome.reason)}")
        if outcome.stale and self.config.getoption("--guide-update"):
            self.user_properties.append(STALE)
        elif not outcome.green:
            raise Red(outcome)

    def outcome(self) -> Outcome:
        outcomes = self.config.stash[KEY].plan().result(self.run_).outcomes
        found = [o for o in outcomes if o.block is self.block]
        if len(found) != 1:
            raise AssertionError(f"{self.name} has {len(found)} outcomes; expected exactly one")
        return found[0]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        if isinstance(excinfo.value, Red):
            return printable(excinfo.value.outcome.reason)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.block.line - 1, self.name.replace("[", " ").rstrip("]")


class Red(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(printable(outcome.reason))
        self.outcome = outcome


def until(items: list[pytest.Item]) -> dict[Run, int | None]:
    """How far each run must go: all the way where all its blocks were selected."""
    lines: dict[Run, list[int]] = {}
    for item in items:
        if isinstance(item, BlockItem):
            lines.setdefault(item.run_, []).append(item.block.line)
    return {run: None if len(found) == len(run.scenario.blocks) else max(found) for run, found in lines.items()}
