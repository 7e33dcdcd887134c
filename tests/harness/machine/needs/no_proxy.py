"""Hosts that answer without a proxy, for programs that use none: Hatch when it publishes, Twine for a CI token."""

from __future__ import annotations

import sys

from harness.machine.needs.need import Need


class NoProxy(Need):
    """A sandbox that has a network has them; without one the world is behind ``HTTPS_PROXY``."""

    words = "hosts that answer without a proxy"
    own_network = True

    def available(self) -> bool:
        return sys.platform == "linux"
