"""What ``child.py`` sends, read: with the standard library alone, because every Python block needs it."""

from __future__ import annotations

import ast
from typing import Any


def read(message: str) -> Any:
    """The value that the child wrote. Raises ValueError for anything that isn't whole, and where it wrote none."""
    try:
        return ast.literal_eval(message.strip())
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(str(error)) from None
