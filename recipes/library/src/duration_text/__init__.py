"""Durations as people write them: ``1h 30m`` to ``timedelta`` and back."""

from importlib.metadata import version

from ._text import format_duration, parse_duration

__all__ = ["__version__", "format_duration", "parse_duration"]
__version__ = version("duration-text")
