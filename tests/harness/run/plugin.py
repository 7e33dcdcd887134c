"""The one module that knows pytest: pages are files, blocks are items, outcomes are reports."""

from __future__ import annotations

import argparse
import queue
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from harness.kinds.table import read_page
from harness.page import rewrite
from harness.page.block import Block
from harness.page.markup import Markup
from harness.page.outcome import Outcome
from harness.problem import Problem, printable
from harness.project import Project
from harness.run import shards, termination
from harness.run.campaign import Campaign
from harness.run.runner import Run

STALE = ("guide", "stale")
KEY = pytest.StashKey["Session"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("guide", "the guide's pages")
    group.addoption(
        "--guide-page",
        type=_place,
        metavar="PAGE[:LINE]",
        help="run this page only, or its block at LINE and what that needs",
    )
    group.addoption("--guide-shard", default="", metavar="N/PARTS", help="run a share of the pages, such as 2/4")
    group.addoption("--guide-update", action="store_true", help="rewrite shown outputs from what ran")
    group.addoption("--guide-all", action="store_true", help="run pages whose proofs are still valid, too")
    group.addoption("--guide-offline", action="store_true", help="replay the recorded world without any network")
    group.addoption("--guide-jobs", type=_count, metavar="N", help="scenarios at a time (default: one more than cores)")
    group.addoption("--guide-first", default="", metavar="PAGES", help="pages to begin with, separated by spaces")


def _count(value: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,3}", value):
        raise argparse.ArgumentTypeError(f"{value!r}; expected a number of scenarios from 1 to 9999, such as JOBS=4")
    return int(value)


def _place(value: str) -> str:
    _, colon, line = value.partition(":")
    if colon and not re.fullmatch(r"0*[1-9]\d*", line):
        raise argparse.ArgumentTypeError(f"{value!r} has the line {line!r}; expected docs/….md or docs/….md:LINE")
    return value


class Session:
    """A pytest session's campaign and what it says while it waits."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.project = Project(config.rootpath)
        self.messages: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.markup: Markup | None = None
        self.campaign: Campaign | None = None
        self.started: dict[Run, int | None] = {}
        self.runs: dict[str, list[Run]] = {}
        shard = config.getoption("--guide-shard")
        try:
            self.shard = shards.of(self.project, shard) if shard else None
        except Problem as problem:
            raise pytest.UsageError(str(problem)) from None

    def engine(self) -> Markup:
        if self.markup is None:
            self.markup = Markup(*self.project.markdown)
        return self.markup

    def plan(self) -> Campaign:
        if self.campaign is None:
            option = self.config.getoption
            jobs = {"jobs": option("--guide-jobs")} if option("--guide-jobs") else {}
            self.campaign = Campaign(
                self.project,
                everything=option("--guide-all") or option("--guide-update"),
                offline=option("--guide-offline"),
                progress=self.messages.put,
                first=option("--guide-first").split(),
                **jobs,
            )
        return self.campaign

    def say(self) -> None:
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        while not self.messages.empty():
            line = self.messages.get()
            if reporter:
                reporter.ensure_newline()
                line = printable(line)
                reporter.write_line(f"\n{line}" if reporter._tw.width_of_current_line else line)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[KEY] = Session(config)
    termination.heed()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    session = parent.config.stash[KEY]
    if file_path.suffix == ".md" and session.project.docs in file_path.parents:
        wanted = (parent.config.getoption("--guide-page") or "").partition(":")[0]
        if wanted:
            chosen = file_path == (session.project.root / wanted).absolute()
        else:
            chosen = session.shard is None or session.project.relative(file_path) in session.shard
        if chosen:
            return PageFile.from_parent(parent, path=file_path)
    return None


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


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """A block that an update rewrites is neither passed nor failed; what it did comes at the run's end."""
    stale = report.when == "call" and STALE in report.user_properties
    return ("stale", "s", "STALE") if stale else None


class Red(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(printable(outcome.reason))
        self.outcome = outcome


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """The harness' own tests first, then the pages in the order in which they'll be done."""
    pages = [item for item in items if isinstance(item, BlockItem)]
    guide = session.config.stash[KEY]
    if pages:
        place = {run: n for n, run in enumerate(guide.plan().order(dict.fromkeys(item.run_ for item in pages)))}
        pages.sort(key=lambda item: place[item.run_])
        items[:] = [*(i for i in items if not isinstance(i, BlockItem)), *pages]


def pytest_collection_finish(session: pytest.Session) -> None:
    if sys.exc_info()[0] is not None:
        return  # something ended the collection early, and says so itself
    wanted = session.config.getoption("--guide-page")
    if wanted and not any(isinstance(item, BlockItem) for item in session.items) and not session.testsfailed:
        raise pytest.UsageError(
            f"--guide-page {wanted}: no such page or no block there; expected docs/….md or docs/….md:LINE"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Start the campaign with the first block, and while a block's run isn't done, say how the pages go on.

    Not before: the harness' own tests change this process' environment and modules, which the runs read.
    """
    if isinstance(item, BlockItem):
        guide = item.config.stash[KEY]
        if not guide.started:
            guide.started = _until(item.session.items)
            guide.plan().start(guide.started)
        while guide.plan().waiting(item.run_, 0.2):
            guide.say()
        guide.say()
    return (yield)


def _until(items: list[pytest.Item]) -> dict[Run, int | None]:
    """How far each run must go: all the way where all its blocks were selected."""
    lines: dict[Run, list[int]] = {}
    for item in items:
        if isinstance(item, BlockItem):
            lines.setdefault(item.run_, []).append(item.block.line)
    return {run: None if len(found) == len(run.scenario.blocks) else max(found) for run, found in lines.items()}


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    guide = session.config.stash[KEY]
    if guide.campaign is None:
        return
    try:
        whole = [run for run, until in guide.started.items() if until is None]
        finished = {run for run in whole if not guide.campaign.waiting(run, 0)}
        entire = [run for runs in guide.runs.values() if finished >= set(runs) for run in runs]
        if entire:
            guide.campaign.record(entire)
        if session.config.getoption("--guide-update") and not _update(guide):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    finally:
        guide.campaign.close()
        guide.say()


def _update(guide: Session) -> bool:
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Count every outcome; list what was not run and what is no longer needed, so that neither goes unseen."""
    guide = config.stash[KEY]
    if not guide.started or guide.campaign is None:
        return
    outcomes = [
        o for run in guide.started if not guide.campaign.waiting(run, 0) for o in guide.campaign.result(run).outcomes
    ]
    counts = {kind: sum(o.outcome == kind for o in outcomes) for kind in dict.fromkeys(o.outcome for o in outcomes)}
    terminalreporter.section("pages")
    terminalreporter.write_line(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    for reason in sorted({f"{o.block.where} not run: {o.reason}" for o in outcomes if o.outcome == "not run"}):
        terminalreporter.write_line(printable(reason))
    for note in sorted({note for o in outcomes for note in o.notes}):
        terminalreporter.write_line(f"note: {printable(note)}")
