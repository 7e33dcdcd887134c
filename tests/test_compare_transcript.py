"""Console blocks: what is a command, what counts as the same output, what an update writes."""

from __future__ import annotations

import random
import re

import pytest
from casefile import Case, read
from harness.compare.align import NEEDLESS
from harness.compare.terminal import screen
from harness.compare.transcript import compare, rewritten, updated
from harness.page.block import Block
from harness.page.prompts import ELISION, parse
from harness.problem import Problem

CASES = read("transcript")
CODES = {"\\\\": "\0", "\\r": "\r", "\\t": "\t", "\\b": "\b", "\\e": "\x1b", "\\a": "\a"}


def shown(case: Case) -> list[str]:
    return case.parts["page"].splitlines()


def printed(case: Case) -> list[str]:
    text = "\n".join(case.lines("printed"))
    for written, code in CODES.items():
        text = text.replace(written, code)
    return screen(text.replace("\0", "\\"))


def console(text: str, **attributes: str) -> Block:
    names = {name.replace("_", "-"): value for name, value in attributes.items()}
    return Block("docs/x.md", 10, 10 + text.count("\n") + 1, 0, "console", text, names)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_shown_and_printed_lines_are_the_same_or_not(case: Case) -> None:
    comparison = compare(shown(case), printed(case))

    assert ("different" if comparison.difference else "same") == case.lines("verdict")[0]
    assert [f"line {number}: {NEEDLESS}" for number in comparison.needless] == case.lines("notes")


@pytest.mark.parametrize("case", [c for c in CASES if "updated" in c.parts], ids=lambda case: case.id)
def test_an_update_shows_what_was_printed(case: Case) -> None:
    assert updated(shown(case), printed(case)) == case.lines("updated")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_an_update_writes_is_green_and_stays(case: Case) -> None:
    once = updated(shown(case), printed(case))

    assert compare(once, printed(case)).difference == ""
    assert updated(once, printed(case)) == once


@pytest.mark.parametrize("case", [c for c in CASES if c.lines("verdict") == ["same"]], ids=lambda case: case.id)
def test_an_update_leaves_what_holds_and_drops_elisions_that_leave_nothing_out(case: Case) -> None:
    drop = compare(shown(case), printed(case)).needless
    assert updated(shown(case), printed(case)) == [
        line for number, line in enumerate(shown(case), 1) if number not in drop
    ]


