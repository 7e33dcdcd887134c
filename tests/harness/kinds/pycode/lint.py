"""Lint of python blocks: pytest-examples' ruff, with the page's lines.

Likely bugs, names that are undefined, imports that are unused: RULES. Neither the order of imports nor the layout,
which pages choose for their readers. The repository's own ruff configuration doesn't apply to what readers copy.
"""

from __future__ import annotations

import re
from pathlib import Path

from black.mode import TargetVersion
from pytest_examples import CodeExample
from pytest_examples.config import ExamplesConfig
from pytest_examples.lint import FormatError, ruff_check

from harness.page.block import Block

RULES = ("E4", "E7", "E9", "F", "B")
IGNORED = ("B008",)  # a call as a default: the form that FastAPI documents for Depends() and Query()
ON_PURPOSE = {"B015", "B018", "B017"}  # "1 / 0" is no useless expression where the block must raise


def lint(block: Block, python: str) -> list[str]:
    """ruff's findings in ``block`` for the Python ``python`` (such as "3.13.0"), each as ``page:line:column: …``.

    Raises RuntimeError where ruff itself fails.
    """
    raises = block.attributes.get("data-raises", "")
    ignored = {*IGNORED, *(ON_PURPOSE if raises else ()), *(("F821",) if raises == "NameError" else ())}
    newest = max(target.value for target in TargetVersion)
    version = f"py3{min(int(python.split('.')[1]), newest)}"
    config = ExamplesConfig(ruff_ignore=sorted(ignored), target_version=version)  # type: ignore[arg-type]
    example = CodeExample.create(block.text, path=Path(block.page), start_line=block.line)
    options = ("--isolated", "--no-cache", "--output-format=concise", f"--select={','.join(RULES)}")
    try:
        ruff_check(example, config, extra_ruff_args=options)
    except FormatError as error:
        found = re.findall(rf"^\s*({re.escape(block.page)}:\d+:\d+): (.*)$", str(error), re.MULTILINE)
        return [f"{where}: lint found {text}" for where, text in found] or [f"{block.where}: {error}"]
    return []
