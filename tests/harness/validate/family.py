"""What a validator is: the files that it is for, and what it finds wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[str], list[str]]
"""The errors of a file's text, each with its place as far as the format has one; empty where it is right."""


@dataclass(frozen=True)
class Family:
    """Files that are one thing.

    ``path`` is a regular expression that matches the full path below the project, or after ``~/``, with slashes.
    ``language`` names the blocks of data, and the files that no family knows by their path, which it reads as well.
    """

    path: str
    check: Check
    language: str = ""
