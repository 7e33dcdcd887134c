"""A port of the loopback for what has to know its number before it listens."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """One that nothing listens on, from a range that no system gives to connections on its own."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(10_000, 32_000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
