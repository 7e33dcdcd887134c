"""pylock.toml: PEP 751."""

from __future__ import annotations

from typing import Any

from packaging.pylock import Pylock, PylockValidationError

from harness.validate import toml
from harness.validate.family import Family


def errors(data: dict[str, Any]) -> list[str]:
    try:
        Pylock.from_dict(data)
    except PylockValidationError as error:
        return [str(error)]
    return []


FAMILY = Family(r"(.*/)?pylock(\.[^.]+)?\.toml", toml.checked(errors))
