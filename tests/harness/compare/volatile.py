"""What may differ from run to run, each by a named rule; and the Pythons' releases, which differ between machines.

A rule replaces one token by its name where the words around it say what it is; both sides of a comparison pass through
the same rules. Only what two runs of a page print differently belongs here: in the guide's world a digest, a size, a
time of upload or an address is as constant as a version. A page that shows another thing that varies writes ``[...]``
in its place.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

RULES: dict[str, tuple[re.Pattern[str], str]] = {
    # name: (what it finds, what replaces it)
    "duration": (  # uv, pytest (above a minute with a clock), unittest, virtualenv: wall time behind "in"
        re.compile(
            r"(\b(?:Resolved|Prepared|Installed|Uninstalled|Audited|Checked|Ran|created"
            r"|passed|failed|errors?|skipped|warnings?|ran)\b.* in )"
            r"(?:\d+m )?\d+(?:\.\d+)?(?:ms|µs|ns|s)\b(?: \(\d+:\d\d:\d\d\))?"
        ),
        r"\1<duration>",
    ),
    "elapsed": (  # PDM's closing line: a clock and a sign
        re.compile(r"^(\s*)\d+:\d\d:\d\d(?= [^\w\s])"),
        r"\1<elapsed>",
    ),
}
RELEASES = {
    # the release of each Python that pages show; a machine's own may be an older or newer one
    "3.9": "3.9.18",
    "3.10": "3.10.13",
    "3.11": "3.11.7",
    "3.12": "3.12.1",
    "3.13": "3.13.0",
    "3.14": "3.14.10",
    "3.15": "3.15.2",
}
PYTHON = re.compile(r"\b([Cc]?[Pp]ython:?[ -]*)(3\.\d+\.\d+(?:(?:a|b|rc)\d+)?)(?!\.?\d)")


@functools.lru_cache(4096)
def settled(line: str) -> str:
    """``line`` with every volatile part replaced by its rule's name, trailing white space dropped."""
    for pattern, name in RULES.values():
        line = pattern.sub(name, line)
    return line.rstrip()


def releases(versions: Iterable[str]) -> dict[str, str]:
    """For each Python that a sandbox has ("3.13.7"), the release that pages show in its place ("3.13.0")."""
    return {version: RELEASES.get(".".join(version.split(".")[:2]), version) for version in versions}


def renamed(line: str, shown: Mapping[str, str]) -> str:
    """``line`` with the sandbox's own Pythons named as pages name them; ``shown`` is what ``releases`` gives.

    Any other release stays: a page that names one which no sandbox has is wrong on every machine.
    """
    return PYTHON.sub(lambda found: found[1] + shown.get(found[2], found[2]), line)
