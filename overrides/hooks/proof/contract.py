"""What the harness and the site must agree on, once for both: names, notation and digests. Standard library only.

The harness imports it as ``proof.contract`` (tests/harness/__init__.py puts this package within its reach); nothing
here or in the site imports the harness.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

FORMAT = 2  # of the record; a site reads its own format alone
CHECKS = "checks.txt"  # the lock of what builds the site and checks the project, and makes no outcome

RAN = ("written", "ran", "compared")  # it happened in the sandbox, as the page shows
GREEN = (*RAN, "validated")
OUTCOMES = (*GREEN, "not run", "failed", "blocked")

# Front-matter keys that steer a run, so that a change of one ends the page's proof; a word for whoever writes a page.
KEYS = {
    "recipe": "a folder below recipes/ that the page starts from, or one for each tab, such as {uv: a, PDM: b}",
    "python": 'the Pythons that the page runs on, a list such as ["3.12", "3.13"]',
    "tools": "the tools whose versions the page shows, a list such as [uv, pip]",
    "requires": 'the oldest versions that the page works with, such as {pip: "26.2", uv: "0.12"}',
    "needs": "what the page needs of its machine, a list",
    "day": "the day on which the page begins, such as 2026-10-01: PyPI as it was at its start, 00:00 UTC",
    "timeout": "seconds that one command may take",
    "blocks": "none, for a page of prose alone",
}

# data-measure -> what the comparison of speeds calls it: wall seconds, those in which a tool is to report a conflict
# among them, and what a block's commands print as numbers.
PHASES = {
    "environment": "Make the environment",
    "lock-cold": "Lock, empty caches",
    "lock-warm": "Lock, filled caches",
    "install-cold": "Install, empty caches",
    "install-warm": "Install, filled caches",
    "unchanged": "Nothing to do",
    "add": "Add one package",
}
CONFLICTS = {
    "conflict-cold": "Report the conflict, empty caches",
    "conflict-warm": "Report the conflict, filled caches",
}
SECONDS = {**PHASES, **CONFLICTS}
SIZES = {
    "lock-file": "bytes of the lock, files that it holds hashes of, mentions of a package for Windows alone",
    "bytecode": "compiled files of one package after its installation",
}
# data-measure -> what the comparison of images calls the seconds of each `docker build --tag NAME` in a block; a block
# with the first or the last of IMAGES ends in the size of the image that it builds.
BUILDS = {
    "image": "First build",
    "image-code": "After new code",
    "image-dependency": "After a new dependency",
}
IMAGES = (*BUILDS, "image-size")

# The locks of projects. A recipe's folder has none; its download has those that the run of its page made.
LOCKS = ("Pipfile.lock", "pdm.lock", "poetry.lock", "pylock.toml", "uv.lock")

# What a run leaves in a recipe's folder, and a copy of it doesn't take along.
LEFTOVERS = {
    *LOCKS,
    ".git",
    ".mypy_cache",
    ".pdm-python",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "build",
    "dist",
    "node_modules",
    "venv",
}


# the last line below a command that ended with another status than 0
STATUS = re.compile(r"\[(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\]$")


def current(data: object) -> bool:
    """Whether ``data``, read from a file, is a record, or a page's committed one, of the format that is read here."""
    return isinstance(data, Mapping) and data.get("format") == FORMAT


def outdated(data: object) -> bool:
    """Whether an older harness wrote it: it proves nothing, and the next run replaces it."""
    return isinstance(data, Mapping) and data.get("format") in range(1, FORMAT)


def digest(language: str, title: str, tabs: Sequence[str], attributes: Mapping[str, str], text: str) -> str:
    """SHA-256 of a block: what a proof is a proof of. ``language`` is the fence's, ``text`` what readers see."""
    parts = [language, title, *tabs, *(f"{name}={value}" for name, value in sorted(attributes.items())), text]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def begins(line: str) -> bool:
    """Whether a line of a console block begins a command."""
    return line[:2].rstrip() == "$"


def goes_on(line: str) -> bool:
    """Whether a line below a command's is a part of it."""
    return line[:2].rstrip() == ">"


def commands(transcript: str) -> list[str]:
    """The commands of a console block's text, without prompts; one of several lines has its newlines."""
    return [command for command, _ in ended(transcript)]


def ended(transcript: str) -> list[tuple[str, int]]:
    """The commands of a console block's text, each with the status that its last line shows; 0 where it shows none."""
    found: list[tuple[str, int]] = []
    typing = False
    for line in transcript.splitlines():
        if begins(line):
            found.append((line[2:], 0))
            typing = True
        elif typing and goes_on(line):
            found[-1] = f"{found[-1][0]}\n{line[2:]}", 0
        elif found:
            typing = False
            status = STATUS.match(line)
            found[-1] = found[-1][0], int(status[1]) if status else 0
    return found


def prompted(command: str) -> list[tuple[str, str]]:
    """The lines of a command as a console block has them, each behind its prompt."""
    return [("> " if number else "$ ", line) for number, line in enumerate(command.split("\n"))]


def left_behind(name: str) -> bool:
    """Whether a run left the file or folder of this name in a recipe."""
    return name in LEFTOVERS or name.endswith(".egg-info")


def recipes(front: Mapping[str, Any]) -> list[str]:
    """The names of the recipes that a page's front matter names: one, one for each tab, or none."""
    named = front.get("recipe")
    each = named.values() if isinstance(named, dict) else [named] if named else []
    return list(dict.fromkeys(each))


def recipe_files(folder: Path) -> list[Path]:
    """The own files of a recipe in the order of their paths, without what a run left behind."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(left_behind(part) for part in parts):
            found.append(path)
    return found


def lock_files(root: Path) -> list[Path]:
    """The locks of the project at ``root`` that could change an outcome: the tools' and the harness', not CHECKS."""
    return sorted(path for path in (root / "tests" / "locks").glob("*.txt") if path.name != CHECKS)


def digests(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Path below ``root`` (with slashes) -> what a copy of the file would be.

    That is the SHA-256 of its contents; ``x`` behind it says executable, ``-> target`` that it is a link.
    """
    return {path.relative_to(root).as_posix(): _copied(path) for path in paths}


def _copied(path: Path) -> str:
    content = path.read_bytes()
    mode = " x" if executable(path, content) else ""
    link = f" -> {os.readlink(path)}" if path.is_symlink() else ""
    return hashlib.sha256(content).hexdigest() + mode + link


def executable(path: Path, content: bytes) -> bool:
    """Whether its owner may run the file; on Windows, which doesn't say, whether it begins as a script."""
    return content.startswith(b"#!") if os.name == "nt" else bool(path.stat().st_mode & stat.S_IXUSR)


def committed_files(root: Path) -> list[Path]:
    """The committed record of the project at ``root``, a file a page (``tests/record/docs/pip/install.md.json``)."""
    return sorted((root / "tests" / "record").glob("**/*.md.json"))
