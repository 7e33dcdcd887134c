"""Renovate's configuration: its schema, which lets any name pass, and the names that it knows."""

from __future__ import annotations

import difflib
import json
from typing import Any

from harness.validate import jsontext, schema
from harness.validate.family import Family

RENAMED = {"config:base": "config:recommended"}  # Renovate 36


def check(text: str) -> list[str]:
    if errors := jsontext.check(text):
        return errors
    data: Any = json.loads(text)
    if errors := schema.errors(data, "renovate"):
        return errors
    known = schema.schema("renovate")["properties"]
    for name in data.keys() - known.keys() - {"$schema"}:
        close = difflib.get_close_matches(name, known, 1)
        errors.append(f"$.{name}: Renovate has no such option{f'; expected {close[0]}' if close else ''}")
    extends = data.get("extends", [])
    errors += [f"$.extends: {old!r} is {new!r} now" for old, new in RENAMED.items() if old in extends]
    return sorted(errors)


FAMILY = Family(r"(.*/)?(\.(github|gitlab)/)?(\.renovaterc(\.json)?|renovate\.json)", check)
