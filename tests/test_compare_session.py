"""What a terminal shows: the cursor between lines, and questions that a tool replaces by their answers."""

from __future__ import annotations

import random

import pytest
from harness.compare.session import TYPED, session
from harness.compare.terminal import screen

UV = (
    f"Creating\r\n? Replace? [y/n] › yes\r\n\r\nhint: Use --clear{TYPED}"
    "\x1b[?25l\x1b[2A\r\x1b[2K\x1b[1B\r\x1b[2K\x1b[1B\x1b[2A\r\x1b[0J✔ Replace? · no\r\n\x1b[?25herror: no\r\n"
)


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        ("", []),
        ("one\ntwo\n", ["one", "two"]),
        ("one\ntwo\x1b[1A\rONE\n", ["ONE", "two"]),
        ("one\ntwo\n\x1b[2A\x1b[Jthree\n", ["three"]),
        ("one\x1b[1B\x1b[2Dtwo\n", ["one", " two"]),
        ("\x1b[31mred\x1b[0m\n", ["red"]),
        (f"Name? {TYPED}Ada\r\nHello\r\n", ["Name? Ada", "Hello"]),
        (f"Password: {TYPED}\r\nHello\r\n", ["Password:", "Hello"]),
        (f"a? {TYPED}1\r\nb? {TYPED}2\r\n", ["a? 1", "b? 2"]),
        (UV, ["Creating", "? Replace? [y/n] › yes", "", "hint: Use --clear", "✔ Replace? · no", "error: no"]),
        (f"> one\r\n  two{TYPED}\x1b[1A\r  one\r\n> two{TYPED}\x1b[1A\r\x1b[Jtwo\r\n",
         ["> one", "  two", "  one", "> two", "two"]),
    ],
)  # fmt: skip
def test_a_question_stays_as_it_was_when_it_was_answered(output: str, lines: list[str]) -> None:
    assert session(output) == lines


def test_an_output_that_stays_in_its_lines_is_as_the_screen_has_it() -> None:
    chance = random.Random(1)
    parts = ["a", "bc", " ", "\n", "\r\n", "\r", "\b", "\t", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[3C", "\x1b[2D", "\x1b[4G", "\x07", "\x1b[1m"]  # fmt: skip  # noqa: E501
    for _ in range(5000):
        output = "".join(chance.choices(parts, k=chance.randrange(25)))
        assert session(output) == screen(output), repr(output)
