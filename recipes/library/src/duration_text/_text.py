"""The form of a duration: whole numbers with the units w, d, h, m and s, the longest unit first."""

import re
from datetime import timedelta

_UNITS = {name: timedelta(**{name: 1}) for name in ("weeks", "days", "hours", "minutes", "seconds")}
_FORM = re.compile(r"\s*".join(rf"(?:(?P<{name}>\d+)\s*{name[0]})?" for name in _UNITS), re.ASCII)


def parse_duration(text: str) -> timedelta:
    """The duration that ``text`` says, such as ``1h 30m``, ``90s`` or ``2w1d``.

    Raises ValueError where ``text`` has another form or says more than a timedelta holds.
    """
    match = _FORM.fullmatch(text.strip())
    found = {name: int(number) for name, number in match.groupdict().items() if number} if match else {}
    if not found:
        raise ValueError(f"{text!r} is no duration; expected one such as '1h 30m'")
    try:
        return timedelta(**found)
    except OverflowError:
        raise ValueError(f"{text!r} is longer than a timedelta holds") from None


def format_duration(duration: timedelta) -> str:
    """``duration`` in the shortest text that :func:`parse_duration` reads as the same duration.

    Raises ValueError where ``duration`` is negative or has fractions of a second.
    """
    if duration < timedelta(0) or duration.microseconds:
        raise ValueError(f"{duration!r} has no such text; expected whole seconds, none of them negative")
    parts = []
    for name, unit in _UNITS.items():
        number, duration = divmod(duration, unit)
        if number:
            parts.append(f"{number}{name[0]}")
    return " ".join(parts) or "0s"
