"""Debian's package archive, for builds that call ``apt-get``: one state of it, kept beside the base images."""

from __future__ import annotations

from harness.machine.engine import archive, prepare
from harness.machine.engine.archive import Archive
from harness.machine.needs.need import Need


class DebianArchive(Need):
    own_network = True

    @property
    def words(self) -> str:  # type: ignore[override]
        return f"Debian's package archive ({prepare.missing() or 'apt, and `make engine` with it'})"

    def _kept(self) -> Archive | None:
        found = prepare.find()
        return None if isinstance(found, str) else archive.read(found[1].archive)

    def available(self) -> bool:
        return self._kept() is not None

    def facts(self) -> dict[str, str]:
        kept = self._kept()
        return {"Debian's archive": kept.words} if kept else {}
