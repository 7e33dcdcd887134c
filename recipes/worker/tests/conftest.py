"""A Redis for tests alone, which TEST_REDIS_URL names: what it holds is deleted. The tests never read REDIS_URL."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from redis import Redis

Start = Callable[[], "subprocess.Popen[bytes]"]


def pytest_configure() -> None:
    if not os.environ.get("TEST_REDIS_URL"):
        raise pytest.UsageError("TEST_REDIS_URL names no Redis for the tests")


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    url = os.environ["TEST_REDIS_URL"]
    monkeypatch.setenv("REDIS_URL", url)
    with Redis.from_url(url) as redis:
        redis.flushdb()
        yield redis


@pytest.fixture
def start(redis: Redis) -> Iterator[Start]:
    """Start the worker as its container does. At the end it is stopped: a kill would leave its scheduler behind."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen([sys.executable, "-m", "page_checker.worker"]))
        return started[-1]

    yield start
    for worker in started:
        worker.terminate()
        worker.wait(120)


class Site:
    """A web server; ``asked`` is set when a request came, and the answer waits for ``answer``."""

    def __init__(self) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()
        self.answer.set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                site.asked.set()
                site.answer.wait()
                self.send_response(200 if self.path == "/" else 404)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    threading.Thread(target=site.server.serve_forever, daemon=True).start()
    yield site
    site.answer.set()
    site.server.shutdown()
    site.server.server_close()
