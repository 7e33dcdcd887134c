"""Validators: what is wrong with a titled file, by its path, and with a data block, by its language.

Nothing here runs what it reads or asks the network. A further family of files is a module beside this one and a line
in FAMILIES.
"""

from __future__ import annotations

import re

from harness.validate import (
    compose,
    conda,
    dependabot,
    devcontainer,
    dockerfile,
    dotenv,
    gitlab,
    ini,
    jsontext,
    makefile,
    netrc,
    pipfile,
    precommit,
    pylock,
    pyproject,
    python,
    renovate,
    requirements,
    taskfile,
    toml,
    workflow,
    yaml,
)
from harness.validate.family import Check, Family

FAMILIES: tuple[Family, ...] = (  # a file belongs to the first whose path it has
    pyproject.PYPROJECT,
    pyproject.SETUP_CFG,
    pylock.FAMILY,
    pipfile.FAMILY,
    requirements.CONSTRAINTS,
    requirements.REQUIREMENTS,
    netrc.FAMILY,
    python.FAMILY,
    workflow.FAMILY,
    dependabot.FAMILY,
    renovate.FAMILY,
    gitlab.FAMILY,
    precommit.FAMILY,
    taskfile.FAMILY,
    conda.FAMILY,
    compose.COMPOSE,
    compose.OVERRIDE,
    dockerfile.FAMILY,
    devcontainer.FAMILY,
    makefile.FAMILY,
    dotenv.FAMILY,
    toml.FAMILY,
    yaml.FAMILY,
    jsontext.FAMILY,
    ini.FAMILY,
)
LANGUAGES = {family.language: family.check for family in FAMILIES if family.language}


def validator(title: str, language: str) -> Check | None:
    """What checks a file named ``title`` shown as ``language``, None where nothing does (a README, a shell script)."""
    path = title.replace("\\", "/")
    found = (family.check for family in FAMILIES if re.fullmatch(family.path, path))
    return next(found, None) or LANGUAGES.get(language)


def errors_of(check: Check, text: str) -> list[str]:
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
