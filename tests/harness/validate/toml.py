"""TOML 1.0, and what the other validators of TOML files share."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

from harness.validate.family import Check, Family


def check(text: str) -> list[str]:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [f"not TOML: {error}"]
    return []


def checked(data: Callable[[dict[str, Any]], list[str]]) -> Check:
    """The check of a TOML file whose data is for ``data`` to look at."""
    return lambda text: check(text) or data(tomllib.loads(text))


FAMILY = Family(r"(.*/)?((uv|poetry|pdm)\.lock|.*\.toml)", check, "toml")
