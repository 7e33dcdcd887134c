"""An output as a terminal shows it: what its control codes do to a line, and no code that a page could keep."""

from __future__ import annotations

import re

TAB = 8  # columns; Markdown expands tabs in pages, so a page couldn't show one
# ECMA-48: control sequences (colours, erasing, movement), strings such as titles and links, short escapes
CODE = re.compile(
    r"\x1b\[(?P<numbers>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"
    r"|\x1b[ -/]*[0-Z\\-~]"
)
SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def screen(output: str) -> list[str]:
    r"""The lines of ``output`` as a terminal shows them, without trailing white space and blank lines at the end.

    Colours and titles are left out; ``\r``, ``\b``, erasing and moving within a line do what they do at a terminal.
    Moving to another line isn't followed: each line stays where it was printed. Other control codes are named: ``^G``.
    """
    lines = [_line(line) for line in output.replace("\r\n", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _line(text: str) -> str:
    if not SPECIAL.search(text):
        return text.rstrip().expandtabs(TAB)
    cells: list[str] = []
    at = position = 0
    while position < len(text):
        letter = text[position]
        if letter == "\x1b" and (code := CODE.match(text, position)):
            at = _obey(cells, at, code["final"] or "", code["numbers"] or "")
            position = code.end()
            continue
        position += 1
        if letter == "\r":
            at = 0
        elif letter == "\b":
            at = max(at - 1, 0)
        elif letter == "\t":
            at = (at // TAB + 1) * TAB
        else:
            for sign in visible(letter):
                cells += " " * (at + 1 - len(cells))
                cells[at] = sign
                at += 1
    return "".join(cells).rstrip()


def visible(letter: str) -> str:
    """``letter``, or a name for a control code that does nothing here, as ``cat -v`` has it."""
    if letter < " " or letter == "\x7f":
        return f"^{chr(ord(letter) ^ 64)}"
    return f"\\x{ord(letter):x}" if "\x80" <= letter <= "\x9f" else letter


def _obey(cells: list[str], at: int, final: str, numbers: str) -> int:
    """The column after a control sequence that erases in the line or moves along it."""
    number = int(numbers) if numbers.isdigit() else 0
    if final == "K":
        start, end = {1: (0, at + 1), 2: (0, len(cells))}.get(number, (at, len(cells)))
        cells[start:end] = " " * len(cells[start:end])
    if final == "G":
        return max(number, 1) - 1
    return max(at + {"C": 1, "D": -1}.get(final, 0) * max(number, 1), 0)
