"""A bash block: a script in the page's shell, under ``set -euo pipefail``; what it prints isn't shown."""

from __future__ import annotations

from harness.compare.terminal import screen
from harness.kinds.console import EXIT, MASKS
from harness.kinds.kind import POSIX, Finding, Kind, Mutation
from harness.kinds.steps import Steps
from harness.kinds.wording import ending, spoken, tail
from harness.page.block import Block
from harness.page.prompts import readable
from harness.problem import Problem


def matches(block: Block) -> bool:
    return block.language in SCRIPT.languages


def check(block: Block) -> None:
    readable(block.where, "the script", block.text)


def take(block: Block, steps: Steps) -> Finding:
    text, expected = block.text, block.exit or 0
    # errexit would take the page's shell with it, so a script that must fail runs beside it
    form, mode = (f"( set -euo pipefail\n{text}\n)", "c") if expected else (text, "s")
    result = steps.run(block, text, form, mode)
    if result.ended in ("timeout", "output"):
        raise ending(block.where, text, result, steps.limit(block))
    if result.status != expected or result.ended and expected:
        raise Problem(
            block.where,
            f"the script ended with status {result.status}",
            f"{expected} (scripts run under set -euo pipefail)",
            evidence=tail(screen(spoken(result.output))),
        )
    return Finding("ran", fatal=bool(result.ended))


def broken(block: Block) -> Mutation:
    return Mutation("a command that fails at its end", block.text + "false\n", alone=True)


SCRIPT = Kind(
    name="script",
    languages=frozenset({"bash", "sh"}),
    systems=POSIX,
    attributes=(EXIT, MASKS),
    matches=matches,
    check=check,
    take=take,
    broken=broken,
)
