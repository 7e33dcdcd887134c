"""PyPI as it was at one date: taken from upstream once, kept on disk, shown without what was uploaded later."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from harness.world.host import Unavailable
from harness.world.index.metadata import NoMetadata, describes, extract
from harness.world.index.simple import File, Project, projects
from harness.world.link import Common
from harness.world.pypi.download import Contradiction, Download
from harness.world.pypi.store import Store
from harness.world.pypi.upstream import REMEDY, Shared, Upstream

FORMAT = 2
UNKNOWN: list[File] = []
CERTAIN = dt.timedelta(minutes=10)
SURE = "pip"  # a project that every mirror of PyPI has
ADDRESS_REMEDY = "is that address right, and does it pass on all of PyPI?"
NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
REMEMBERED = 4_000  # files of the projects kept in memory, about 8 MB with their pages


class Later(Exception):
    """The file exists, and was uploaded after the day from which PyPI is seen."""


@dataclass
class Known:
    """``whole`` is all that was recorded of a project; ``shown`` is what each day asked for sees of it."""

    exists: bool
    whole: Project
    shown: dict[dt.date, Project | None] = field(default_factory=dict)

    def at(self, day: dt.date) -> Project | None:
        """The project as PyPI had it before 00:00 UTC of ``day``, None where it had none of its files yet."""
        if day not in self.shown:
            moment = dt.datetime.combine(day, dt.time(), dt.UTC)
            files = [file for file in self.whole.files if file.before(moment)]
            there = self.exists and (files or not self.whole.files)
            self.shown[day] = Project(self.whole.name, files) if there else None
        return self.shown[day]


class Recording:
    """PyPI before 00:00 UTC of ``date``, or of an earlier day."""

    def __init__(self, store: Store, upstream: Upstream, date: dt.date) -> None:
        self.store, self.upstream, self.date = store, upstream, date
        self.moment = dt.datetime.combine(date, dt.time(), dt.UTC)
        self._shared = Shared()
        self._reading = asyncio.Semaphore(1)  # a page with ten thousand files takes 50 MB while it is read
        self._pages = upstream.address.key
        store.sort("pages", self._pages)
        self._asked: set[str] = set()  # names whose page came from upstream in this run
        self._believed = False
        self._projects: OrderedDict[str, Known] = OrderedDict()
        self._downloads: dict[str, Download] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def project(self, name: str, day: dt.date) -> Project | None:
        """The project as of ``day``, None where PyPI had none of that name; ``name`` is normalised."""
        return (await self._known(name)).at(day)

    async def file(self, path: str, day: dt.date) -> File | None:
        """The file at the file host's ``path``; raises Later where it was uploaded after ``day`` began (UTC)."""
        for name in projects(path.rpartition("/")[2]):
            known = await self._known(name)
            file = next((file for file in known.whole.files if file.path == path), None)
            if file:
                if not file.before(dt.datetime.combine(day, dt.time(), dt.UTC)):
                    raise Later(f"{file.filename} was uploaded {file.uploaded}, and PyPI is seen as of {day}")
                return file
        return None

    async def kept(self, file: File) -> Path | None:
        """Where ``file`` is on disk, None where it isn't, or not intact."""
        path = self.store.path(file.path)
        return path if await self.store.intact(path, file.sha256, file.size) else None

    async def download(self, file: File) -> Download:
        """The one running download of ``file``, with its first bytes there; raises Unavailable."""
        download = self._downloads.get(file.path)
        if download is None:
            if self.upstream.offline:
                raise Unavailable(f"{file.filename} isn't recorded, and this run is offline; {REMEDY}")
            partial = self.store.partial()
            download = Download(file.source, file.filename, partial, file.sha256, file.size)
            self._downloads[file.path] = download
            task = asyncio.create_task(self._fetch(file, download, partial))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await download.started.wait()
        if download.error:
            raise download.error
        return download

    async def whole(self, file: File) -> Path:
        """``file`` on disk, fetched first where it must be."""
        path = await self.kept(file)
        if path is None:
            download = await self.download(file)
            async for _ in download.pieces():
                pass
            path = download.path
        return path

    async def metadata(self, file: File) -> bytes | None:
        """Core metadata of a wheel or source distribution, None where it has none; raises Unavailable."""
        key = file.path.removeprefix("/packages/")
        body = self.store.read("metadata", key)
        if body is None:
            body = await self._shared.run("metadata " + key, lambda: self._get_metadata(file))
            self.store.write("metadata", key, body)
        return body or None

    async def _fetch(self, file: File, download: Download, partial: Path) -> None:
        try:
            await self.upstream.fetch(download)
            path = self.store.path(file.path)
            self.store.keep(partial, path)
            download.end(path)
        except Contradiction as error:
            download.end(partial, Unavailable(f"{error}; {await self._renew(file)}"))
        except Exception as error:
            known = isinstance(error, Unavailable)
            download.end(partial, error if known else Unavailable(f"{file.filename} can't be recorded: {error}"))
        finally:
            partial.unlink(missing_ok=True)
            del self._downloads[file.path]

    async def _get_metadata(self, file: File) -> bytes:
        if file.wheel:
            try:
                answer = await self.upstream.get(file.source + ".metadata", file.filename + ".metadata")
            except Unavailable:
                answer = None  # the wheel may be there all the same
            if answer and file.metadata == hashlib.sha256(answer.content).hexdigest():
                return answer.content
            if answer and isinstance(file.metadata, bool) and describes(answer.content, file.filename):
                return answer.content
        path = await self.whole(file)
        try:
            return await asyncio.to_thread(extract, path, file.filename)
        except NoMetadata:
            return b""

    async def _known(self, name: str) -> Known:
        """What was recorded of the project; PyPI is asked where nothing was."""
        if not NAME.fullmatch(name):
            return Known(False, Project(name, []))
        known = self._projects.get(name)
        if known is None:
            known = self._projects[name] = await self._shared.run(name, lambda: self._load(name))
            while len(self._projects) > 1 and sum(len(k.whole.files) for k in self._projects.values()) > REMEMBERED:
                self._projects.popitem(last=False)
        else:
            self._projects.move_to_end(name)
        return known

    async def _load(self, name: str) -> Known:
        header, files = self._read(name)
        if files is UNKNOWN:
            files = await self._ask(name)
        elif (not files or "doubted" in header) and name not in self._asked and not self.upstream.offline:
            # A file proves by its digest what was recorded; an absence has no such proof.
            with contextlib.suppress(Unavailable):
                files = await self._ask(name, attempts=1)
        whole = Project(name, files or [])
        if whole.files and not any(file.uploaded for file in whole.files):
            words = self.upstream.address.words
            raise Unavailable(f"{words} has no upload times for {name}, so the world's date can't be applied to it")
        return Known(files is not None, whole)

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
        header, *lines = (self.store.read("pages", f"{self._pages}/{name}") or b"{}").splitlines()
        known = json.loads(header)
        if known.get("format") != FORMAT or dt.datetime.fromisoformat(known["recorded"]) < self.moment:
            return {}, UNKNOWN
        return known, [File(*json.loads(line)) for line in lines] if known["exists"] else None

    def _write(self, name: str, recorded: dt.datetime, files: list[File] | None, doubted: bool = False) -> None:
        """A line about the page, and a line for each file."""
        header = {"format": FORMAT, "name": name, "recorded": recorded.isoformat(), "exists": files is not None}
        header |= {"doubted": True} if doubted else {}
        lines = (json.dumps(astuple(file)).encode() for file in files or [])
        self.store.write("pages", f"{self._pages}/{name}", b"\n".join([json.dumps(header).encode(), *lines]))

    async def _ask(self, name: str, attempts: int = 0) -> list[File] | None:
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
        self._asked.add(name)
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

    async def _renew(self, file: File) -> str:
        """Ask again for the page that lists ``file`` wrongly, once a run; what came of it, for a message."""
        words = self.upstream.address.words
        for name in projects(file.filename):
            known = self._projects.get(name)
            if known is None or file not in known.whole.files:
                continue
            if name not in self._asked:
                try:
                    files = await self._ask(name) or []
                except Unavailable as error:
                    return str(error)
                self._projects.pop(name, None)
                if file not in files:
                    return f"{words} says something else now that it was asked again: run this again"
        return f"so {words} contradicts itself: {ADDRESS_REMEDY}"


def recording(common: Common) -> Recording:
    """The one recording of a run; raises Problem for a pip configuration that can't be used."""

    def made() -> Recording:
        return Recording(Store(common.cache), Upstream(common.registry, common.offline), common.date)

    return common.state("PyPI", made)
