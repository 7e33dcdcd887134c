"""What became of a block."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["ran", "written", "compared", "validated", "not run", "failed", "blocked"]
GREEN: tuple[Kind, ...] = ("ran", "written", "compared", "validated")


@dataclass
class Outcome:
    """The outcome of one block in one scenario on one Python; exactly one each.

    ``line`` is the fence's first line in the page's source, 1-based.
    ``reason`` says why for ``not run``, ``failed`` and ``blocked``, and is empty otherwise.
    ``seconds`` is wall time; ``digest`` is that of the block, the proof's claim on the shown text.
    ``tools`` is the part of ``seconds`` in which the page's ``commands`` (their number) ran; the rest is the harness.
    ``task`` and ``answer`` are the block's data-task and data-answer, for the comparison of tools.
    ``shown`` is what the block should show (for updates), None where nothing would change.
    """

    page: str
    line: int
    language: str
    scenario: str
    python: str
    outcome: Kind
    reason: str = ""
    seconds: float = 0.0
    digest: str = ""
    notes: list[str] = field(default_factory=list)
    tools: float = 0.0
    commands: int = 0
    shown: str | None = None
    task: str = ""
    answer: str = ""

    @property
    def green(self) -> bool:
        return self.outcome in GREEN

    def as_dict(self) -> dict[str, Any]:
        data = asdict(self)
        data["seconds"], data["tools"] = round(self.seconds, 4), round(self.tools, 4)
        del data["shown"]
        return data
