"""PyPI itself, or the mirror of it that this machine reaches, with patience for passing faults."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from harness.world.host import Unavailable
from harness.world.index.negotiation import JSON
from harness.world.pypi import access
from harness.world.pypi.download import Broken, Contradiction, Download

ATTEMPTS = 3  # unless pip's ``retries`` says otherwise
REMEDY = "run it once with the network"
PAUSE, LONGEST = 0.3, 5.0  # seconds before the second attempt, doubled before each further one up to the longest

Answer = TypeVar("Answer")


class Upstream:
    """A client of the index that the user's pip knows (``registry``); ``offline`` it never touches the network.

    Raises Problem for a configuration that it can't use. The environment's proxies (HTTPS_PROXY) apply as well.
    """

    def __init__(self, registry: Mapping[str, str], offline: bool) -> None:
        self.address, self.offline = access.address(registry, offline), offline
        self.client = access.client({} if offline else registry)
        self.attempts = access.attempts({} if offline else registry, ATTEMPTS)

    async def page(self, name: str, attempts: int = 0) -> httpx.Response | None:
        """The index page of ``name`` in whichever form upstream has it; None where it has no such project."""
        accept = f"{JSON}, text/html;q=0.1"
        return await self.get(self.address.page(name), f"the index page of {name}", accept, attempts)

    async def document(self, name: str) -> httpx.Response | None:
        """The project JSON, None where upstream has none."""
        return await self.get(self.address.document(name), f"the JSON of {name}")

    async def get(self, url: str, what: str, accept: str = "*/*", attempts: int = 0) -> httpx.Response | None:
        """The whole answer, None where upstream has no such thing."""

        async def once() -> httpx.Response | None:
            answer = await self.client.get(url, headers={"accept": accept}, auth=self._login(url))
            return None if self._absent(answer, what) else answer

        return await self._persist(once, what, attempts or self.attempts)

    async def part(self, url: str, what: str, start: int, end: int) -> bytes | None:
        """The bytes from ``start`` to before ``end``; None where upstream doesn't serve a file in parts."""

        async def once() -> bytes | None:
            headers = {"accept-encoding": "identity", "range": f"bytes={start}-{end - 1}"}
            async with self.client.stream("GET", url, headers=headers, auth=self._login(url)) as answer:
                whole = self._absent(answer, what) or answer.status_code != 206
                return None if whole else await answer.aread()

        return await self._persist(once, what, self.attempts)

    async def fetch(self, download: Download) -> None:
        """Fill ``download``; an attempt that breaks off is taken up where it ended."""

        async def once() -> None:
            start = download.received
            headers = {"accept-encoding": "identity"} | ({"range": f"bytes={start}-"} if start else {})
            url = download.url
            async with self.client.stream("GET", url, headers=headers, auth=self._login(url)) as answer:
                if self._absent(answer, download.what):
                    raise Contradiction(
                        f"{self.address.words} lists {download.what}, and {urlsplit(url).netloc} doesn't have it"
                    )
                if start and answer.status_code != 206:
                    download.restart()
                await download.fill(answer)

        await self._persist(once, download.what, self.attempts)
        download.verify()

    def _login(self, url: str) -> tuple[str, str] | httpx._client.UseClientDefault:
        return self.address.auth(url) or httpx.USE_CLIENT_DEFAULT

    async def _persist(self, once: Callable[[], Awaitable[Answer]], what: str, attempts: int) -> Answer:
        if self.offline:
            raise Unavailable(f"{what} isn't recorded, and this run is offline; {REMEDY}")
        trouble = ""
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(min(LONGEST, PAUSE * 2 ** (attempt - 1)))
            try:
                return await once()
            except (httpx.TransportError, httpx.TooManyRedirects, httpx.DecodingError) as error:
                host = urlsplit(str(error.request.url)).netloc
                on = "" if host == urlsplit(self.address.url).netloc else f" on {host}"
                trouble = f"{self.address.words} can't be reached{on}: {str(error) or type(error).__name__}"
            except ssl.SSLError as error:  # TLS 1.3 refuses a client after the handshake; httpx passes that on
                trouble = f"{self.address.words} can't be reached: {error}"
            except Broken as error:
                trouble = str(error)
        raise Unavailable(f"{what} isn't recorded yet, and {trouble}")

    def _absent(self, answer: httpx.Response, what: str) -> bool:
        """Whether upstream says that there is no such thing; raises for what isn't an answer to the question."""
        status = answer.status_code
        if status in (404, 410):
            return True
        said = f"{self.address.words} answers {status}"
        if status >= 500 or status == 429:
            raise Broken(said)
        if status >= 400:
            raise Unavailable(f"{what} isn't recorded yet, and {said}")
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
