"""What the command does, without the command line: nothing here prints or exits."""

import hashlib
import io
import os
import re
from pathlib import Path
from typing import NoReturn

Sums = dict[str, str]
"""A file's path below the folder, with slashes -> its SHA-256 as hexadecimal digits."""

_LINE = re.compile("(?P<digest>[0-9a-f]{64})  (?P<path>.+)")


def sums_of(folder: Path, leave_out: os.stat_result | None = None) -> Sums:
    """The sums of all files below ``folder``, links to files among them; links to folders aren't followed.

    The file whose status is ``leave_out`` isn't among them.
    Raises OSError where a file or a folder can't be read.
    """
    found = {}
    for parent, _, names in os.walk(folder, onerror=_fail):
        for path in (Path(parent, name) for name in names):
            if path.is_file() and not (leave_out and os.path.samestat(path.stat(), leave_out)):
                with path.open("rb") as file:
                    found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return dict(sorted(found.items()))


def _fail(error: OSError) -> NoReturn:
    raise error


def written(sums: Sums) -> str:
    """``sums`` in the form of the command ``sha256sum``, with one line per file.

    Raises ValueError where a path has a line break, for which this form has no place.
    """
    for name in sums:
        if "\n" in name or "\r" in name:
            raise ValueError(f"{name!r} has a line break in its name")
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items())


def read(text: str) -> Sums:
    """The sums in ``text``, the form that :func:`written` makes.

    Raises ValueError naming the line that has another form.
    """
    sums = {}
    for number, line in enumerate(io.StringIO(text), 1):
        match = _LINE.fullmatch(line.rstrip("\n"))
        if not match:
            raise ValueError(f"line {number} isn't a SHA-256 sum, two spaces and a path")
        sums[match["path"]] = match["digest"]
    return sums


def differences(old: Sums, new: Sums) -> list[str]:
    """What became of each file between ``old`` and ``new``, in the order of their paths; empty where nothing did."""
    words = {(True, False): "removed", (False, True): "added", (True, True): "changed"}
    names = sorted(old.keys() | new.keys())
    return [f"{words[name in old, name in new]} {name}" for name in names if old.get(name) != new.get(name)]
