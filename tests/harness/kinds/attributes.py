"""What every kind of block may have: the attributes that no kind has for itself, and the title."""

from __future__ import annotations

from proof import answers
from proof.contract import IMAGES, SECONDS, SIZES

from harness.kinds.kind import Attribute
from harness.page.block import Block
from harness.problem import Problem

OPTIONS = {"title", "linenums", "linenums_style", "hl_lines"}  # pymdownx.highlight's own; they don't change the text
SHARED = (
    Attribute(
        "data-answer",
        "how a tool does the data-task beside it, where there is more to say than yes: "
        + ", ".join(map(repr, filter(None, answers.ANSWERS))),
        "|".join(filter(None, answers.ANSWERS)),
    ),
    Attribute(
        "data-catch",
        "a few words, at most 60 characters, that tables show beside the answer to the data-task",
        r"(?=.{3,60}$)\S+( \S+)*",
    ),
    Attribute(
        "data-command",
        "the beginnings of those commands that do the data-task, with '; ' between them; without it, the first",
        r"\S.*",
    ),
    Attribute(
        "data-day",
        "the day as of which PyPI is seen from this block on, such as 2026-10-01, on a page with a `day`",
        r"\d{4}-\d{2}-\d{2}",
    ),
    Attribute(
        "data-measure",
        "what this block's time or output is, in the comparison of speeds: "
        + ", ".join([*SECONDS, *SIZES])
        + "; in that of images: "
        + ", ".join(IMAGES),
        "|".join([*SECONDS, *SIZES, *IMAGES]),
    ),
    Attribute(
        "data-projects",
        "the folders, the block's own first, in which make compare times what follows, such as 'small large' "
        "(or 'tiny: small large': the block's own isn't timed), or none",
        r"[a-z][a-z0-9-]*:?( [a-z][a-z0-9-]*)*",
    ),
    Attribute(
        "data-left-out",
        "a project in which make compare doesn't time this tool, and why, such as 'hundred: it would download 9 GB'",
        r"[a-z][a-z0-9-]*: \S+( \S+)*",
    ),
    Attribute(
        "data-not-run",
        "the reason, a few words that the reader sees, why no machine of ours runs this block",
        r"\s*\S+(\s+\S+)+\s*",
    ),
    Attribute(
        "data-task",
        "the name of the task that this block shows done, lower-case words joined by hyphens",
        "[a-z][a-z0-9-]*",
    ),
    Attribute("data-timeout", "whole seconds from 1 to 9999 that one command of this block may take", r"[1-9]\d{0,3}"),
)


def check(block: Block) -> None:
    """Raise Problem for options, values and a title that no block can have."""
    for name in block.options:
        if name == "class":
            extra = " ".join(f".{one}" for one in block.options[name].split())
            expected = f"one class, the language: {{.{block.language}}}"
            raise Problem(block.where, f"{extra!r} behind the language, which no block can have", expected)
        if name not in OPTIONS:
            raise Problem(block.where, f"unknown option {name!r}", "one of " + ", ".join(sorted(OPTIONS)))
    for name, value in {**block.attributes, **block.options}.items():
        if value == "None":
            raise Problem(block.where, f"{name} without a value", f'{name}="…"')
    for name, value in block.attributes.items():
        if '"' in value or "&" in value:  # Material writes them into the HTML as they are
            expected = "a value without \" and &, which would break the page's HTML"
            raise Problem(block.where, f"{name}={value!r}", expected)
    if block.title:
        _inside(block)


def _inside(block: Block) -> None:
    """Raise Problem for a title that names a file outside the project and the home."""
    title = block.title
    parts = title.replace("\\", "/").split("/")
    outside = title.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]
    if outside and (not title.startswith("~/") or ".." in parts):
        raise Problem(
            block.where,
            f"title {title!r} is outside the project folder",
            "a path below the project, or ~/… for a file of the user",
        )
