"""Kinds of blocks: each has all its parts, and the table decides between them."""

from __future__ import annotations

import dataclasses

import pytest
from harness.kinds.kind import Kind
from harness.kinds.table import KINDS, kind_of
from harness.kinds.terminal import typed
from harness.page.block import Block


@pytest.mark.parametrize("part", [one.name for one in dataclasses.fields(Kind)])
def test_a_kind_without_one_of_its_parts_is_an_error_when_it_is_defined(part: str) -> None:
    parts = {one.name: getattr(KINDS[0], one.name) for one in dataclasses.fields(Kind)}
    del parts[part]

    with pytest.raises(TypeError, match=f"'{part}'"):
        Kind(**parts)


def test_kinds_have_names_and_modules_of_their_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(kind.take.__module__ == f"harness.kinds.{kind.name}" for kind in KINDS)


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("nothing", []),
        ("n", ["n"]),
        ("enter", ["\r"]),
        ("y, my name enter", ["y", "my name\r"]),
        ("down down space enter,ctrl-d", ["\x1b[B\x1b[B \r", "\x04"]),
        ("a enter b", ["a\rb"]),
    ],
)
def test_what_is_typed_at_a_terminal_is_text_and_keys_by_name(value: str, keys: list[str]) -> None:
    assert typed(Block("docs/a.md", 1, 3, 0, "console", "$ x\n", {"data-terminal": value})) == keys


@pytest.mark.parametrize(
    ("language", "title", "attributes", "name"),
    [
        ("console", "", {}, "console"),
        ("console", "", {"data-terminal": "nothing"}, "terminal"),
        ("bash", "", {}, "script"),
        ("bash", "run.sh", {}, "file"),
        ("python", "", {}, "python"),
        ("python", "a.py", {}, "file"),
        ("python", "a.py", {"data-listing": "part"}, "listing"),
        ("diff", "a.py", {}, "diff"),
        ("diff", "a.diff", {"data-listing": "compare"}, "listing"),
        ("powershell", "", {}, "windows"),
        ("powershell", "a.ps1", {}, "file"),
        ("toml", "", {}, "data"),
        ("toml", "a.toml", {}, "file"),
    ],
)
def test_a_block_is_of_the_first_kind_that_matches(
    language: str, title: str, attributes: dict[str, str], name: str
) -> None:
    block = Block("docs/a.md", 1, 3, 0, language, "x\n", attributes, {"title": title} if title else {})

    assert kind_of(block).name == name
