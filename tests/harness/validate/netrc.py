"""netrc as Python's module, and so pip and requests, reads it."""

from __future__ import annotations

import netrc as standard
import tempfile
from pathlib import Path

from harness.validate.family import Family


def check(text: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "netrc"
        path.write_text(text, encoding="utf-8")
        try:
            hosts = standard.netrc(path).hosts
        except standard.NetrcParseError as error:
            return [f"line {error.lineno}: {error.msg}"]
    return [] if hosts else ["no machine or default entry"]


FAMILY = Family(r"(.*/)?[._]netrc", check)
