"""Task's configuration, by its schema."""

from __future__ import annotations

from harness.validate import schema, yaml
from harness.validate.family import Family


def check(text: str) -> list[str]:
    data, errors = yaml.single(text)
    return errors or schema.errors(data, "taskfile")


FAMILY = Family(r"(.*/)?[Tt]askfile(\.dist)?\.ya?ml", check)
