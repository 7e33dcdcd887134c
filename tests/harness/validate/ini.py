"""INI as configparser, and so pip, setuptools and Twine, reads it."""

from __future__ import annotations

import configparser

from harness.validate.family import Family


def check(text: str) -> list[str]:
    try:
        configparser.RawConfigParser().read_string(text, "the file")
    except configparser.Error as error:
        return [" ".join(str(error).split())]
    return []


FAMILY = Family(r"(.*/)?(pip\.conf|\.pypirc|\.flake8|\.coveragerc|.*\.(ini|cfg))", check, "ini")
