r"""The notation of a console block: what is a command, what is its output, which status it ends with.

    $ uv add httpx
    ...
    Installed 7 packages in 5ms
    $ cat <<END
    > text
    > END
    text
    $ false
    [1]

``$ `` begins a command, ``> `` goes on with it, as bash's prompts do (PS1, PS2); ``...`` stands for lines left out,
``[...]`` for a part of a line, ``[N]`` below an output for the exit status N. An output line that has the look of one
of these is shown with ``[...]`` in place of its mark; below one that ends like a status stands the real one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from proof.contract import STATUS, begins, goes_on

from harness.page.block import Block
from harness.problem import Problem

ELISION = "..."
PART = "[...]"
# What other documents, shells and users have in place of "$ ": an environment's name, user@host and folder, a drive
PROMPT = re.compile(
    r"""(?: \([\w.@+-]+\)\ ? (?:[\w.-]+@[\w.-]+[:\ ][^$%\#]*)? [$%\#>]  # (.venv) $
          | [\w.-]+@[\w.-]+[:\ ][^$%\#]* [$%\#]                       # me@laptop:~/app$
          | PS\ ?[^>]*> | [A-Z]:\\[^>]*>                              # PS C:\> and C:\>
          | \$(?=\S) | [%\#>]                                         # %, the root's #, a lone >
        )\ *(?P<command>\S.*)""",
    re.VERBOSE,
)
HOME = re.compile(r"/home/user(?![\w.-])")  # where pages run
TYPOGRAPHIC = re.compile(r"(?<!\S)[–—](?=\w)|[“”„‘’‚]")
QUOTED = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|(?<!\S)\#.*""")


@dataclass
class Command:
    """One command of a console block. ``line`` is its page line; ``status`` the exit status that must come."""

    line: int
    text: str
    expected: list[str] = field(default_factory=list)
    status: int = 0
    stated: bool = False  # the status stands as a [N] line in the block

    @property
    def below(self) -> int:
        """The page line of its first output line."""
        return self.line + self.text.count("\n") + 1


def parse(block: Block) -> list[Command]:
    """The commands of ``block``. Raises Problem, with the line, for what is neither a command nor one's output."""
    commands: list[Command] = []
    continuing = False
    for offset, line in enumerate(block.text.rstrip("\n").split("\n"), 1):
        number = block.line + offset if not block.included else block.line
        where = f"{block.page}:{number}"
        if line.rstrip() == "$":
            raise Problem(where, "a prompt without a command", "'$ command'")
        if begins(line):
            commands.append(Command(number, line[2:]))
            continuing = True
        elif continuing and goes_on(line):
            commands[-1].text += "\n" + line[2:]
        elif not commands:
            raise _no_command(where, line)
        elif not line.replace(PART, "").strip() and line.strip():
            raise Problem(where, f"{line.strip()!r} shows nothing of its line", f"{ELISION!r} for lines left out")
        else:
            continuing = False
            commands[-1].expected.append(line)
    for command in commands:
        readable(f"{block.page}:{command.line}", "the command", command.text)
        if (len(command.text) - len(command.text.rstrip("\\"))) % 2:
            line = command.expected[0].strip() if command.expected else "…"
            raise Problem(
                f"{block.page}:{command.below if not block.included else command.line}",
                "the line above ends with a backslash, and nothing goes on with it",
                f"'> {line}' here, or no backslash",
            )
        if command.expected and (match := STATUS.match(command.expected[-1])):
            command.status, command.stated = int(match.group(1)), True
            command.expected.pop()
    if block.exit is not None and commands:
        last = commands[-1]
        if last.stated and last.status != block.exit:
            raise Problem(block.where, f"data-exit={block.exit} and [{last.status}] for one command", "one status")
        last.status = block.exit
    return commands


def _no_command(where: str, line: str) -> Problem:
    found = f"a console block that starts with {line!r}"
    if match := PROMPT.match(line):
        return Problem(where, found, "'$ command' in its first line", f"write '$ {match['command']}'")
    return Problem(
        where,
        found,
        "'$ command' in its first line",
        "output without its command can't be checked; a listing of a file takes data-listing",
    )


def readable(where: str, what: str, text: str) -> None:
    """Raise Problem for a character in ``what``, for bash, that a reader can't tell from another one."""
    if found := invisible(text):
        at, name = found
        around = text[max(0, at - 15) : at + 15].split("\n")[0]
        raise Problem(where, f"{what} has an invisible {name} in {around!r}", "a plain space, or nothing there")
    if HOME.search(text):
        raise Problem(where, f"{what} names /home/user, which a reader hasn't got", "~, $HOME or $PWD")
    if "<<" in text:
        text = text.split("\n")[0]  # a here-document may hold any text
    if match := TYPOGRAPHIC.search(QUOTED.sub("", text)):
        name = unicodedata.name(match.group())
        plain = "-- or -" if "DASH" in name else "' or \""
        raise Problem(where, f"{what} has {match.group()!r} ({name.lower()}) outside quotes", plain)


def invisible(text: str) -> tuple[int, str] | None:
    """Where ``text`` has a character without a shape, and its name; None where it has none.

    Meant are Unicode's format characters, spaces other than the plain one, and control codes other than tab and line
    feed. Joiners between letters that aren't Latin, and in emoji, are part of a word's spelling.
    """
    for at, character in enumerate(text):
        if character in " \t\n" or unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            continue
        if character in "\u200c\u200d" and at and ord(text[at - 1]) > 0x2FF:
            continue
        return at, unicodedata.name(character, f"U+{ord(character):04X}").lower()
    return None


def as_output(line: str, first: bool) -> str:
    """A printed ``line`` in a form that :func:`parse` reads as output; ``first``: it stands right below a command."""
    if begins(line) or (first and goes_on(line)):
        return PART + line[1:] if line[1:].strip() else ELISION
    return line
