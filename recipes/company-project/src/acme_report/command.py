"""The command ``acme-report``."""

import argparse
import datetime as dt
from collections.abc import Sequence

from acme_report.days import working_days


def main(arguments: Sequence[str] | None = None) -> None:
    """Print how many working days there are; a day that can't be read ends with status 2."""
    parser = argparse.ArgumentParser(prog="acme-report", description="Count working days, both ends included.")
    parser.add_argument("first", type=day, help="the first day, such as 2026-12-01")
    parser.add_argument("last", type=day, help="the last day")
    given = parser.parse_args(arguments)
    if given.last < given.first:
        parser.error(f"{given.last} is before {given.first}")
    count = sum(1 for _ in working_days(given.first, given.last))
    print(f"{count} working {'day' if count == 1 else 'days'}")


def day(text: str) -> dt.date:
    """The day that ``text`` names (ISO 8601)."""
    return dt.date.fromisoformat(text)
