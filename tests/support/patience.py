"""Waiting for what a machine does within a second, on one that has ten times as much to do as it has cores."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 300.0  # seconds after which something is stuck and not slow
T = TypeVar("T")


def until(found: Callable[[], T], problem: Callable[[], object] | None = None) -> T:
    """What ``found`` returns as soon as that is true; AssertionError, with ``problem``, when it never is.

    It is asked less and less often: to look through all processes of a busy machine keeps it busier still.
    """
    end, pause = time.monotonic() + PATIENCE, 0.02
    while not (value := found()):
        assert time.monotonic() < end, problem() if problem else "nothing came of it"
        time.sleep(pause)
        pause = min(1.25 * pause, 0.5)
    return value
