"""A listing shows what the file holds, whole or in part, with elisions that elide something."""

from __future__ import annotations

import random

import pytest
from harness.compare.listing import compare, updated

FILE = "[project]\nname = 'app'\n\n[tool.a]\n    deep = [\n        1,\n    ]\nlast = 1\n"


@pytest.mark.parametrize(
    "shown",
    [
        FILE,
        "[project]\n...\nlast = 1\n",
        "...\nlast = 1\n",
        "[project]\n...\n",
        "[project]\n...\n[tool.a]\n    ...\nlast = 1\n",
    ],
)
def test_a_whole_listing_agrees_with_its_file(shown: str) -> None:
    assert compare(shown, FILE, False) == (None, [])
    assert updated(shown, FILE, False) == shown


@pytest.mark.parametrize(
    "shown",
    [
        "name = 'app'\n",
        "deep = [\n    1,\n]\n",
        "    deep = [\n        1,\n",
        "name = 'app'\n...\n[tool.a]\n",
        "...\nlast = 1\n",
    ],
)
def test_a_part_agrees_with_consecutive_lines_indented_less(shown: str) -> None:
    assert compare(shown, FILE, True) == (None, [])
    assert updated(shown, FILE, True) == shown


@pytest.mark.parametrize(
    ("shown", "part"),
    [
        ("[project]\n", False),
        ("name = 'app'\n...\n", False),
        ("...\n[tool.a]\n", False),
        ("[project]\nname = 'App'\n...\n", False),
        ("[project]\n...\nname = 'x'\n...\n", False),
        ("", False),
        ("", True),
        ("name = 'app'\n[tool.a]\n", True),
        ("deep = [\n1,\n]\n", True),
        ("absent\n", True),
        ("last = 1\n...\nname = 'app'\n", True),
    ],
)
def test_a_listing_that_shows_something_else_has_a_difference(shown: str, part: bool) -> None:
    difference, notes = compare(shown, FILE, part)
    assert difference and notes == []


def test_the_difference_leads_from_the_shown_to_the_actual_lines() -> None:
    difference, _ = compare("[project]\nname = 'App'\n...\n", FILE, False)
    assert difference is not None
    assert "-name = 'App'" in difference and "+name = 'app'" in difference


def test_line_ends_and_blank_lines_at_the_end_are_not_seen() -> None:
    assert compare("a\nb\n", "a\r\nb\r\n\r\n\n", False) == (None, [])
    assert compare("a\n", "a", False) == (None, [])


@pytest.mark.parametrize(
    ("shown", "part", "line"),
    [
        ("a\n...\nb\n", False, 2),
        ("...\na\nb\n", False, 1),
        ("a\nb\n...\n", False, 3),
        ("...\na\n", True, 1),
        ("b\n...\n", True, 2),
    ],
)
def test_an_elision_that_elides_nothing_is_noted_and_goes_in_an_update(shown: str, part: bool, line: int) -> None:
    difference, notes = compare(shown, "a\nb\n", part)
    assert difference is None
    assert notes == [f"line {line} of the listing: '...' leaves nothing out and is no longer needed"]
    assert updated(shown, "a\nb\n", part) == shown.replace("...\n", "")


def test_pythons_own_ellipsis_is_a_line_like_others() -> None:
    file = "class A:\n    def f(self):\n        ...\n"
    assert compare(file, file, False) == (None, [])


def test_an_update_keeps_elisions_and_takes_the_lines_beside_them_anew() -> None:
    file = "a = 2\nb = 1\nc = 1\nd = 1\ne = 9\nf = 1\n"
    assert updated("a = 1\n...\ne = 1\nf = 1\n", file, False) == "a = 2\n...\ne = 9\nf = 1\n"


def test_an_update_of_a_part_finds_its_place_and_keeps_its_indentation() -> None:
    file = "x:\n    a:\n        b: 2\n        c: 3\n    d: 4\n"
    assert updated("b: 1\nc: 3\n", file, True) == "b: 2\nc: 3\n"
    assert updated("absent\n", file, True) == "absent\n"


def test_whatever_is_updated_agrees_afterwards_with_no_elision_too_many() -> None:
    source = random.Random(20261120)
    changed = 0
    for number in range(4000):
        letters = "abcd" if number % 2 else "abcdefghijkl"

        def lines(most: int, letters: str = letters) -> list[str]:
            return [
                source.choice(["", "", "  "]) + source.choice(letters)
                if source.random() < 0.85
                else source.choice(["", "..."])
                for _ in range(source.randrange(1, most))
            ]

        shown, actual, part = "\n".join(lines(7)) + "\n", "\n".join(lines(9)) + "\n", number % 3 == 0
        new = updated(shown, actual, part)
        difference, notes = compare(new, actual, part)
        if part and new.split() == shown.split() or not new.strip():
            continue
        assert (difference, notes) == (None, []), (shown, actual, part, new)
        changed += new != shown
    assert changed > 1000


def test_long_files_are_compared_quickly() -> None:
    file = "".join(f"line {number}\n" for number in range(20_000))
    assert compare("line 1\n...\nline 19999\n", file, True) == (None, [])
    assert compare("same\n" * 50 + "other\n", "same\n" * 20_000, True)[0]
