"""Rewriting a page: the outputs that ran, and every other byte as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from checkout import Checkout
from harness.kinds.table import read_page
from harness.page import rewrite
from harness.page.block import Block
from harness.page.markup import Markup
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project

PAGE = """\
---
title: Title
---

Text with `code`,   two spaces, and	a tab.

=== "uv"

    ``` {.console data-exit="1"}
    $ one
    old

    old
    [1]
    ```

- Item

    > ``` console
    > $ two
    > old
    > ```

``` console
$ three
```
No newline at the end"""
NEW = ["$ one\nnew\n\n  indented\n[1]\n", "$ two\nnew\n\nnew\n", "$ three\nmore\n"]
REWRITTEN = """\
---
title: Title
---

Text with `code`,   two spaces, and	a tab.

=== "uv"

    ``` {.console data-exit="1"}
    $ one
    new

      indented
    [1]
    ```

- Item

    > ``` console
    > $ two
    > new
    >
    > new
    > ```

``` console
$ three
more
```
No newline at the end"""


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    (tmp_path / "docs").mkdir()
    return Project(tmp_path)


def page(folder: Project, markup: Markup, content: str | bytes) -> Page:
    path = folder.docs / "x.md"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_page(folder, path, markup)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_only_the_text_between_the_fences_changes(folder: Project, markup: Markup, newline: str, mark: bytes) -> None:
    source = page(folder, markup, mark + PAGE.replace("\n", newline).encode())

    count = rewrite.rewrite(source.path, zip(source.blocks, NEW, strict=True))

    assert source.path.read_bytes() == mark + REWRITTEN.replace("\n", newline).encode()
    assert count == 3
    assert [block.text for block in read_page(folder, source.path, markup).blocks] == NEW


def test_indentation_in_tabs_stays(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, '=== "uv"\n\n\t``` console\n\t$ one\n\told\n\t```\n')

    rewrite.rewrite(source.path, [(source.blocks[0], "$ one\nnew\n\nnew\n")])

    assert source.path.read_text() == '=== "uv"\n\n\t``` console\n\t$ one\n\tnew\n\n\tnew\n\t```\n'


def test_rewriting_again_changes_nothing(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)
    rewrite.rewrite(source.path, zip(source.blocks, NEW, strict=True))
    before = source.path.read_bytes(), source.path.stat().st_mtime_ns

    again = read_page(folder, source.path, markup)
    rewrite.rewrite(again.path, zip(again.blocks, NEW, strict=True))

    assert (source.path.read_bytes(), source.path.stat().st_mtime_ns) == before


def test_a_page_without_changes_is_not_touched(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)
    os.utime(source.path, (1, 1))

    rewrite.rewrite(source.path, [(block, block.text) for block in source.blocks])
    rewrite.rewrite(source.path, [])

    assert source.path.read_bytes() == PAGE.encode()
    assert source.path.stat().st_mtime == 1


def test_two_scenarios_that_agree_are_one_change(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, "``` console\n$ one\nold\n```\n")
    (block,) = source.blocks

    assert rewrite.rewrite(source.path, [(block, "$ one\nnew\n"), (block, "$ one\nnew\n")]) == 1
    assert source.path.read_text() == "``` console\n$ one\nnew\n```\n"


def test_two_scenarios_that_disagree_are_a_problem_and_nothing_is_written(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)
    first, _, last = source.blocks

    with pytest.raises(Problem) as caught:
        rewrite.rewrite(source.path, [(first, NEW[0]), (last, "$ three\na\n"), (last, "$ three\nb\n")])

    assert str(caught.value) == (
        "docs/x.md:24: its scenarios print different outputs; expected one output for every scenario\n"
        "  → move the block into the tabs, or leave out with ... what differs"
    )
    assert source.path.read_bytes() == PAGE.encode()


def test_a_change_in_an_included_text_is_a_problem(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)
    block = source.blocks[0]
    included = Block(**{**vars(block), "included": True})

    with pytest.raises(Problem, match="docs/x.md:9: .* comes from a snippet"):
        rewrite.rewrite(source.path, [(included, NEW[0])])
    assert source.path.read_bytes() == PAGE.encode()


def test_a_page_that_changed_meanwhile_is_not_overwritten(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)
    edited = "A new line at the start.\n" + PAGE
    source.path.write_text(edited)

    with pytest.raises(Problem, match=r"docs/x.md:24: it changed while the page ran"):
        rewrite.rewrite(source.path, zip(source.blocks, NEW, strict=True))
    assert source.path.read_text() == edited


def test_a_rewritten_page_keeps_its_mode(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)
    source.path.chmod(0o640)

    rewrite.rewrite(source.path, zip(source.blocks, NEW, strict=True))

    assert source.path.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.docs.iterdir()] == ["x.md"]


def test_an_output_that_shows_fences_is_a_problem(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)

    with pytest.raises(Problem, match=r"docs/x.md:24: .*```.*; expected"):
        rewrite.rewrite(source.path, [(source.blocks[2], "$ three\n```\ntrue\n```\n")])
    assert source.path.read_bytes() == PAGE.encode()


def test_an_output_with_control_codes_is_a_problem(folder: Project, markup: Markup) -> None:
    source = page(folder, markup, PAGE)

    with pytest.raises(Problem, match=r"docs/x.md:24: .*control code '.x1b', which a page"):
        rewrite.rewrite(source.path, [(source.blocks[2], "$ three\n\x1b[1mbold\x1b[0m\n")])
    assert source.path.read_bytes() == PAGE.encode()


STALE = """\
``` console
$ printf '\\e[31mred\\e[0m \\b!\\n10 %%\\rdone\\033[K\\n'
old
$ printf one >made.txt
```

``` python
print(1 + 1)
#> 3
```

``` {.text title="made.txt" data-listing="compare"}
two
```
"""
FRESH = STALE.replace("old\n", "red!\ndone\n").replace("#> 3", "#> 2").replace("\ntwo\n", "\none\n")
HELD = {
    # what no update may write: a page, and what it says
    "colour": (
        "``` console\n$ printf '\\e[1mbold' >made.txt\n```\n\n"
        '``` {.text title="made.txt" data-listing="compare"}\nx\n```\n',
        "the control code '\\x1b', which a page can't keep",
    ),
    "error": (
        "``` console\n$ (nowhere; true)\n```\n",
        "'(nowhere; true)' made the shell say 'bash: nowhere: command not found' and ended with status 0",
    ),
    "prompt": ("``` console\n$ echo one\none\n% echo two\ntwo\n```\n", "'% echo two' looks like a prompt"),
}


def test_an_update_that_wrote_what_was_asked_ends_with_status_0(checkout: Checkout) -> None:
    path = checkout.page("stale", STALE)

    first = checkout.run("--guide-update", "docs")

    assert path.read_text() == FRESH, first.output
    assert first.status == 0, first.output
    assert "docs/stale.md: 3 blocks rewritten; run it again to see them compared" in first.output
    assert "3 stale" in first.output
    assert "FAILED" not in first.output
    second = checkout.run("docs")
    assert (second.status, path.read_text()) == (0, FRESH), second.output


def test_an_update_that_can_not_write_leaves_the_page_and_ends_with_status_1(checkout: Checkout) -> None:
    paths = {name: checkout.page(name, text) for name, (text, _) in HELD.items()}

    ran = checkout.run("--guide-update", "docs")

    assert ran.status == 1
    for name, (text, message) in HELD.items():
        assert message in ran.output
        assert paths[name].read_text() == text
