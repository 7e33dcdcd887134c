"""Runs that end at a moment nobody chose, at every level: no process of them stays, and no folder after a sweep.

Each run of these tests makes a few kills; ``make kills N=60 SEED=7`` makes as many as it says, a seed always the same.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from checkout import Checkout, processes
from harness.sandbox import isolation, limits
from killing import makefile, numbers, sleeping, start
from patience import PATIENCE, until
from standins import StandIns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: what runs is looked up in /proc")

KILLS = int(os.environ.get("KILLS") or 2)
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)
BEHIND = 0.3  # of the time that a run takes to come to its page, how long after that it may still be killed


@dataclass(frozen=True)
class Kill:
    """``moment`` is a share of the time that a run takes to come to its page; the ``by`` is pytest or make."""

    level: isolation.Level
    number: signal.Signals
    by: str
    moment: float

    def __str__(self) -> str:
        return f"{self.level}-{self.number.name}-{self.by}-{self.moment:.3f}"


def plan(count: int, seed: int) -> list[Kill]:
    """``count`` kills: all combinations in a random order, as often as there is room for them."""
    chance = random.Random(seed)
    every = [
        *itertools.product(isolation.available(), SIGNALS, ("pytest", "make") if shutil.which("make") else ("pytest",))
    ]
    order = [one for _ in range(count // len(every) + 1) for one in chance.sample(every, len(every))]
    return [Kill(*one, chance.uniform(0, 1 + BEHIND)) for one in order[:count]]


@pytest.fixture(scope="module")
def guide(stand_ins: StandIns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A guide whose page never ends: something of it sleeps in front, something was detached."""
    checkout = stand_ins.guide(tmp_path_factory.mktemp("kills") / "guide")
    makefile(checkout.root, f"exec '{sys.executable}' \"$@\"")
    yield checkout
    checkout.close()


@pytest.fixture(scope="module")
def durations() -> dict[tuple[isolation.Level, str], float]:
    """Seconds that a run took to come to its page, as far as that is known."""
    return {}


@pytest.mark.parametrize("kill", plan(KILLS, SEED), ids=lambda kill: f"seed {SEED}: {kill}")
def test_a_run_that_is_killed_at_any_moment_leaves_nothing(
    kill: Kill, guide: Checkout, durations: dict[tuple[isolation.Level, str], float], stand_ins: StandIns
) -> None:
    front, behind = next(numbers), next(numbers)
    guide.page("long", f"``` bash\n(setsid sleep {behind} &)\nsleep {front}\n```\n")
    options = {"OFFLINE": "1", "PAGE": "docs/long.md"}  # stand-ins have no index to ask
    command = ["make", "page", *(f"{name}={value}" for name, value in options.items())]
    if kill.by == "pytest":
        command = guide.command("docs", "--guide-offline")
    environment = guide.environment(GUIDE_ISOLATION=kill.level, **stand_ins.environment)

    def run(moment: float | None) -> float:
        """Kill a run after ``moment`` seconds, or once it has come to its page; when that was."""
        started = time.monotonic()
        run = start(command, cwd=guide.root, env=environment)
        if moment is None:
            until(lambda: sleeping(front) or run.poll() is not None)
            assert run.poll() is None, run.communicate()[0]
        else:
            time.sleep(moment)
        seconds = time.monotonic() - started
        guide.notice()
        if kill.number == signal.SIGINT:
            os.killpg(run.pid, kill.number)  # as a terminal does
        else:
            run.send_signal(kill.number)
        output, _ = run.communicate(timeout=PATIENCE)
        assert run.returncode != 0, output
        until(lambda: not [n for n in (front, behind) if sleeping(n)])
        until(lambda: not processes(str(guide.temporary)), lambda: processes(str(guide.temporary)))
        if kill.number == signal.SIGKILL:
            limits.sweep(guide.temporary)  # as the next run does
        assert guide.leftovers() == [], output
        return seconds

    if (kill.level, kill.by) not in durations:
        durations[kill.level, kill.by] = run(None)
    run(kill.moment * durations[kill.level, kill.by])
