"""Debian's package archive for builds that call ``apt-get``: one state of it, kept beside the base images.

The state is the signed list of a suite's indexes (``InRelease``), which names each by its digest, and they name each
package. So a build gets the same packages until the images are made again. Whatever is behind the list comes from where
the machine's own apt has Debian from, and is kept by the world (harness.world.hosts.debian).
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from harness import once
from harness.machine import debian
from harness.problem import Problem

HELPER = Path("/usr/lib/apt/apt-helper")  # apt(8)'s own downloads: its mirrors, proxies, logins and certificates
SECONDS = 300  # for one file
ABSENT = "404"


@dataclass(frozen=True)
class Archive:
    """``address`` is what base images call the archive, ``source`` where this machine gets it, ``suite`` the kept one.

    ``state`` is the suite's InRelease.
    """

    address: str
    source: str
    suite: str
    state: bytes

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def words(self) -> str:
        """The state for the record: ``13.8 of 2026-11-21``."""
        fields = dict(re.findall(r"^(Version|Date): (.+)$", self.state.decode(errors="replace"), re.MULTILINE))
        return f"{fields['Version']} of {parsedate_to_datetime(fields['Date']).date()}"

    def behind(self, path: str) -> str:
        """Where this machine gets what is at ``path`` of :attr:`host`; its second tree, for security, is beside it."""
        if self.source.endswith(self.path):
            return self.source.removesuffix(self.path) + path
        if path.startswith(f"{self.path}/"):
            return self.source + path.removeprefix(self.path)
        return self.address.removesuffix(self.path) + path

    def write(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "InRelease").write_bytes(self.state)
        about = {"address": self.address, "source": self.source, "suite": self.suite}
        (folder / "archive.json").write_text(json.dumps(about), encoding="utf-8")


def read(folder: Path) -> Archive | None:
    """What is kept in ``folder``, None where there is none."""
    try:
        about = json.loads((folder / "archive.json").read_text(encoding="utf-8"))
        return Archive(**about, state=(folder / "InRelease").read_bytes())
    except OSError:
        return None


def make(sources: str, folder: Path) -> Archive | None:
    """The archive that ``sources`` (sources.list(5), deb822) name first, as it is today; None without apt here.

    ``folder`` is for the download. Raises Problem where the archive can't be reached.
    """
    if not HELPER.exists():
        return None
    address, suite = (
        found[1] if (found := re.search(rf"^{name}: *(\S+)", sources, re.MULTILINE)) else ""
        for name in ("URIs", "Suites")
    )
    address = address.rstrip("/")
    try:
        source = debian.address().rstrip("/")
    except Problem:  # another system's apt can still ask Debian itself
        source = address
    target = folder / "InRelease"
    if failure := fetch(f"{source}/dists/{suite}/InRelease", target):
        raise Problem("make engine", f"Debian's archive can't be reached: {failure}", f"its suite {suite}")
    return Archive(address, source, suite, target.read_bytes())


def fetch(url: str, target: Path, sha256: str = "") -> str:
    """Have apt download ``url``; empty, or why not: ABSENT where it isn't there, else in apt's words."""
    command = [str(HELPER), "-oAPT::Sandbox::User=", "-oAcquire::Retries=3", "download-file", url, str(target)]
    try:
        done = once.quiet([*command, *([f"SHA256:{sha256}"] if sha256 else [])], seconds=SECONDS)
    except subprocess.TimeoutExpired:
        return f"no end after {SECONDS} s"
    said = done.stdout + done.stderr
    if done.returncode == 0 and target.exists():
        return ""
    for left in target.parent.glob(f"{target.name}*"):
        left.unlink()
    failures = [line for line in said.splitlines() if line.startswith("E:")]
    return ABSENT if re.search(r"\b404\b", said) else " ".join(failures) or f"apt-helper: status {done.returncode}"
