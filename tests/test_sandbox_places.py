"""Paths of the machine in what a page prints where nothing hides them."""

from __future__ import annotations

import re

from harness.project import ROOT
from harness.sandbox.places import constant

REAL = "/tmp/guide-4711-abcdefgh/sandboxes/page-xyz/home/user"
PLACES = [(REAL, "/home/user")]
# The environments of Pipenv, Poetry, PDM, Hatch and uv have a digest of the project's path in their names, so a
# reader's has another one.
NAMED = re.compile(r"(?:virtualenvs|venvs|environments-v2|env/virtual/[\w.]+)/[\w.-]+|Creating virtualenv [\w.-]+")
DIGEST = re.compile(r"-[\w-]{8}(?:-(?:py)?3[\w.]+)?$|-[0-9a-f]{16}$|virtual/[\w.]+/[\w-]{8}$")


def test_no_page_shows_the_digest_of_its_own_path() -> None:
    for wrong in ("virtualenvs/app-na0eTgiw", "Creating virtualenv app-hthBUlJ--py3.15", "venvs/app-kHIvJjgA-3.12"):
        assert DIGEST.search(wrong)
    assert not DIGEST.search("virtualenvs/project-")
    shown = [
        f"{path.relative_to(ROOT)}:{number}: {found.group()}"
        for path in sorted(ROOT.glob("docs/**/*.md"))
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        for found in NAMED.finditer(line)
        if DIGEST.search(found.group())
    ]
    assert not shown, "write [...] for the digest"


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
