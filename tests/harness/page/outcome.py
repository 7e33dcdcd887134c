"""What became of a block, and what its commands really did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from proof import contract

from harness.page.block import Block

Kind = Literal["ran", "written", "compared", "validated", "not run", "failed", "blocked"]


@dataclass
class Ran:
    """One command of a page as it happened.

    ``text`` is what ran, as a reader would type it; ``status`` its exit status (negative where the shell was gone);
    ``output`` everything it printed, whole and as the shell gave it; ``seconds`` its wall time.
    """

    text: str
    status: int
    output: str
    seconds: float


@dataclass
class Outcome:
    """The outcome of ``block`` in one scenario on one Python; exactly one each.

    ``reason`` says why for ``not run``, ``failed`` and ``blocked``, and is empty otherwise.
    ``seconds`` is wall time, ``tools`` the part of it in which the page's ``commands`` ran; the rest is the harness.
    ``commands`` holds them in their order; those of the harness itself aren't among them.
    ``locks`` are the locks of the page's recipe that the block made: name -> text.
    ``notes`` are ``page:line: …`` and name what the block no longer needs.
    ``shown`` is what the block should show (for updates), None where nothing would change;
    ``stale`` tells that it is red for nothing else.
    """

    block: Block
    scenario: str
    python: str
    outcome: Kind
    reason: str = ""
    seconds: float = 0.0
    tools: float = 0.0
    notes: list[str] = field(default_factory=list)
    shown: str | None = None
    stale: bool = False
    commands: list[Ran] = field(default_factory=list)
    locks: dict[str, str] = field(default_factory=dict)

    @property
    def green(self) -> bool:
        return self.outcome in contract.GREEN

    @property
    def executed(self) -> bool:
        """Whether the block was reached: it is neither ``not run`` nor ``blocked``."""
        return self.outcome not in ("not run", "blocked")

    def fail(self, reason: str) -> None:
        """Turn the block red for what only the end of its scenario showed."""
        self.outcome, self.reason, self.stale = "failed", reason, False

    def as_dict(self) -> dict[str, Any]:
        """The outcome as the record has it; ``commands`` is their number there."""
        return {
            "page": self.block.page,
            "line": self.block.line,
            "language": self.block.language,
            "scenario": self.scenario,
            "python": self.python,
            "outcome": self.outcome,
            "reason": self.reason,
            "seconds": round(self.seconds, 4),
            "digest": self.block.digest,
            "notes": self.notes,
            "tools": round(self.tools, 4),
            "commands": len(self.commands),
        }
