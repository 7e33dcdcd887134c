#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "markdown-it-py>=3",
# ]
# ///
"""Print the headings of Markdown files, indented by their levels."""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt


def headings(text: str) -> Iterator[tuple[int, str]]:
    """The level, from 1 to 6, and the source of each heading in ``text``, in order."""
    tokens = MarkdownIt().parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            yield int(opening.tag.removeprefix("h")), inline.content


def outline(text: str) -> str:
    """The headings of ``text``, one per line, indented by two spaces per level."""
    return "".join(f"{'  ' * (level - 1)}{title}\n" for level, title in headings(text))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    for file in parser.parse_args(arguments).files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            parser.error(f"can't read {file}: {error}")
        print(outline(text), end="")


if __name__ == "__main__":
    main()
