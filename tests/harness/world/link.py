"""What a run and each of its sandboxes keep, for whichever host asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

Kept = TypeVar("Kept")


class Keeper:
    """Objects under keys, each made when it is first asked for."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def state(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under ``key``; a host's own name is part of it, so that two hosts never meet."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept


REMEMBERED = 4_000  # files of the projects kept in memory, about 8 MB with their pages


class Common(Keeper):
    """What all sandboxes of a run have in common.

    ``cache`` outlives the run; ``date`` is the world's date; ``registry`` is the way to PyPI in pip's own terms
    (``index-url``, ``proxy``, …; harness.machine.pip_config); with ``offline`` nothing touches the network.
    ``remembered`` is how many files of PyPI's projects are kept in memory; ``archive`` is what is kept of Debian's
    package archive (harness.machine.engine.archive), where there is any.
    """

    def __init__(
        self,
        cache: Path,
        date: dt.date,
        registry: Mapping[str, str],
        offline: bool,
        remembered: int = REMEMBERED,
        archive: Path | None = None,
    ) -> None:
        super().__init__()
        self.cache, self.date, self.registry, self.offline = cache, date, registry, offline
        self.remembered, self.archive = remembered, archive


class Link(Keeper):
    """One sandbox, fresh when it is opened; ``folder`` is its own and goes with it.

    PyPI is seen as of 00:00 UTC of ``day``; ``moving`` says that this day may change while the sandbox is open.
    """

    def __init__(self, folder: Path, common: Common) -> None:
        super().__init__()
        self.folder, self.common, self.day, self.moving = folder, common, common.date, False
        self._refusals: dict[tuple[str, str, str], None] = {}

    @property
    def now(self) -> dt.datetime:
        """The moment that an upload is written down with: this one, on the sandbox's day where days pass."""
        now = dt.datetime.now(dt.UTC)
        return dt.datetime.combine(self.day, now.timetz()) if self.moving else now

    def move(self, day: dt.date) -> None:
        """Show PyPI as of ``day`` from now on; raises ValueError for a day after the world's date."""
        if day > self.common.date:
            raise ValueError(f"{day} is after the world's date, {self.common.date}")
        self.day, self.moving = day, True

    def refuse(self, host: str, what: str, why: str) -> None:
        """Remember that ``host`` refused ``what``; a client that tries again isn't news."""
        self._refusals[host, what, why] = None

    def drain(self) -> list[tuple[str, str, str]]:
        """The refusals since the last call."""
        found, self._refusals = list(self._refusals), {}
        return found
