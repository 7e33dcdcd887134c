"""pyproject.toml and setup.cfg: PEP 517, 518, 621, 639, 735 and setuptools' tables; other tools' tables are theirs."""

from __future__ import annotations

import configparser
from functools import lru_cache
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from validate_pyproject import api
from validate_pyproject.errors import ValidationError
from validate_pyproject.plugins import list_from_entry_points

from harness.validate import ini, toml
from harness.validate.family import Family


@lru_cache
def schema() -> api.Validator:
    """The standards' and setuptools' rules; tools that happen to be installed here add theirs unless they are named."""
    own = ("distutils", "setuptools")
    return api.Validator(list_from_entry_points(lambda entry: entry.name in own))


def data_errors(data: dict[str, Any]) -> list[str]:
    try:
        schema()(data)
    except ValidationError as error:
        value = f" (found {error.value!r:.200})" if not isinstance(error.value, dict) else ""
        return [error.summary.replace("`data`", "the file") + value]
    errors = []
    groups = data.get("dependency-groups", {})
    for group in groups:
        try:
            resolve_dependency_groups(groups, group)
        except (ValueError, LookupError, ExceptionGroup) as error:
            inner = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
            errors.append(f"dependency-groups.{group}: {inner}")
    project = data.get("project", {})
    errors += range_errors("project.requires-python", project.get("requires-python", ""))
    classifiers = [one for one in project.get("classifiers", []) if one.startswith("License ::")]
    if isinstance(project.get("license"), str) and classifiers:
        errors.append(f"project.classifiers: {classifiers[0]!r} beside an SPDX license, which PEP 639 replaced it by")
    return errors


def range_errors(key: str, value: str) -> list[str]:
    """A range of Pythons (PEP 440): the schema of pyproject.toml accepts a bare version, which no tool does."""
    try:
        SpecifierSet(value)
    except InvalidSpecifier:
        hint = f', such as ">={value}"' if value[:1].isdigit() else ""
        return [f"{key}: {value!r} is no range of versions{hint} (PEP 440)"]
    return []


def cfg_errors(text: str) -> list[str]:
    """setup.cfg: INI, and the range of Pythons in setuptools' section."""
    if errors := ini.check(text):
        return errors
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return range_errors("options.python_requires", parser.get("options", "python_requires", fallback=""))


PYPROJECT = Family(r"(.*/)?pyproject\.toml", toml.checked(data_errors))
SETUP_CFG = Family(r"(.*/)?setup\.cfg", cfg_errors)
