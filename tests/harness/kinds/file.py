"""A titled block: a file of the page's project or user, checked for what it is, written, and used by a later step."""

from __future__ import annotations

from harness.kinds.data import DATA
from harness.kinds.kind import DROPPED, EVERYWHERE, Attribute, Finding, Kind, Mutation, nothing
from harness.kinds.python import PYTHON
from harness.kinds.script import SCRIPT
from harness.kinds.steps import Steps
from harness.kinds.windows import WINDOWS
from harness.page.block import Block
from harness.problem import Problem
from harness.validate import validators

INVALID = Attribute(
    "data-invalid", "part of the error for which this file, wrong on purpose, must be refused", r".*\S.*"
)
TEXTS = frozenset({"text", "txt", "makefile", "dockerfile", "html", "xml", "css", "diff", "markdown", "sql", "c"})


def matches(block: Block) -> bool:
    return bool(block.title)


def take(block: Block, steps: Steps) -> Finding:
    errors = validators.validate(block.title, block.language, block.text, block.attributes.get(INVALID.name, ""))
    if errors:
        raise Problem(block.where, f"{block.title} is not valid: " + "; ".join(errors), "one that is")
    return put(block, block.text, steps)


def put(block: Block, text: str, steps: Steps) -> Finding:
    """Write the file that ``block`` is titled after."""
    if steps.put(block, text):
        return Finding("written")
    return Finding("compared", notes=[] if block.included else [f"{block.where}: {block.title} was there already"])


def broken(block: Block) -> Mutation:
    return DROPPED


FILE = Kind(
    name="file",
    languages=TEXTS | DATA.languages | PYTHON.languages | SCRIPT.languages | WINDOWS.languages,
    systems=EVERYWHERE,
    attributes=(INVALID,),
    matches=matches,
    check=nothing,
    take=take,
    broken=broken,
)
