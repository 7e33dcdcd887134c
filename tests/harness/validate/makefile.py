"""Makefiles: the commonest slip, which make calls a "missing separator". The step that uses the file shows the rest.

Nothing here runs what it reads: ``make -n`` would (``$(shell …)`` and ``+`` recipes), outside of any sandbox.
"""

from __future__ import annotations

import re

from harness.validate.family import Family

RULE = re.compile(r"[^\s#=:][^=:]*::?(?![:=])")
ASSIGNMENT = re.compile(r"\s*(?:(?:export|override|private)\s+)*[^:#=\s]+\s*(?:\?|\+|!|:{1,3})?=")
DIRECTIVE = re.compile(
    r"\s*(?:(?:-?include|ifn?def|ifn?eq|else|endif|endef|export|unexport|override|private|vpath|undefine)\b|\$[({])"
)
DEFINE = re.compile(r"\s*(?:override\s+)?define\s.*?^\s*endef", re.DOTALL | re.MULTILINE)


def check(text: str) -> list[str]:
    """Errors of lines below a target that begin with spaces where a recipe begins with a tab (GNU make's manual)."""
    if ".RECIPEPREFIX" in text:
        return []
    text = DEFINE.sub(lambda found: "\n" * found[0].count("\n"), text)
    errors, below, continued = [], False, False
    for number, line in enumerate(text.splitlines(), 1):
        if not continued and line.strip() and not line.lstrip().startswith("#"):
            if below and line.startswith(" ") and not ASSIGNMENT.match(line) and not DIRECTIVE.match(line):
                errors.append(f"line {number}: begins with spaces, and a recipe line begins with a tab: {line!r}")
            elif line[0] not in " \t" and not DIRECTIVE.match(line):
                below = bool(RULE.match(line))
        continued = line.endswith("\\")
    return errors


FAMILY = Family(r"(.*/)?((GNU)?[Mm]akefile|.*\.mk)", check, "makefile")
