"""A duration as a field of a pydantic model; needs the extra ``pydantic``."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from ._text import format_duration, parse_duration


def _parsed(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_parsed), PlainSerializer(format_duration, when_used="json")]
"""A timedelta that is read from text such as ``1h 30m`` and written to JSON in the same form."""
