"""Python: some version can compile the text; whether the page's own can is for the page's to say, in its sandbox."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

from harness.validate.family import Family

NEWEST = "py315"


def check(text: str) -> list[str]:
    """Compiles, without a SyntaxWarning, on the harness' own Python, unless it is only too new for that one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            warnings.simplefilter("error", DeprecationWarning)  # an unknown escape, up to Python 3.11
            compile(text, "the file", "exec", dont_inherit=True)
    except SyntaxError as error:
        return [] if newer(text) else [f"line {error.lineno or 1}: {error.msg}"]
    except (ValueError, MemoryError) as error:
        return [f"not Python: {str(error) or type(error).__name__}"]
    return []


def newer(text: str) -> bool:
    """Whether ``text`` is refused here for grammar that a newer Python has: ruff knows all their grammars."""
    own = f"py{sys.version_info[0]}{sys.version_info[1]}"
    return not parses(text, own) and parses(text, NEWEST)


def parses(text: str, version: str) -> bool:
    command = [str(Path(sys.executable).with_name("ruff")), "check", "--isolated", "--quiet", "--select", "E9"]
    command += ["--target-version", version, "--stdin-filename", "file.py", "-"]
    return subprocess.run(command, input=text.encode(), capture_output=True).returncode == 0


FAMILY = Family(r"(.*/)?.*\.pyi?", check)
