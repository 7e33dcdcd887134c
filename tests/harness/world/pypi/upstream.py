"""PyPI itself, or the mirror of it that this machine reaches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from harness.world.pypi.download import Broken, Download, Unavailable

ATTEMPTS = 3
REMEDY = "run it once with the network"
PAUSE = 0.3  # seconds before the second attempt, doubled before each further one

Answer = TypeVar("Answer")


class Upstream:
    """A client of the index at ``address``; with ``offline`` it never touches the network.

    Proxies and certificates are those of the machine's environment (HTTPS_PROXY, SSL_CERT_FILE).
    """

    def __init__(self, address: str, offline: bool) -> None:
        self.address = address.rstrip("/")
        self.offline = offline
        self.client = httpx.AsyncClient(
            follow_redirects=True,
            timeout=httpx.Timeout(30, connect=10),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
        )

    async def get(self, url: str, what: str, accept: str = "*/*") -> httpx.Response | None:
        """The whole answer, None where upstream has no such thing."""

        async def once() -> httpx.Response | None:
            answer = await self.client.get(url, headers={"accept": accept})
            return None if _absent(answer, what) else answer

        return await self._persist(once, what)

    async def fetch(self, download: Download) -> None:
        """Fill ``download``; an attempt that breaks off is taken up where it ended."""

        async def once() -> None:
            start = download.received
            headers = {"accept-encoding": "identity"} | ({"range": f"bytes={start}-"} if start else {})
            async with self.client.stream("GET", download.url, headers=headers) as answer:
                if _absent(answer, download.what):
                    raise Unavailable(f"PyPI's index page lists {download.what}, and its file host doesn't have it")
                if start and answer.status_code != 206:
                    download.restart()
                await download.fill(answer)

        await self._persist(once, download.what)
        download.verify()

    async def _persist(self, once: Callable[[], Awaitable[Answer]], what: str) -> Answer:
        if self.offline:
            raise Unavailable(f"{what} isn't recorded, and this run is offline; {REMEDY}")
        trouble = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(PAUSE * 2 ** (attempt - 1))
            try:
                return await once()
            except (httpx.TransportError, httpx.TooManyRedirects, httpx.DecodingError) as error:
                trouble = f"PyPI can't be reached: {error or type(error).__name__}"
            except Broken as error:
                trouble = str(error)
        raise Unavailable(f"{what} isn't recorded yet, and {trouble}")


def _absent(answer: httpx.Response, what: str) -> bool:
    """Whether upstream says that there is no such thing; raises for what isn't an answer to the question."""
    if answer.status_code in (404, 410):
        return True
    if answer.status_code >= 500 or answer.status_code == 429:
        raise Broken(f"PyPI answers {answer.status_code}")
    if answer.status_code >= 400:
        raise Unavailable(f"{what} isn't recorded yet, and PyPI answers {answer.status_code}")
    return False


class Shared:
    """Runs one task for callers that ask for the same thing at the same time; a caller that leaves doesn't stop it."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    async def run(self, key: str, make: Callable[[], Awaitable[Answer]]) -> Answer:
        async def made() -> Answer:
            return await make()

        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(made())
            task.add_done_callback(lambda _: self._tasks.pop(key, None))
        answer: Answer = await asyncio.shield(task)
        return answer
