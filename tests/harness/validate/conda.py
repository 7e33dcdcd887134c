"""environment.yml: the keys that conda knows and the forms of its dependencies (conda's manual)."""

from __future__ import annotations

import difflib
from typing import Any

from harness.validate import yaml
from harness.validate.family import Family

KEYS = ("name", "channels", "dependencies", "variables", "prefix", "platforms")


def check(text: str) -> list[str]:
    data, errors = yaml.single(text)
    if errors:
        return errors
    if not isinstance(data, dict):
        return ["expected name, channels and dependencies"]
    for key in data.keys() - set(KEYS):
        close = difflib.get_close_matches(str(key), KEYS, 1)
        errors.append(f"$.{key}: conda takes no notice of it{f'; expected {close[0]}' if close else ''}")
    for number, one in enumerate(data.get("dependencies") or []):
        if not (isinstance(one, str) or _pip(one)):
            errors.append(f"$.dependencies[{number}]: expected a package such as python=3.13, or pip with its list")
    return sorted(errors)


def _pip(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.keys() == {"pip"}
        and isinstance(one["pip"], list)
        and all(isinstance(line, str) for line in one["pip"])
    )


FAMILY = Family(r"(.*/)?environment([.-][\w-]+)*\.ya?ml", check)
