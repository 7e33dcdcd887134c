"""Debian's package archive, in the state that is kept beside the base images (harness.machine.engine.archive).

What that state names never changes: indexes, by their digests, and packages, by their paths. It is recorded when it is
first asked for; the digests of packages are apt's to check. Other suites, such as that of security updates, are shown
as they are today, and as they were last where the network is away.
"""

from __future__ import annotations

import asyncio
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.machine.engine import archive
from harness.machine.engine.archive import Archive
from harness.world.host import Host, Unavailable, missing
from harness.world.link import Common, Link
from harness.world.pypi.store import Store

KIND = "debian"  # the folder of the cache
BY_DIGEST = re.compile(r"/by-hash/SHA256/([0-9a-f]{64})$")
TIMES = 8  # downloads at a time


class Mirror:
    """The archive for all sandboxes of a run."""

    def __init__(self, kept: Archive, common: Common) -> None:
        self.kept, self.offline, self.store = kept, common.offline, Store(common.cache)
        self._fresh: set[str] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._times = asyncio.Semaphore(TIMES)

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        if path == f"{self.kept.path}/dists/{self.kept.suite}/InRelease":
            return Response(self.kept.state)
        async with self._locks.setdefault(path, asyncio.Lock()):
            body = await self._body(path)
        return missing(f"Debian's archive has no {path}") if body is None else Response(body)

    async def _body(self, path: str) -> bytes | None:
        """What is at ``path``, None where the archive has nothing there. Raises Unavailable."""
        digest = BY_DIGEST.search(path)
        key = path.strip("/").replace("/", "%")
        body = await asyncio.to_thread(self.store.read, KIND, key)
        lasting = bool(digest) or "/pool/" in path
        if body is not None and (lasting or self.offline or path in self._fresh):
            return body
        if self.offline:
            raise Unavailable(f"{path} of Debian's archive isn't recorded, and this run is offline")
        partial = self.store.partial()
        async with self._times:
            failure = await asyncio.to_thread(
                archive.fetch, self.kept.behind(path), partial, digest[1] if digest else ""
            )
        if failure == archive.ABSENT and lasting:
            why = f"Debian's archive no longer has {path}, which its state of {self.kept.words} names"
            raise Unavailable(f"{why}; `make clean ALL=1` and `make engine` take today's")
        if failure == archive.ABSENT:
            return None
        if failure and body is None:
            raise Unavailable(f"{path} of Debian's archive isn't recorded yet, and it can't be reached: {failure}")
        if not failure:
            body = partial.read_bytes()
            partial.unlink()
            await asyncio.to_thread(self.store.write, KIND, key, body)
            self._fresh.add(path)
        return body


def hosts(link: Link) -> list[Host]:
    common = link.common
    kept = common.state((KIND, "kept"), lambda: archive.read(common.archive) if common.archive else None)
    if kept is None:
        return []
    mirror = common.state((KIND, "mirror"), lambda: Mirror(kept, common))
    trees = [Route(f"{kept.path}{more}/{{path:path}}", mirror.answer, methods=["GET"]) for more in ("", "-security")]
    return [Host(kept.host, trees, "Debian's package archive", plain=True)]
