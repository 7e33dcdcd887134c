"""Which days the company works on."""

import datetime as dt
from collections.abc import Iterator

from acme_calendar import holidays

SATURDAY = 5


def working_days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Each working day from ``first`` to ``last``, both included; none where ``last`` is before ``first``."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = dt.date.fromordinal(number)
        if day.weekday() < SATURDAY and day not in holidays(day.year):
            yield day
