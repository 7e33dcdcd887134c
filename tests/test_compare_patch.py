"""A shown diff applies at exactly one place each hunk, or says why it doesn't."""

from __future__ import annotations

import difflib
import random

import pytest
from harness.compare.patch import apply_diff
from harness.problem import Problem

FILE = """[project]
name = "app"
version = "0.1.0"
dependencies = [
    "httpx>=0.28",
]

[tool.ruff]
line-length = 88
"""


def refusal(text: str, diff: str) -> str:
    with pytest.raises(Problem) as caught:
        apply_diff(text, diff, "docs/page.md:7")
    assert str(caught.value).startswith("docs/page.md:7: ")
    return str(caught.value)


def test_a_bare_diff_without_headers_applies() -> None:
    diff = ' dependencies = [\n-    "httpx>=0.28",\n+    "httpx>=0.28.1",\n+    "rich",\n ]\n'
    assert apply_diff(FILE, diff, "p:1") == FILE.replace('"httpx>=0.28",', '"httpx>=0.28.1",\n    "rich",')


@pytest.mark.parametrize("separator", ["@@", "...", "@@ ", "..."])
def test_hunks_are_separated_by_bare_headers_or_dots(separator: str) -> None:
    diff = f'-version = "0.1.0"\n+version = "0.2.0"\n{separator}\n-line-length = 88\n+line-length = 120\n'
    expected = FILE.replace("0.1.0", "0.2.0").replace("88", "120")
    assert apply_diff(FILE, diff, "p:1") == expected


def test_dots_around_the_shown_hunks_are_only_dots() -> None:
    assert apply_diff(FILE, "...\n-line-length = 88\n+line-length = 99\n...\n", "p:1") == FILE.replace("88", "99")


def test_a_blank_line_is_a_blank_line_of_context() -> None:
    expected = FILE.replace("[tool.ruff]", "[tool.mypy]\n[tool.ruff]")
    assert apply_diff(FILE, " ]\n\n+[tool.mypy]\n [tool.ruff]\n", "p:1") == expected


def test_the_preamble_of_git_is_skipped() -> None:
    diff = (
        "diff --git a/pyproject.toml b/pyproject.toml\nindex 1..2 100644\n--- a/pyproject.toml\n+++ b/pyproject.toml\n"
        "@@ -8,2 +8,3 @@ dependencies = [\n [tool.ruff]\n-line-length = 88\n+line-length = 99\n+preview = true\n"
    )
    assert apply_diff(FILE, diff, "p:1") == FILE.replace("88", "99\npreview = true")


def test_removed_and_added_lines_that_look_like_headers_are_lines() -> None:
    assert apply_diff("-- a\nb\n", "--- a\n+-- c\n b\n", "p:1") == "-- c\nb\n"


def test_windows_line_ends_are_kept() -> None:
    assert apply_diff("a\r\nb\r\n", " a\n-b\n+c\n", "p:1") == "a\r\nc\r\n"


def test_form_feeds_and_unicode_separators_do_not_end_lines() -> None:
    assert apply_diff("a\x0cb\u2028c\nd\n", "-d\n+e\n", "p:1") == "a\x0cb\u2028c\ne\n"


@pytest.mark.parametrize(
    ("text", "diff", "expected"),
    [
        ("a", "-a\n\\ No newline at end of file\n+b\n", "b\n"),
        ("a\n", "-a\n+b\n\\ No newline at end of file\n", "b"),
        ("a", "-a\n\\ No newline at end of file\n+a\n", "a\n"),
        ("a\nb", "-a\n+c\n b\n\\ No newline at end of file\n", "c\nb"),
        ("a\nb", "-a\n+c\n", "c\nb"),
        ("", "+a\n", "a\n"),
        ("a\n", "-a\n", ""),
    ],
)
def test_the_newline_at_the_end_of_the_file_is_as_the_diff_says(text: str, diff: str, expected: str) -> None:
    assert apply_diff(text, diff, "p:1") == expected


def test_a_header_with_line_numbers_chooses_among_equal_places() -> None:
    assert apply_diff("x\ny\nx\ny\n", "@@ -3,1 +3,1 @@\n-x\n+z\n", "p:1") == "x\ny\nz\ny\n"
    assert apply_diff("x\ny\n", "@@ -1,0 +2 @@\n+new\n", "p:1") == "x\nnew\ny\n"


