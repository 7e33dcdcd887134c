"""A mistake that somebody can fix: where it is, what was found, what was expected, what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # C0 and C1 but for tab and newline
COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\[)", re.M)  # what a log of GitHub's takes for a command to itself


@dataclass
class Problem(Exception):
    """Raised for bad input; ``str()`` is the message that a contributor reads.

    ``where`` is ``page:line`` or a path below the project; ``found``, ``expected`` and ``todo`` are sentences without
    a full stop; ``evidence`` is shown below the message, such as what a command printed.
    """

    where: str
    found: str
    expected: str
    todo: str = ""
    evidence: str = ""

    def __str__(self) -> str:
        message = f"{self.where}: {self.found}; expected {self.expected}"
        evidence = f"\n{self.evidence}" if self.evidence else ""
        return message + evidence + (f"\n  → {self.todo}" if self.todo else "")


def printable(text: str) -> str:
    r"""``text`` as a terminal or a log may show it: what would command them is named instead (``\x1b``)."""
    text = CONTROL.sub(lambda code: f"\\x{ord(code[0]):02x}", text)
    return COMMAND.sub(lambda found: f"{found[1] or ''}\\x{ord(found[0].strip()):02x}", text)
