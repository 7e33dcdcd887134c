import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from conftest import Site, Start
from redis import Redis
from rq.job import Job

from page_checker.health import healthy
from page_checker.queue import find, submit

NOWHERE = "http://127.0.0.1:1/"


def until(condition: Callable[[], object]) -> None:
    """Wait until ``condition`` holds; the limit is far from what it takes."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited for a minute"
        time.sleep(0.05)


def ended(job: Job) -> bool:
    return job.get_status() in ("finished", "failed")


def test_a_job_gives_the_status_of_the_page(redis: Redis, start: Start, site: Site) -> None:
    start()
    jobs = [submit(redis, site.url), submit(redis, site.url + "nowhere")]
    until(lambda: all(map(ended, jobs)))
    assert [find(redis, job.id).return_value() for job in jobs] == [200, 404]


def test_a_job_without_an_answer_is_tried_again(redis: Redis, start: Start) -> None:
    start()
    job = submit(redis, NOWHERE, retry_after=[1])
    until(lambda: ended(job))
    assert (job.get_status(), find(redis, job.id).retries_left) == ("failed", 0)


def test_a_job_that_fails_leaves_the_worker_to_the_next(redis: Redis, start: Start, site: Site) -> None:
    start()
    jobs = [submit(redis, "no address"), submit(redis, site.url)]
    until(lambda: ended(jobs[1]))
    assert jobs[1].return_value() == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_finishes_its_job(
    redis: Redis, start: Start, site: Site, number: signal.Signals
) -> None:
    site.answer.clear()
    worker, jobs = start(), [submit(redis, site.url), submit(redis, site.url)]
    assert site.asked.wait(60)
    worker.send_signal(number)
    time.sleep(0.5)
    assert worker.poll() is None
    site.answer.set()
    assert worker.wait(60) == 0
    assert [job.get_status() for job in jobs] == ["finished", "queued"]


def test_only_a_machine_with_a_worker_is_healthy(redis: Redis, start: Start) -> None:
    check = [sys.executable, "-m", "page_checker.health"]
    done = subprocess.run(check, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "no worker has been here lately\n")
    start()
    until(lambda: healthy(redis, socket.gethostname()))
    assert subprocess.run(check).returncode == 0
    assert not healthy(redis, "another machine")


def test_a_job_is_submitted_and_shown_from_the_command_line(redis: Redis) -> None:
    def command(*arguments: str) -> str:
        return subprocess.check_output([sys.executable, "-m", "page_checker", *arguments], text=True).strip()

    assert command("show", command("submit", NOWHERE)) == "queued"
