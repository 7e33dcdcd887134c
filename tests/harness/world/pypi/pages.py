"""Recorded index pages: which files a project had, asked for once, and again where what was said is in doubt."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from harness.world.host import Unavailable
from harness.world.index.simple import File, batches
from harness.world.pypi.store import Store
from harness.world.pypi.upstream import Shared, Upstream

FORMAT = 2
UNKNOWN: list[File] = []
CERTAIN = dt.timedelta(minutes=10)
SURE = "pip"  # a project that every mirror of PyPI has
ADDRESS_REMEDY = "is that address right, and does it pass on all of PyPI?"


class Pages:
    """The index pages of ``upstream`` in ``store``, none of them recorded before ``moment``.

    ``asked`` are the names whose page came from upstream in this run.
    """

    def __init__(self, store: Store, upstream: Upstream, moment: dt.datetime) -> None:
        self.store, self.upstream, self.moment = store, upstream, moment
        self.asked: set[str] = set()
        self._shared = Shared()
        self._reading = asyncio.Semaphore(1)  # a page with ten thousand files takes 50 MB while it is read
        self._key = upstream.address.key
        store.sort("pages", self._key)
        self._believed = False

    async def load(self, name: str) -> list[File] | None:
        """The project's files, None where PyPI had none of that name; raises Unavailable where that can't be said."""
        header, files = self._read(name)
        if files is UNKNOWN:
            files = await self.ask(name)
        elif (not files or "doubted" in header) and name not in self.asked and not self.upstream.offline:
            # A file proves by its digest what was recorded; an absence has no such proof.
            with contextlib.suppress(Unavailable):
                files = await self.ask(name, attempts=1)
        if files and not any(file.uploaded for file in files):
            words = self.upstream.address.words
            raise Unavailable(f"{words} has no upload times for {name}, so the world's date can't be applied to it")
        return files

    def doubt(self, names: Iterable[str]) -> None:
        """Have upstream asked again for these projects in the next run that can: with them a page was red.

        Half a list is as well-formed as a whole one. What was recorded in the last ten minutes (which PyPI itself lets
        clients keep a page) isn't in doubt, so that a page which is being written doesn't ask each time.
        """
        for name in names:
            header, files = self._read(name)
            if files is UNKNOWN or "doubted" in header:
                continue
            recorded = dt.datetime.fromisoformat(header["recorded"])
            if dt.datetime.now(dt.UTC) - recorded > CERTAIN:
                self._write(name, recorded, files, doubted=True)

    def _read(self, name: str) -> tuple[dict[str, Any], list[File] | None]:
        """What is known of the page, and its files: None for a project that PyPI didn't have, UNKNOWN where no record
        is recent enough."""
        header, *lines = (self.store.read("pages", f"{self._key}/{name}") or b"{}").decode().split("\n")
        known = json.loads(header)
        if known.get("format") != FORMAT or dt.datetime.fromisoformat(known["recorded"]) < self.moment:
            return {}, UNKNOWN
        if not known["exists"]:
            return known, None
        return known, [File._make(fields) for some in batches(lines) for fields in json.loads(f"[{','.join(some)}]")]

    def _write(self, name: str, recorded: dt.datetime, files: list[File] | None, doubted: bool = False) -> None:
        """A line about the page, and a line for each file."""
        header = {"format": FORMAT, "name": name, "recorded": recorded.isoformat(), "exists": files is not None}
        header |= {"doubted": True} if doubted else {}
        lines = (json.dumps(file).encode() for file in files or [])
        self.store.write("pages", f"{self._key}/{name}", b"\n".join([json.dumps(header).encode(), *lines]))

    async def ask(self, name: str, attempts: int = 0) -> list[File] | None:
        """Record what upstream has of the project."""
        recorded = dt.datetime.now(dt.UTC)
        files = await self._page(name, attempts)
        if not files:
            await self._shared.run("believe", self._believe)
        elif any(file.uploaded is None or file.size is None for file in files):
            from harness.world.pypi.reading import complete

            known = await self.upstream.document(name)
            async with self._reading:
                files = await asyncio.to_thread(complete, files, known)
        self._write(name, recorded, files)
        self.asked.add(name)
        return files

    async def _page(self, name: str, attempts: int = 0) -> list[File] | None:
        """The files that upstream lists, None where it has no such project."""
        answer = await self.upstream.page(name, attempts)
        if answer is None:
            return None
        from harness.world.pypi.reading import read  # its parsers cost more to import than the rest of the gateway

        async with self._reading:
            return await asyncio.to_thread(read, name, answer)

    async def _believe(self) -> None:
        """Raise Unavailable where "no such project" means nothing, since the index has none of any name."""
        if not self._believed and not await self._page(SURE):
            raise Unavailable(
                f"{self.upstream.address.words} is no mirror of PyPI: it doesn't even have {SURE}; {ADDRESS_REMEDY}"
            )
        self._believed = True
