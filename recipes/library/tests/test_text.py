from datetime import timedelta

import pytest

from duration_text import format_duration, parse_duration

DURATIONS = {
    "0s": timedelta(0),
    "90s": timedelta(seconds=90),
    "1h 30m": timedelta(minutes=90),
    "1h30m": timedelta(minutes=90),
    " 2w  1 d ": timedelta(days=15),
    "1w 2d 3h 4m 5s": timedelta(days=9, hours=3, minutes=4, seconds=5),
}


@pytest.mark.parametrize(("text", "duration"), DURATIONS.items())
def test_a_text_is_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", " ", "90", "h", "30m 1h", "1h 1h", "-1h", "1.5h", "1y", "1h, 30m"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


def test_too_long_a_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than a timedelta holds"):
        parse_duration("999999999999w")


@pytest.mark.parametrize("duration", [*DURATIONS.values(), timedelta.max.days * timedelta(days=1)])
def test_what_is_written_reads_the_same(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


def test_units_without_a_number_are_left_out() -> None:
    assert format_duration(timedelta(hours=24, seconds=5)) == "1d 5s"
    assert format_duration(timedelta(0)) == "0s"


@pytest.mark.parametrize("duration", [timedelta(seconds=-1), timedelta(milliseconds=1)])
def test_a_duration_without_a_text_is_refused(duration: timedelta) -> None:
    with pytest.raises(ValueError, match="has no such text"):
        format_duration(duration)
