"""One sandbox's share of the world: what it uploaded, and what it was refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from harness.world.index.shelf import Shelf
from harness.world.pypi.recording import Recording


@dataclass
class Link:
    """The state of one sandbox, fresh when it is opened; ``folder`` is its own.

    PyPI is seen as of 00:00 UTC of ``day``; ``moving`` says that this day may change while the sandbox is open.
    """

    folder: Path
    recording: Recording
    day: dt.date
    moving: bool = False
    refusals: list[tuple[str, str, str]] = field(default_factory=list)
    shelves: dict[str, Shelf] = field(default_factory=dict)

    def shelf(self, index: str, patient: bool = False) -> Shelf:
        """What this sandbox uploaded to the index of that host name."""
        return self.shelves.setdefault(index, Shelf(self.folder / index, patient))

    def move(self, day: dt.date) -> None:
        """Show PyPI as of ``day`` from now on; raises ValueError for a day after the world's date."""
        if day > self.recording.date:
            raise ValueError(f"{day} is after the world's date, {self.recording.date}")
        self.day, self.moving = day, True

    def refuse(self, host: str, what: str, why: str) -> None:
        """Remember that ``host`` refused ``what``; a client that tries again isn't news."""
        if (host, what, why) not in self.refusals:
            self.refusals.append((host, what, why))

    def drain(self) -> list[tuple[str, str, str]]:
        """The refusals since the last call."""
        found, self.refusals = self.refusals, []
        return found
