"""All that knows pytest: pages are files, blocks are items, outcomes are reports. Here are its hooks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.problem import printable
from harness.run import termination
from harness.run.plugin import demands
from harness.run.plugin.items import STALE, BlockItem, PageFile, until
from harness.run.plugin.options import pytest_addoption
from harness.run.plugin.session import KEY, Session
from harness.run.plugin.updates import update

__all__ = ["pytest_addoption"]


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


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """A block that an update rewrites is neither passed nor failed; what it did comes at the run's end."""
    stale = report.when == "call" and STALE in report.user_properties
    return ("stale", "s", "STALE") if stale else None


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
            guide.started = until(item.session.items)
            guide.plan().start(guide.started)
        while guide.plan().waiting(item.run_, 0.2):
            guide.say()
        guide.say()
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    guide = session.config.stash[KEY]
    if guide.campaign is None:
        return
    try:
        whole = [run for run, until in guide.started.items() if until is None]
        finished = dict.fromkeys(run for run in whole if not guide.campaign.waiting(run, 0))
        entire = [run for runs in guide.runs.values() if finished.keys() >= set(runs) for run in runs]
        if entire:
            guide.campaign.record(entire)
        if session.config.getoption("--guide-update") and not update(guide):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        guide.unmet = demands.unmet((run, guide.campaign.result(run).outcomes) for run in finished)
        if guide.unmet and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    finally:
        guide.campaign.close()
        guide.say()


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
    for problem in guide.unmet:
        terminalreporter.write_line(printable(str(problem)), red=True)
