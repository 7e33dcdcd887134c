"""The worker: `python -m page_checker.worker` does jobs until it is told to stop.

SIGTERM and SIGINT let it finish the job that it is at.
"""

from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from .queue import connect, make_queue

SECONDS = 30  # a worker that waits for jobs shows that it is there at least this often


def make_worker(redis: Redis) -> Worker:
    """Each job runs in a process of its own, so that it can't take the worker down."""
    return Worker(
        [make_queue(redis)],
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=SECONDS,
        job_monitoring_interval=SECONDS,
    )


if __name__ == "__main__":
    make_worker(connect()).work(with_scheduler=True)  # the scheduler puts jobs back that are to be tried again
