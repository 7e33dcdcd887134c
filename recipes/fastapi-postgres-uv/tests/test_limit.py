import os

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from redis import Redis

from item_service.limit import WINDOW
from item_service.main import create_app
from item_service.settings import Settings


def limited_to(requests: int, settings: Settings, redis_url: str) -> TestClient:
    update = {"requests_per_minute": requests, "redis_url": SecretStr(redis_url)}
    return TestClient(create_app(settings.model_copy(update=update)))


@pytest.fixture
def redis_url() -> str:
    """The address of a Redis for tests alone: what it holds is deleted."""
    url = os.environ.get("TEST_REDIS_URL")
    if url is None:
        pytest.skip("TEST_REDIS_URL names no Redis")
    with Redis.from_url(url) as redis:
        redis.flushdb()
    return url


def test_a_client_that_asks_too_often_is_refused_and_told_how_long(settings: Settings, redis_url: str) -> None:
    with limited_to(2, settings, redis_url) as client:
        assert [client.get("/items").status_code for _ in range(3)] == [200, 200, 429]
        answer = client.post("/items", json={"name": "nut"})
        assert (answer.status_code, answer.json()) == (429, {"detail": "too many requests"})
        assert 1 <= int(answer.headers["Retry-After"]) <= WINDOW
        assert client.get("/health/ready").status_code == 200


def test_after_a_minute_a_client_may_ask_again(settings: Settings, redis_url: str) -> None:
    with limited_to(1, settings, redis_url) as client, Redis.from_url(redis_url) as redis:
        assert [client.get("/items").status_code for _ in range(2)] == [200, 429]
        redis.pexpire("requests:testclient", 0)
        assert client.get("/items").status_code == 200


def test_the_processes_of_the_service_share_the_count(settings: Settings, redis_url: str) -> None:
    with limited_to(1, settings, redis_url) as first, limited_to(1, settings, redis_url) as second:
        assert [client.get("/items").status_code for client in (first, second)] == [200, 429]


def test_without_its_redis_the_service_serves_every_request(settings: Settings) -> None:
    with limited_to(1, settings, "redis://127.0.0.1:1") as client:
        assert [client.get("/items").status_code for _ in range(2)] == [200, 200]


def test_a_service_that_knows_no_redis_has_no_limit(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"requests_per_minute": 1}))) as client:
        assert [client.get("/items").status_code for _ in range(2)] == [200, 200]
