"""What readers and contributors read of a command: its output as a terminal shows it, and why it failed."""

from __future__ import annotations

import re

from harness.compare.terminal import screen
from harness.problem import Problem
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


def ending(where: str, command: str, result: Result, timeout: float) -> Problem:
    """Why the page's shell is gone, for ``command``, which had ``timeout`` seconds."""
    printed, named = tail(screen(result.output), 10), f"'{first(command)}'"
    if result.ended == "timeout":
        return Problem(
            where,
            f"{named} did not end within {timeout:g} s and was stopped",
            "an end, or data-timeout on the block",
            "a command that waits for input gets none here: pass it as an option",
            printed,
        )
    if result.ended == "output":
        return Problem(where, f"{named} printed more than 10 MB and was stopped", "less", evidence=printed[:2000])
    if result.ended == "forged":
        return Problem(where, f"{named}: {result.output.splitlines()[-1]}", "the status of that command alone")
    return Problem(
        where,
        f"{named} ended the page's shell (status {result.status})",
        "the shell to go on",
        "put an exit into a subshell, ( … )",
        printed,
    )
