"""A duration as a field of a pydantic model; needs the extra ``pydantic``."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from ._text import format_duration, parse_duration


def _parsed(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(_parsed),
    PlainSerializer(format_duration, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["1h 30m"]}),  # no format: "duration" would be ISO 8601's
]
"""A timedelta that is read from text such as ``1h 30m`` and written to JSON in the same form."""
