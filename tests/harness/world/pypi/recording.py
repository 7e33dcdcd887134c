"""PyPI as it was at one date: taken from upstream once, kept on disk, shown without what was uploaded later."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from harness.world.host import Unavailable
from harness.world.index.metadata import NoMetadata, describes, extract
from harness.world.index.simple import File, Project, projects
from harness.world.link import REMEMBERED, Common
from harness.world.pypi import distant
from harness.world.pypi.download import Contradiction, Download
from harness.world.pypi.pages import ADDRESS_REMEDY, Pages
from harness.world.pypi.store import Store
from harness.world.pypi.upstream import REMEDY, Shared, Upstream

NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


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

    def __init__(self, store: Store, upstream: Upstream, date: dt.date, remembered: int = REMEMBERED) -> None:
        self.store, self.upstream, self.date, self.remembered = store, upstream, date, remembered
        self.pages = Pages(store, upstream, dt.datetime.combine(date, dt.time(), dt.UTC))
        self._shared = Shared()
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
            if (text := await self._distant(file)) is not None:
                return text
        path = await self.whole(file)
        try:
            return await asyncio.to_thread(extract, path, file.filename)
        except NoMetadata:
            return b""

    async def _distant(self, file: File) -> bytes | None:
        """The metadata of a large wheel that isn't here, without the rest of it; None where that can't be had."""
        if isinstance(file.metadata, str) or not file.size or file.size < distant.WORTH or await self.kept(file):
            return None
        ask = functools.partial(self.upstream.part, file.source, file.filename)
        try:
            text = await distant.metadata(ask, file.size, file.filename)
        except (NoMetadata, Unavailable):
            return None  # the whole file says why
        return text if text and describes(text, file.filename) else None

    async def _known(self, name: str) -> Known:
        """What was recorded of the project; PyPI is asked where nothing was."""
        if not NAME.fullmatch(name):
            return Known(False, Project(name, []))
        known = self._projects.get(name)
        if known is None:
            known = self._projects[name] = await self._shared.run(name, lambda: self._load(name))
            while (
                len(self._projects) > 1 and sum(len(k.whole.files) for k in self._projects.values()) > self.remembered
            ):
                self._projects.popitem(last=False)
        else:
            self._projects.move_to_end(name)
        return known

    async def _load(self, name: str) -> Known:
        files = await self.pages.load(name)
        return Known(files is not None, Project(name, files or []))

    async def _renew(self, file: File) -> str:
        """Ask again for the page that lists ``file`` wrongly, once a run; what came of it, for a message."""
        words = self.upstream.address.words
        for name in projects(file.filename):
            known = self._projects.get(name)
            if known is None or file not in known.whole.files:
                continue
            if name not in self.pages.asked:
                try:
                    files = await self.pages.ask(name) or []
                except Unavailable as error:
                    return str(error)
                self._projects.pop(name, None)
                if file not in files:
                    return f"{words} says something else now that it was asked again: run this again"
        return f"so {words} contradicts itself: {ADDRESS_REMEDY}"


def recording(common: Common) -> Recording:
    """The one recording of a run; raises Problem for a pip configuration that can't be used."""

    def made() -> Recording:
        return Recording(Store(common.cache), Upstream(common.registry, common.offline), common.date, common.remembered)

    return common.state("PyPI", made)
