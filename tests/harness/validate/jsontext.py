"""JSON (RFC 8259), with unique names and no NaN."""

from __future__ import annotations

import json
from typing import Any

from harness.validate.family import Family


def check(text: str) -> list[str]:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"{twice!r} stands twice in one object")
        return dict(found)

    def constant(name: str) -> None:
        raise ValueError(f"{name} isn't JSON")

    try:
        json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except ValueError as error:
        return [f"not JSON: {error}"]
    return []


FAMILY = Family(r"(.*/)?(Pipfile\.lock|.*\.json)", check, "json")
