"""A development container's file, by the schema of its specification (schemas/README.md); comments are allowed."""

from __future__ import annotations

import json
import re

from harness.validate import jsontext, schema
from harness.validate.family import Family

# a string, which may hold what looks like a comment, or a comment
PIECE = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


def check(text: str) -> list[str]:
    plain = PIECE.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
    return jsontext.check(plain) or schema.errors(json.loads(plain), "devcontainer")


FAMILY = Family(r"(.*/)?(\.devcontainer/([^/]+/)?devcontainer|\.devcontainer)\.json", check)
