""".env files, as python-dotenv and so pydantic-settings reads them: what it warns of and leaves out is an error."""

from __future__ import annotations

import io

from dotenv.parser import parse_stream

from harness.validate.family import Family


def check(text: str) -> list[str]:
    errors = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:  # its text begins with the empty lines above it
            found = binding.original.string
            number = binding.original.line + found[: -len(found.lstrip())].count("\n")
            errors.append(f"line {number}: not NAME=value: {found.strip()!r}")
    return errors


FAMILY = Family(r"(.*/)?(\.env(\.[\w.-]+)?|[\w-]+\.env)", check)
