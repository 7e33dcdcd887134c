"""A titled block: a file of the page's project or user, checked for what it is, written, and used by a later step."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from harness.kinds.data import DATA
from harness.kinds.kind import DROPPED, EVERYWHERE, Attribute, Finding, Kind, Mutation
from harness.kinds.python import PYTHON
from harness.kinds.script import SCRIPT
from harness.kinds.steps import Steps
from harness.kinds.windows import WINDOWS
from harness.kinds.wording import quoted
from harness.page.block import Block
from harness.problem import Problem
from harness.validate import validators

INVALID = Attribute(
    "data-invalid", "part of the error for which this file, wrong on purpose, must be refused", r".*\S.*"
)
TEXTS = frozenset(
    {"text", "txt", "makefile", "dockerfile", "html", "xml", "css", "diff", "markdown", "sql", "c", "cmake", "meson"}
)

# Says on descriptor 5, the harness' own, which line the Python that runs it can't compile
COMPILE = """import os, sys
try:
    with open(sys.argv[1], encoding="utf-8") as file:
        compile(file.read(), "file", "exec")
except (SyntaxError, ValueError) as error:
    text = "%s line %s: %s" % (sys.version.split()[0], getattr(error, "lineno", 1), getattr(error, "msg", error))
    os.write(5, ascii(text)[1:-1].encode())
"""

# Files without a suffix that projects have, beside those that a validator knows
NAMES = frozenset({"AUTHORS", "CODEOWNERS", "COPYING", "LICENSE", "NOTICE", "Procfile", "README", "hosts", "justfile"})


def matches(block: Block) -> bool:
    return bool(block.title)


def check(block: Block) -> None:
    path = PurePosixPath(block.title)
    known = path.name in NAMES or validators.validator(block.title, "") is not None
    if not (path.suffix or "/" in block.title or block.title.startswith(".") or known):
        raise Problem(
            block.where,
            f"title {block.title!r} does not look like a file's",
            "a path, for a titled block is a file of the project",
            f'title="./{block.title}" if it is one; a block that is to run has no title',
        )
    if block.language in PYTHON.languages and (shown := re.search(r"^[ \t]*#> .*", block.text, re.M)):
        raise Problem(
            block.where,
            f"{shown.group().strip()!r} in a file, which isn't run by itself",
            "output that is compared",
            "leave the title out, or run the file in a console block and show what it prints there",
        )


def take(block: Block, steps: Steps) -> Finding:
    errors = validators.validate(block.title, block.language, block.text, block.attributes.get(INVALID.name, ""))
    if errors:
        raise Problem(block.where, f"{block.title} is not valid: " + "; ".join(errors), "one that is")
    if block.title.endswith(".py") and INVALID.name not in block.attributes:
        compiles(block, steps)
    return put(block, block.text, steps)


def compiles(block: Block, steps: Steps) -> None:
    """Raise Problem for a file that the page's own Python can't compile; a page without one can't run it either."""
    path = f"{steps.sandbox.scratch}/file.py"
    steps.write(block, path, block.text)
    done = steps.sandbox.run(f"python -ISc {quoted(COMPILE)} {quoted(path)}", "x", steps.limit(block))
    if done.message:
        version, error = done.message.split(" ", 1)
        found = f"{block.title} is not valid: {error}"
        raise Problem(block.where, found, f"what Python {version}, the page's, can compile")


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
    check=check,
    take=take,
    broken=broken,
)
