"""What a reader sees of a command at a terminal that asks: the questions as they stood, and what is there at the end.

A terminal is followed line by line, as in a window that is wide enough for every line. Where a tool replaces its
question by the answer, as many do, the question stays above it, as it was when the answer was typed.
"""

from __future__ import annotations

from harness.compare.terminal import CODE, TAB, screen, visible

TYPED = "\x1b_typed\x1b\\"
"""Marks in an output where an answer was typed: an application program command (ECMA-48), which terminals ignore."""


def session(output: str) -> list[str]:
    """The lines of ``output``, which has TYPED wherever an answer was typed."""
    paper = _Paper()
    asked: list[list[str]] = []
    for number, part in enumerate(output.replace("\r\n", "\n").split(TYPED)):
        if number:
            asked.append(paper.lines())
        paper.write(part)
    lines = paper.lines()
    for question in reversed(asked):
        lost = [n for n, line in enumerate(question) if line and not (lines[n : n + 1] or [""])[0].startswith(line)]
        if lost:
            lines[lost[0] : lost[0]] = question[lost[0] :]
    return screen("\n".join(lines))


class _Paper:
    """The lines of a terminal without an end, and its cursor."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = [[]]
        self.row = self.column = 0

    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self.rows]

    def write(self, text: str) -> None:
        position = 0
        while position < len(text):
            letter = text[position]
            if letter == "\x1b" and (code := CODE.match(text, position)):
                self._obey(code["final"] or "", code["numbers"] or "")
                position = code.end()
                continue
            position += 1
            if letter == "\n":
                self._go(self.row + 1, 0)
            elif letter in "\r\b\t":
                tab = (self.column // TAB + 1) * TAB
                self._go(self.row, {"\r": 0, "\b": self.column - 1, "\t": tab}[letter])
            else:
                for sign in visible(letter):
                    line = self.rows[self.row]
                    line += " " * (self.column + 1 - len(line))
                    line[self.column] = sign
                    self.column += 1

    def _go(self, row: int, column: int) -> None:
        self.row, self.column = max(row, 0), max(column, 0)
        self.rows += [[] for _ in range(self.row + 1 - len(self.rows))]

    def _obey(self, final: str, numbers: str) -> None:
        """Move the cursor, or erase in a line or below it; other sequences change no text."""
        number = int(numbers) if numbers.isdigit() else 0
        step = max(number, 1)
        line = self.rows[self.row]
        if final in "ABCD" and final:
            down, right = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}[final]
            self._go(self.row + down * step, self.column + right * step)
        elif final == "G":
            self._go(self.row, step - 1)
        elif final in ("K", "J"):
            start, end = {1: (0, self.column + 1), 2: (0, len(line))}.get(number, (self.column, len(line)))
            line[start:end] = " " * len(line[start:end])
            if final == "J" and number == 0:
                del self.rows[self.row + 1 :]
