"""A mistake that somebody can mend: where it is, what was found, what was expected, what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Problem(Exception):
    """Raised for bad input; ``str()`` is the message that a contributor reads.

    ``where`` is ``page:line`` or a path below the project; ``found``, ``expected`` and ``todo`` are sentences without
    a full stop; ``evidence`` is what stands below the message, such as what a command printed.
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
