"""Paths of the machine in what a page prints where nothing hides them."""

from __future__ import annotations

from harness.sandbox.places import constant

REAL = "/tmp/guide-4711-abcdefgh/sandboxes/page-xyz/home/user"
PLACES = [(REAL, "/home/user")]


def test_a_path_of_the_machine_is_shown_as_pages_show_it() -> None:
    assert constant(f"at {REAL}/project and {REAL}\n", PLACES) == "at /home/user/project and /home/user\n"


def test_a_table_with_a_path_has_the_widths_that_it_would_have_with_the_shown_one() -> None:
    printed = f"""\
Package Version Editable project location
------- ------- {"-" * len(f"{REAL}/project")}
app     0.1.0   {REAL}/project
idna    3.20

{REAL}
"""
    assert (
        constant(printed, PLACES)
        == """\
Package Version Editable project location
------- ------- -------------------------
app     0.1.0   /home/user/project
idna    3.20

/home/user
"""
    )


def test_a_column_behind_a_path_moves_with_it() -> None:
    printed = f"Place{' ' * len(REAL)} Name\n-----{'-' * len(REAL)} ----\n/five{REAL} x\n"
    assert constant(printed, PLACES) == "Place           Name\n--------------- ----\n/five/home/user x\n"


def test_a_table_without_a_path_stays_as_it_was_printed() -> None:
    printed = "Package   Version\n--------- -------\nidna        3.20\n"
    assert constant(printed, PLACES) == printed


def test_a_line_of_dashes_that_is_no_table_stays() -> None:
    printed = f"--------\n{REAL}\n--------\nend"
    assert constant(printed, PLACES) == "--------\n/home/user\n--------\nend"
