"""A pytest session's campaign and what it says while it waits."""

from __future__ import annotations

import queue

import pytest

from harness.page.markup import Markup
from harness.problem import Problem, printable
from harness.project import Project
from harness.run import shards
from harness.run.campaign import Campaign
from harness.run.runner import Run

KEY = pytest.StashKey["Session"]()


class Session:
    """``runs`` has those of each page that was collected, ``started`` those that run and to which line.

    ``unmet`` is what was demanded of the machine and isn't there (:mod:`.demands`), known at the end.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.project = Project(config.rootpath)
        self.messages: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.markup: Markup | None = None
        self.campaign: Campaign | None = None
        self.started: dict[Run, int | None] = {}
        self.runs: dict[str, list[Run]] = {}
        self.unmet: list[Problem] = []
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
