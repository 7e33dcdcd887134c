"""The ports of this machine: two scenarios that name the same one run one after the other at level ``plain``.

At the other levels each sandbox has a network of its own.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from harness.page.scenario import Scenario

PORT = re.compile(r"\b(?:localhost|127\.0\.0\.1):(\d+)\b")


def named(scenario: Scenario) -> list[int]:
    """The ports of loopback that the blocks of ``scenario`` name, lowest first."""
    return sorted({int(port) for block in scenario.blocks for port in PORT.findall(block.text)})


class Ports:
    """Which ports are taken; ``shared`` says whether all sandboxes have the machine's own."""

    def __init__(self, shared: bool) -> None:
        self.shared = shared
        self._making = threading.Lock()
        self._locks: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def held(self, scenario: Scenario) -> Iterator[None]:
        """Keep other scenarios from the ports of ``scenario``; all take them in one order, so none waits for ever."""
        with ExitStack() as stack:
            for port in named(scenario) if self.shared else []:
                with self._making:
                    lock = self._locks[port]
                stack.enter_context(lock)
            yield
