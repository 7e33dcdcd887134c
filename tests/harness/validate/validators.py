"""Validators: what is wrong with a titled file, by its kind, and with a data block, by its language.

Nothing here runs what it reads or asks the network. Kinds and their sources are in KINDS.
"""

from __future__ import annotations

import configparser
import json
import netrc as netrc_file
import re
import tempfile
import tomllib
import warnings
import xml.parsers.expat
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.pylock import Pylock, PylockValidationError
from validate_pyproject import api
from validate_pyproject.errors import ValidationError

from harness.validate.formats import dockerfile, dotenv, makefile
from harness.validate.requirements import requirements
from harness.validate.schemas import compose, precommit, schema, workflow, yaml

Validator = Callable[[str], list[str]]


def toml(text: str, then: Callable[[dict[str, Any]], list[str]] | None = None) -> list[str]:
    """TOML 1.0; ``then`` looks at the data."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [f"not TOML: {error}"]
    return then(data) if then else []


@lru_cache
def pyproject_schema() -> api.Validator:
    return api.Validator()


def pyproject(data: dict[str, Any]) -> list[str]:
    """PEP 517, 518, 621, 639, 735 and setuptools' tables; tables of other tools are theirs."""
    try:
        pyproject_schema()(data)
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
    classifiers = [one for one in project.get("classifiers", []) if one.startswith("License ::")]
    if isinstance(project.get("license"), str) and classifiers:
        errors.append(f"project.classifiers: {classifiers[0]!r} beside an SPDX license, which PEP 639 replaced it by")
    return errors


def pylock(data: dict[str, Any]) -> list[str]:
    """PEP 751."""
    try:
        Pylock.from_dict(data)
    except PylockValidationError as error:
        return [str(error)]
    return []


def json_text(text: str) -> list[str]:
    """JSON (RFC 8259), with unique names and no NaN."""

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


def ini(text: str, preamble: str = "") -> list[str]:
    """INI as configparser, and so pip, setuptools and Twine, read it."""
    try:
        configparser.RawConfigParser().read_string(preamble + text, "the file")
    except configparser.Error as error:
        return [" ".join(str(error).split())]
    return []


def netrc(text: str) -> list[str]:
    """netrc as Python's module, and so pip and requests, reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "netrc"
        path.write_text(text, encoding="utf-8")
        try:
            hosts = netrc_file.netrc(path).hosts
        except netrc_file.NetrcParseError as error:
            return [f"line {error.lineno}: {error.msg}"]
    return [] if hosts else ["no machine or default entry"]


def xml_text(text: str) -> list[str]:
    """Well-formed XML without entities of its own (they can grow without end)."""
    parser = xml.parsers.expat.ParserCreate()

    def entity(name: str, *_: Any) -> None:
        raise ValueError(f"the entity {name!r} is declared, which isn't taken here")

    parser.EntityDeclHandler = entity
    try:
        parser.Parse(text.encode(), True)
    except (xml.parsers.expat.ExpatError, ValueError) as error:
        return [f"not XML: {error}"]
    return []


def python(text: str) -> list[str]:
    """Compiles, without a SyntaxWarning, on the harness's own Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            warnings.simplefilter("error", DeprecationWarning)  # an unknown escape, up to Python 3.11
            compile(text, "the file", "exec", dont_inherit=True)
    except SyntaxError as error:
        return [f"line {error.lineno or 1}: {error.msg}"]
    except (ValueError, MemoryError) as error:
        return [f"not Python: {str(error) or type(error).__name__}"]
    return []


KINDS: tuple[tuple[str, Validator], ...] = (  # the first whose pattern is the whole path below the project, or "~"
    (r"(.*/)?pyproject\.toml", partial(toml, then=pyproject)),
    (r"(.*/)?pylock(\.[^.]+)?\.toml", partial(toml, then=pylock)),
    (r"(.*/)?(Pipfile|(uv|poetry|pdm)\.lock|.*\.toml)", toml),
    (r"(.*/)?\.github/workflows/[^/]+\.ya?ml", workflow),
    (r"(.*/)?action\.ya?ml", partial(schema, name="github-actions")),
    (r"(.*/)?\.github/dependabot\.ya?ml", partial(schema, name="dependabot")),
    (r"(.*/)?(docker-)?compose(\.[\w-]+)*\.ya?ml", compose),
    (r"(.*/)?\.gitlab-ci\.ya?ml", partial(schema, name="gitlab-ci")),
    (r"(.*/)?\.?readthedocs\.ya?ml", partial(schema, name="readthedocs")),
    (r"(.*/)?(\.github/)?\.?renovate(rc)?\.json", partial(schema, name="renovate")),
    (r"(.*/)?\.pre-commit-(config|hooks)\.yaml", precommit),
    (r"(.*/)?.*\.ya?ml", yaml),
    (r"(.*/)?(Pipfile\.lock|.*\.json)", json_text),
    (r"(.*/)?((Docker|Container)file(\.[\w-]+)?|[\w-]+\.(Docker|Container)file)", dockerfile),
    (r"(.*/)?[\w.-]*constraints?[\w.-]*\.(txt|in)", partial(requirements, constraints=True)),
    (r"(.*/)?([\w.-]*requirements?[\w.-]*\.(txt|in)|requirements/[\w.-]+\.(txt|in))", requirements),
    (r"(.*/)?[._]netrc", netrc),
    (r"(.*/)?\.editorconfig", partial(ini, preamble="[root]\n")),
    (r"(.*/)?(pip\.conf|\.pypirc|\.flake8|\.coveragerc|.*\.(ini|cfg))", ini),
    (r"(.*/)?.*\.xml", xml_text),
    (r"(.*/)?.*\.pyi?", python),
    (r"(.*/)?((GNU)?[Mm]akefile|.*\.mk)", makefile),
    (r"(.*/)?\.env(\.[\w.-]+)?", dotenv),
)
LANGUAGES: dict[str, Validator] = {
    "toml": toml,
    "yaml": yaml,
    "json": json_text,
    "ini": ini,
    "xml": xml_text,
    "dockerfile": dockerfile,
    "makefile": makefile,
    "requirements": requirements,
    "python": python,
    "py": python,
}


def validator(title: str, language: str) -> Validator | None:
    """What checks a file named ``title`` shown as ``language``, None where nothing does (a README, a shell script)."""
    path = title.replace("\\", "/")
    found = (check for pattern, check in KINDS if re.fullmatch(pattern, path))
    return next(found, None) or LANGUAGES.get(language)


def errors_of(check: Validator, text: str) -> list[str]:
    if len(text) > 1_000_000:
        return ["more than a million characters, which no reader reads"]
    try:
        return check(text)
    except RecursionError:
        return ["nested too deeply"]


def parse(language: str, text: str) -> list[str]:
    """Errors of a data block without a title."""
    check = LANGUAGES.get(language)
    return errors_of(check, text) if check else [f"nothing reads {language}"]


def validate(title: str, language: str, text: str, invalid: str = "") -> list[str]:
    """Errors of the file ``title``, shown as ``language``; an empty list where it is valid or nothing checks it.

    ``invalid`` is part of a message: a file that is wrong on purpose has to be invalid, with an error containing it.
    """
    check = validator(title, language)
    errors = errors_of(check, text) if check else []
    if not invalid:
        return errors
    if not errors:
        return [f"valid, or nothing checks it; expected an error with {invalid!r}"]
    if any(invalid in error for error in errors):
        return []
    return [f"invalid in another way than {invalid!r}: {error}" for error in errors]
