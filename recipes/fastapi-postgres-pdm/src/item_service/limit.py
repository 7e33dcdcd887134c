"""A limit of requests for each client, counted in Redis, so that all processes of the service share the count."""

import logging

from fastapi import HTTPException, Request, status
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from .settings import Settings

WINDOW = 60  # seconds
logger = logging.getLogger(__name__)


class Limit:
    """How many requests each client may make in a minute; ``redis`` connects with the first of them."""

    def __init__(self, redis: Redis, requests: int) -> None:
        self.redis, self.requests = redis, requests

    def wait(self, client: str) -> int:
        """Count a request of ``client``; the seconds that it has to wait, 0 if the request may be served now.

        If Redis doesn't answer, nothing is counted and the request is served: an outage of the counter isn't one of
        the service.
        """
        try:
            with self.redis.pipeline() as pipeline:
                pipeline.incr(key := f"requests:{client}")
                pipeline.expire(key, WINDOW, nx=True)  # the first request of a minute starts it
                pipeline.ttl(key)
                count, _, seconds = pipeline.execute()
        except RedisError as error:
            logger.warning("requests aren't counted: %s", error)
            return 0
        return max(int(seconds), 1) if count > self.requests else 0


def make_limit(settings: Settings) -> Limit | None:
    """None if the settings name no Redis: there is no limit then."""
    if settings.redis_url is None:
        return None
    redis = Redis.from_url(
        settings.redis_url.get_secret_value(), socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 1)
    )
    return Limit(redis, settings.requests_per_minute)


def limited(request: Request) -> None:
    """Refuse the request of a client that has made too many, and say when it may ask again."""
    limit: Limit | None = request.app.state.limit
    if limit and request.client and (seconds := limit.wait(request.client.host)):
        headers = {"Retry-After": str(seconds)}
        raise HTTPException(status.HTTP_429_TOO_MANY_REQUESTS, "too many requests", headers)
