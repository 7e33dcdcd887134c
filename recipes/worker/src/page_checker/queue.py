"""The queue, for the programs that submit jobs and for the worker that does them."""

import os
from collections.abc import Sequence

from redis import Redis
from rq import Queue, Retry
from rq.job import Job
from rq.serializers import JSONSerializer

from .jobs import check

NAME = "checks"
JOB_SECONDS = 60  # then a job is ended; `stop_grace_period` in compose.yaml is longer
RETRY_AFTER = (10, 60, 600)  # seconds before the second, third and fourth attempt
KEPT = 24 * 3600  # seconds that a result can be asked for


def connect() -> Redis:
    """The Redis that REDIS_URL names, such as ``redis://host``; KeyError if the variable isn't set."""
    return Redis.from_url(os.environ["REDIS_URL"])


def make_queue(redis: Redis) -> Queue:
    """Arguments and results are JSON, which a later version of the code can still read; RQ's default are pickles."""
    return Queue(NAME, connection=redis, serializer=JSONSerializer, default_timeout=JOB_SECONDS)


def submit(redis: Redis, url: str, retry_after: Sequence[int] = RETRY_AFTER) -> Job:
    """Put the check of a page into the queue. The job's ``id`` is what to ask for its result with."""
    retry = Retry(max=len(retry_after), interval=list(retry_after))
    return make_queue(redis).enqueue(check, url, retry=retry, result_ttl=KEPT, failure_ttl=KEPT)


def find(redis: Redis, job_id: str) -> Job:
    """A job by its id; raises ``rq.exceptions.NoSuchJobError``."""
    return Job.fetch(job_id, connection=redis, serializer=JSONSerializer)
