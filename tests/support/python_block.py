"""What the tests of python blocks share: a block, and its program run by child.py as the sandbox does."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

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
        return child(python, folder or Path(aside), str(file))


def child(python: str, folder: Path, file: str, *other: str) -> tuple[str, str, int]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as message:
        done = subprocess.run(
            [python, str(CHILD), file, str(message.fileno()), *other],
            pass_fds=[message.fileno()],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"),
        )
        message.seek(0)
        return message.read(), done.stdout, done.returncode


def same(program: Program, text: str, python: str = sys.executable) -> bool:
    """Whether ``python`` takes ``text`` for the program but for shown output."""
    with tempfile.TemporaryDirectory() as aside:
        files = [Path(aside) / name for name in ("block.py", "other.py")]
        files[0].write_text(program.source, encoding="utf-8")
        files[1].write_text(program.below(text), encoding="utf-8")
        return child(python, Path(aside), str(files[0]), str(files[1]))[0] == "True"


def check(text: str, python: str = sys.executable, folder: Path | None = None, raises: str = "") -> Checked:
    return judged(Program(block(text, raises=raises) if raises else block(text)), python, folder)


def judged(program: Program, python: str = sys.executable, folder: Path | None = None) -> Checked:
    message, output, _ = run(program, python, folder)
    return program.check(message, output, lambda text: same(program, text, python))
