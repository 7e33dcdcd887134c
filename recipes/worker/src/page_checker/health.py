"""Whether the worker of this machine works: `python -m page_checker.health` ends with 0 if so.

RQ's worker notes in Redis when it last was there, also while a job runs. A worker that hangs, and one that has lost
its Redis, don't.
"""

import socket
import sys
from datetime import UTC, datetime, timedelta

from redis import Redis
from rq import Worker

from .queue import connect
from .worker import SECONDS

ALLOWED = timedelta(seconds=2 * SECONDS)


def healthy(redis: Redis, host: str) -> bool:
    """Whether a worker on the machine of this name has been there lately."""
    seen = [worker.last_heartbeat for worker in Worker.all(redis) if worker.hostname == host]
    return any(moment is not None and datetime.now(UTC) - moment < ALLOWED for moment in seen)


if __name__ == "__main__":
    sys.exit(0 if healthy(connect(), socket.gethostname()) else "no worker has been here lately")
