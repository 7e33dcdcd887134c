"""What readers and contributors read of a command: its output as a terminal shows it, and why it failed."""

from __future__ import annotations

import re

from harness.compare.terminal import screen
from harness.sandbox.shell import Result

SHELL_LINE = re.compile(r"^(bash|sh): (?:eval: )?line \d+: ", re.M)


def spoken(output: str) -> str:
    """An output as a terminal shows it: an interactive bash doesn't name the line of its script."""
    return SHELL_LINE.sub(r"\1: ", output)


def quoted(path: str) -> str:
    return "'" + path.replace("'", "'\\''") + "'"


def first(command: str) -> str:
    line, *more = command.split("\n")
    return line + (" …" if more else "")


def tail(lines: list[str], count: int = 25) -> str:
    cut = [f"  … ({len(lines) - count} lines before)"] if len(lines) > count else []
    return "\n".join([*cut, *(f"  {line}" for line in lines[-count:])])


def ending(command: str, result: Result, timeout: float) -> str:
    """Why the page's shell is gone."""
    printed = tail(screen(result.output), 10)
    if result.ended == "timeout":
        return (
            f"'{first(command)}' did not end within {timeout:g} s and was stopped; expected an end, or data-timeout on "
            f"the block\n  → a command that waits for input gets none here: pass it as an option\n{printed}"
        )
    if result.ended == "output":
        return f"'{first(command)}' printed more than 10 MB and was stopped; expected less\n{printed[:2000]}"
    return (
        f"'{first(command)}' ended the page's shell (status {result.status}); expected the shell to go on\n"
        f"  → put an exit into a subshell, ( … )\n{printed}"
    )
