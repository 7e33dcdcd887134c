"""What a program printed, set below its prints: pytest-examples' way to show output, for a program that ran elsewhere.

pytest-examples formats and compares. Three things that its 0.0.18 doesn't do are done here: several prints in one loop
(it loses some), prints that its search doesn't find (in ``match``, ``finally``, an imported function), and shown output
that no print reached (it never checks that).
"""

from __future__ import annotations

import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_examples import CodeExample
from pytest_examples.config import ExamplesConfig
from pytest_examples.run_code import InsertPrintStatements, PrintStatement

OUTPUT = re.compile(r"\s*#>( |$)")


@dataclass(frozen=True)
class Simple:
    """A statement that holds no others: its ``first`` and ``last`` line; whether it is shown output, or a call."""

    first: int
    last: int
    output: bool
    call: bool


class Prints(InsertPrintStatements):
    """pytest-examples' print check for a program that ran elsewhere, and whose statements tell the prints' places."""

    def __init__(self, simple: Sequence[Simple], statements: list[PrintStatement]) -> None:
        super().__init__(Path(), ExamplesConfig(), True, None, None)
        self.simple = simple
        # last line of the statement that printed -> its output; 0: a line with no end to put it, as of a "with"
        self.places: dict[int, list[PrintStatement]] = defaultdict(list)
        for one in statements:
            around = [node.last for node in simple if node.first <= one.line_no <= node.last]
            self.places[max(around, default=0)].append(one)
        self.nowhere = [one.line_no for one in self.places.pop(0, [])]

    def _insert_print_statements(self, example: CodeExample) -> str:
        lines = example.source.split("\n")
        shown = {node.first: node.last for node in self.simple if node.output}
        for line, statements in sorted(self.places.items(), key=lambda place: -place[0]):
            del lines[line : shown.get(line + 1, line)]
            while line < len(lines) and OUTPUT.match(lines[line]):
                del lines[line]
            head = lines[min(node.first for node in self.simple if node.last == line) - 1]
            for statement in reversed(statements):
                self._insert_print_args(lines, statement, False, line - 1, len(head) - len(head.lstrip()))
                lines[line] = re.sub(r"[ \t]+$", "", lines[line], flags=re.MULTILINE)
        return "\n".join(lines)

    def unreached(self, text: str) -> Iterator[int]:
        """The lines of ``text`` that show output and follow no print that ran."""
        lines = text.split("\n")
        below: set[int] = set()
        for place in self.places:
            number = place + 1
            while number <= len(lines) and OUTPUT.match(lines[number - 1]):
                below.add(number)
                number += 1
        yield from (number for number in _comments(text) if number not in below)
        called = {node.last for node in self.simple if node.call}
        for node in self.simple:
            if node.output and node.first - 1 in called - self.places.keys():
                yield node.first


def _comments(text: str) -> Iterator[int]:
    """The lines of ``text`` with a comment that shows output.

    The harness' Python reads them; what it doesn't know of a newer one's syntax, it takes line by line.
    """
    at = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            at = token.start[0]
            if token.type == tokenize.COMMENT and OUTPUT.match(token.string):
                yield at
    except (tokenize.TokenError, SyntaxError):
        for number, line in enumerate(text.split("\n")[at:], at + 1):
            if OUTPUT.match(line):
                yield number
