"""The days on which a page plays: they are real, go forward only, and end with the world's date."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from harness.problem import Problem

if TYPE_CHECKING:
    from harness.page.page import Page


def check(page: Page) -> None:
    """Raise Problem for a `day` or a data-day that isn't one, comes after the world's date or goes back in time."""
    if "day" not in page.front:
        for block in page.blocks:
            if "data-day" in block.attributes:
                found = f"data-day={block.attributes['data-day']!r} on a page that is at the world's date"
                raise Problem(block.where, found, "a page that begins earlier", "day: 2026-08-01 in its front matter")
        return
    days = {f"{page.name}:1": _day(page, f"{page.name}:1", f"day: {page.front['day']}", page.front["day"])}
    for block in page.blocks:
        if value := block.attributes.get("data-day"):
            days[block.where] = _day(page, block.where, f"data-day={value!r}", value)
    for scenario in page.scenarios:
        last = days[f"{page.name}:1"]
        for block in scenario.blocks:
            if (day := days.get(block.where)) is None:
                continue
            if day <= last:
                raise Problem(block.where, f"data-day={str(day)!r}, and it is {last} there", "a later day")
            last = day


def _day(page: Page, where: str, found: str, value: object) -> dt.date:
    try:
        day = dt.date.fromisoformat(str(value))
    except ValueError:
        raise Problem(where, found, "a day such as 2026-10-01") from None
    if day > page.project.date:
        raise Problem(where, found, f"a day up to the world's date, {page.project.date}")
    return day
