"""What the tests of validators share: files by their titles, right ones and wrong ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.validate.family import Family
from harness.validate.validators import FAMILIES


def pairs(valid: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """(title, text) of each text."""
    return [(title, text) for title, texts in valid.items() for text in texts]


def titles(valid: Mapping[str, Sequence[str]], invalid: Sequence[tuple[str, str, str]]) -> list[str]:
    return list(dict.fromkeys([*valid, *(title for title, _, _ in invalid)]))


def families(title: str) -> list[Family]:
    """The families whose files have such a title, the one that counts first."""
    return [family for family in FAMILIES if re.fullmatch(family.path, title)]
