"""What the tests of python blocks share: a block, and its program run by child.py as the sandbox does."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from harness.kinds.pycode.program import Checked, Program
from harness.page.block import Block

CHILD = Path(__file__).parents[1] / "harness" / "kinds" / "pycode" / "child.py"


def block(text: str, line: int = 12, included: bool = False, **attributes: str) -> Block:
    """A python block of docs/page.md; ``raises="ValueError"`` stands for data-raises."""
    data = {f"data-{name}": value for name, value in attributes.items()}
    end = line + text.count("\n") + 1
    return Block("docs/page.md", line, end, 0, "python", text, data, included=included)


def run(program: Program, python: str = sys.executable, folder: Path | None = None) -> tuple[str, str, int]:
    """(what came on the descriptor, all other output, exit status) of ``program`` in the current folder ``folder``."""
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / "block.py"
        file.write_text(program.source, encoding="utf-8")
        with tempfile.TemporaryFile("w+", encoding="utf-8") as message:
            done = subprocess.run(
                [python, str(CHILD), str(file), str(message.fileno())],
                pass_fds=[message.fileno()],
                cwd=folder or aside,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"),
            )
            message.seek(0)
            return message.read(), done.stdout, done.returncode


def check(text: str, python: str = sys.executable, folder: Path | None = None, **attributes: Any) -> Checked:
    program = Program(block(text, **attributes))
    message, output, _ = run(program, python, folder)
    return program.check(message, output)