def test_a_hunk_that_is_not_there_names_the_first_line_that_differs() -> None:
    message = refusal(FILE, ' dependencies = [\n-    "httpx>=0.27",\n+    "httpx>=1",\n ]\n')
    assert "line 5 of the file has '    \"httpx>=0.28\",' and the diff '    \"httpx>=0.27\",'" in message
    assert '>    5     "httpx>=0.28",' in message


def test_a_hunk_that_runs_past_the_end_says_so() -> None:
    assert "line 10 of the file ends" in refusal(FILE, " line-length = 88\n preview = true\n+x\n")


def test_a_diff_that_was_applied_before_says_so() -> None:
    assert "has its new lines already, at line 9" in refusal(FILE, "-line-length = 77\n+line-length = 88\n")


@pytest.mark.parametrize(
    ("text", "diff", "part"),
    [
        ("x\ny\nx\n", "-x\n+z\n", "applies at 2 places (lines 1, 3)"),
        ("a\nb\n", "-b\n+c\n@@\n-a\n+d\n", "applies at line 1, before the hunk above it"),
        ("a\n", "-b\n+c\n", "none of its lines is in the file"),
        ("", "-b\n+c\n", "the file is empty"),
        ("a\n", "+b\n", "has no context"),
        ("a\n", "@@ -9,0 +9 @@\n+b\n", "begins at line 10"),
        ("a\n", " a\n", "changes nothing"),
        ("a\n", "-a\n+a\n", "changes nothing"),
        ("a", "-a\n+a\n\\ No newline at end of file\n", "changes nothing"),
        ("a\n", "", "without a changed line"),
        ("a\n", "...\n", "without a changed line"),
        ("a\n", "@@\n-a\n+b\n@@\n", "changes nothing"),
        ("a\n", "a\n+b\n", "line 1 of the diff is 'a'"),
        ("a\n", "\t-a\n+b\n", "line 1 of the diff is"),
        ("a\n", "@@ -1,2 +1,1 @@\n-a\n+b\n", "its header says (2, 1)"),
        ("a\nb\n", "@@ -40,1 +40,1 @@\n-b\n+c\n", "begins at lines (2, 2), old and new, its header says (40, 40)"),
        ("a\nb\n", "@@ -2 +1 @@\n-b\n+c\n", "begins at lines (2, 2), old and new, its header says (2, 1)"),
        ("a\n", "--- a\n+++ b\n-a\n+b\n--- c\n+++ d\n-a\n+c\n", "begins a second file"),
    ],
)
def test_a_diff_that_cannot_apply_is_refused(text: str, diff: str, part: str) -> None:
    assert part in refusal(text, diff)


def test_every_diff_that_difflib_makes_applies_and_bare_ones_never_go_elsewhere() -> None:
    source = random.Random(20261120)
    applied = ambiguous = 0
    for _ in range(1500):
        before = [source.choice("abcdef") * source.randrange(3) for _ in range(source.randrange(14))]
        after = [line for line in before if source.random() > 0.15]
        for _ in range(source.randrange(3)):
            after.insert(source.randrange(len(after) + 1), source.choice("abxyz"))
        if before == after:
            continue
        text, expected = ("".join(line + "\n" for line in lines) for lines in (before, after))
        full = list(difflib.unified_diff(before, after, "a", "b", n=source.randrange(4), lineterm=""))
        assert apply_diff(text, "\n".join(full) + "\n", "p:1") == expected
        bare = "\n".join("@@" if line.startswith("@@") else line for line in full[2:]) + "\n"
        try:
            assert apply_diff(text, bare, "p:1") == expected
            applied += 1
        except Problem as problem:
            assert "places" in str(problem) or "no context" in str(problem)
            ambiguous += 1
    assert applied > 300 and ambiguous > 100


def test_a_long_file_of_equal_lines_is_refused_quickly() -> None:
    assert "places" in refusal("\n" * 200_000, "\n\n\n-\n+x\n")
    assert "doesn't apply" in refusal("a\n" * 100_000, " a\n" * 2_000 + "-b\n+c\n")


def test_what_a_diff_program_writes_applies_with_its_line_numbers() -> None:
    chance = random.Random(1)
    for _ in range(500):
        old, new = ([chance.choice("abc") + "\n" for _ in range(chance.randrange(12))] for _ in range(2))
        diff = "".join(difflib.unified_diff(old, new, "old", "new", n=chance.randrange(4)))
        if old != new:
            assert apply_diff("".join(old), diff, "p:1") == "".join(new), diff
