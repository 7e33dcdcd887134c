"""A PowerShell or cmd block: it runs on Windows, and what it prints isn't compared."""

from __future__ import annotations

from harness.compare.terminal import screen
from harness.kinds.kind import WINDOWS as SYSTEM
from harness.kinds.kind import Finding, Kind, Mutation, nothing
from harness.kinds.steps import Steps
from harness.kinds.wording import tail
from harness.page.block import Block
from harness.problem import Problem

CMD = ("bat", "cmd")


def matches(block: Block) -> bool:
    return block.language in WINDOWS.languages


def take(block: Block, steps: Steps) -> Finding:
    """PowerShell in the page's PowerShell; a cmd script as a program of its own, which keeps no state."""
    text = block.text
    if block.language in CMD:
        script = f"{steps.sandbox.scratch}/block.cmd"
        steps.write(block, script, "@echo off\r\n" + text.replace("\n", "\r\n"))
        text = f'cmd /d /c "{script}"'
    result = steps.run(block, block.text, text)
    if result.status or result.ended:
        printed = tail(screen(result.output))
        raise Problem(block.where, f"ended with status {result.status}", "0", evidence=printed)
    return Finding("ran")


def broken(block: Block) -> Mutation:
    return Mutation("a command that fails at its end", block.text + "cmd /c exit 1\n", alone=True)


WINDOWS = Kind(
    name="windows",
    languages=frozenset({"powershell", "pwsh", *CMD}),
    systems=frozenset({SYSTEM}),
    attributes=(),
    matches=matches,
    check=nothing,
    take=take,
    broken=broken,
)