@pytest.mark.parametrize("seed", range(20))
def test_any_update_is_green_and_never_hides_a_whole_output(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        have = [chance.choice("abcd") for _ in range(chance.randrange(8))]
        page = [chance.choice(["a", "b", "c", "e", ELISION]) for _ in range(chance.randrange(8))]
        if chance.random() < 0.5:  # an output that once was shown in part, and has changed since
            page = [line for line in have if chance.random() < 0.8]
            page.insert(chance.randrange(len(page) + 1), ELISION)

        once = updated(page, have)

        assert compare(once, have).difference == "", (page, have, once)
        assert updated(once, have) == once
        assert once.count(ELISION) <= page.count(ELISION)
        if page != [ELISION] and any(line in have for line in page):
            assert once != [ELISION], (page, have)


def test_commands_are_the_lines_behind_prompts() -> None:
    block = console("$ cat <<END\n> one\n>\n> END\none\n\n$ false\n[1]\n$ true\n")

    assert [(c.line, c.text, c.expected, c.status) for c in parse(block)] == [
        (11, "cat <<END\none\n\nEND", ["one", ""], 0),
        (17, "false", [], 1),
        (19, "true", [], 0),
    ]


def test_the_status_of_the_last_command_can_stand_at_the_block() -> None:
    assert [c.status for c in parse(console("$ true\n$ false\n", data_exit="3"))] == [0, 3]


def test_one_command_has_one_status() -> None:
    with pytest.raises(Problem, match=r"docs/x.md:10: data-exit=2 and \[1\] for one command; expected one status"):
        parse(console("$ false\n[1]\n", data_exit="2"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("output\n$ true\n", r"docs/x.md:11: a console block that starts with 'output'; expected '\$ command' in its"),
        ("> more\n", r"docs/x.md:11: a console block that starts with '> more'"),
        ("$ true\n$ \n", r"docs/x.md:12: a prompt without a command; expected '\$ command'"),
        ("$ true\n$\n", r"docs/x.md:12: a prompt without a command; expected '\$ command'"),
        ("$ true\n[...]\n", r"docs/x.md:12: '\[...\]' shows nothing of its line; expected '...' for lines left out"),
        ("$true\n", r"docs/x.md:11: a console block that starts with '\$true'"),
    ],
)
def test_a_console_block_without_a_command_is_an_error(text: str, message: str) -> None:
    with pytest.raises(Problem, match=message):
        parse(console(text))


def test_a_quote_behind_output_is_output() -> None:
    (command,) = parse(console("$ diff a b\n1c1\n< one\n---\n> two\n[1]\n"))

    assert command.expected == ["1c1", "< one", "---", "> two"]
    assert command.status == 1


@pytest.mark.parametrize(
    ("text", "output", "status"),
    [
        ("$ cat\n", ["$ rm -rf .", "end"], 0),  # would be a command
        ("$ cat\n", ["one", "$"], 0),
        ("$ cat\n", ["> more", "> and more", "end"], 0),  # would continue the command
        ("$ cat\n", [">"], 0),
        ("$ cat\n", ["[1]"], 0),  # would be a status
        ("$ cat\n[1]\n", ["one", "[2]"], 1),
        ("$ cat\n...\n", [], 0),
        ("$ cat <<END\n> one\n> END\none\n", ["two"], 0),
    ],
)
def test_an_update_never_makes_a_command_out_of_output(text: str, output: list[str], status: int) -> None:
    block = console(text)
    (command,) = parse(block)

    again = parse(console(rewritten(block, [(command, output, status)])))

    assert [c.text for c in again] == [command.text]
    assert again[0].status == status
    assert compare(again[0].expected, output).difference == ""


def test_a_status_stays_where_it_stood() -> None:
    block = console("$ false\n[1]\n$ false\n", data_exit="1")
    first, second = parse(block)

    assert rewritten(block, [(first, [], 1), (second, [], 1)]) == block.text
    assert rewritten(block, [(first, ["new"], 1), (second, ["text"], 1)]) == "$ false\nnew\n[1]\n$ false\ntext\n"


def test_a_difference_names_both_sides_and_marks_lines() -> None:
    text = compare(["one", "two"], ["one", "zwei"]).difference

    assert text.splitlines()[:2] == ["--- the page shows", "+++ the command printed"]
    assert "-two" in text
    assert "+zwei" in text


def test_a_difference_leaves_out_what_the_page_leaves_out() -> None:
    text = compare(["1", "...", "lats"], [*map(str, range(1, 31)), "last"]).difference

    assert text.splitlines()[2:] == ["@@ -1,3 +1,3 @@", " 1", " ...", "-lats", "+last"]


def test_a_long_difference_is_cut() -> None:
    text = compare(["one"], [str(n) for n in range(1000)]).difference

    assert text.splitlines()[-1] == "… (longer)"
    assert len(text.splitlines()) == 81


def test_no_control_code_comes_into_a_page() -> None:
    chance = random.Random(20261126)
    signs = [
        "a",
        "b",
        " ",
        "é",
        "界",
        "[",
        "]",
        "2",
        ";",
        "m",
        "K",
        "\t",
        "\r",
        "\b",
        "\a",
        "\x1b",
        "\x1b[",
        "\x9b",
        "\0",
    ]
    for _ in range(5000):
        for line in screen("".join(chance.choices(signs, k=chance.randrange(30)))):
            assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line), repr(line)


def test_a_line_without_control_codes_is_shown_as_it_is() -> None:
    assert screen("plain\n  two \n\n") == ["plain", "  two"]
    assert screen("a\r\nb\r\n") == ["a", "b"]
    assert screen("") == []
