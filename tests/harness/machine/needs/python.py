"""A Python that the page calls beside the one that it runs on, which its front matter's ``python`` names."""

from __future__ import annotations

from dataclasses import dataclass

from harness.machine.needs.need import Need
from harness.machine.pythons import find_interpreters


@dataclass(frozen=True)
class Python(Need):
    """CPython of one minor version, such as "3.12"."""

    minor: str

    @property
    def words(self) -> str:  # type: ignore[override]
        return f"Python {self.minor}"

    def available(self) -> bool:
        return self.minor in find_interpreters()
