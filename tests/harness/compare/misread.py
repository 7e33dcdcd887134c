"""Lines of a console block that were read as something that their author didn't mean.

Where shown and printed differ, the reason may be a prompt of another shell, an output that has the look of a command
or of a status, or a here-document that nobody closed. An update would then write nonsense, or delete a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.compare.transcript import same
from harness.page.prompts import PART, PROMPT, Command
from harness.problem import Problem

HEREDOC = re.compile(r"bash: (?:line \d+: )?warning: here-document .* delimited by end-of-file \(wanted `(.*)'\)")
ERROR = re.compile(r"(?:bash|sh): (?!-c)")  # of the page's shell itself
UNSURE = ("$", "%", "#", ">")  # a prompt, or a sign at the beginning of any text


def misread(
    page: str,
    command: Command,
    printed: list[str],
    status: int,
    following: Command | None,
    known: Callable[[str], bool],
) -> Problem | None:
    """What in the lines of ``command`` was misread, None where nothing was.

    ``printed`` and ``status`` are what it really did, ``following`` the block's next command. ``known`` says whether
    a word is a command in the page's shell: only then is a line that begins with ``#`` or ``%`` taken for a prompt.
    """
    where = f"{page}:{command.line}"
    head = command.text.split("\n")[0]
    for line in printed:
        if (match := HEREDOC.match(line)) and not any(HEREDOC.match(shown) for shown in command.expected):
            return Problem(
                where,
                f"'{head}' reads text up to a line {match[1]!r}, and the command ends before that",
                "'> ' before each line of that text, and before the line that ends it",
            )
    if status != command.status and command.stated and printed and printed[-1] == f"[{command.status}]":
        return Problem(
            f"{page}:{command.below + len(command.expected)}",
            f"'[{command.status}]' reads as the exit status of '{head}', which printed it and ended with {status}",
            "the status in a line below such an output",
            f"write [{status}] below it",
        )
    if following is not None:
        prompt = "$ " + following.text.split("\n")[0]
        if printed.count(prompt) > sum(same(shown, prompt) for shown in command.expected):
            return Problem(
                f"{page}:{following.line}",
                f"{prompt!r} reads as a command, and '{head}' printed that line",
                "output that doesn't begin like a command",
                f"write '{PART}{prompt[1:]}' to show it as output",
            )
    for line in printed:
        if ERROR.match(line) and status == 0 and not any(same(shown, line) for shown in command.expected):
            return Problem(
                where,
                f"'{head}' made the shell say {line!r} and ended with status 0",
                "no error of the shell that the page doesn't show",
                "correct the command; to show the error, write it below",
            )
    for number, shown in enumerate(command.expected):
        match = PROMPT.match(shown)
        if match is None or any(same(shown, line) for line in printed):
            continue
        typed = match["command"]
        if shown[0] not in UNSURE or known(typed.split()[0]):
            return Problem(
                f"{page}:{command.below + number}",
                f"{shown!r} looks like a prompt, and no command printed it",
                "'$ ' before each command, whatever the shell, its user and its environment",
                f"write '$ {typed}'",
            )
    return None


def early(page: str, command: Command, whole: Callable[[list[str]], int]) -> Problem | None:
    """The first ``> `` line of ``command`` that a terminal wouldn't ask for; None where each goes on with something.

    ``whole`` gives the number of the first of several texts that is a command already, -1 where none is.
    """
    lines = command.text.split("\n")
    if len(lines) == 1:
        return None
    number = whole(["\n".join(lines[:count]) for count in range(1, len(lines))]) + 1
    if not number:
        return None
    return Problem(
        f"{page}:{command.line + number}",
        f"'> {lines[number]}' goes on with a command that is whole without it",
        f"'$ {lines[number]}', if it is a command of its own",
        f"write '{PART} {lines[number]}' to show it as output",
    )
