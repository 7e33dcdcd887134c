import datetime as dt

from acme_report.days import working_days


def test_both_ends_count() -> None:
    monday, tuesday = dt.date(2026, 11, 30), dt.date(2026, 12, 1)
    assert list(working_days(monday, tuesday)) == [monday, tuesday]


def test_weekends_and_the_companys_holidays_do_not_count() -> None:
    before, after = dt.date(2026, 12, 24), dt.date(2026, 12, 28)
    assert list(working_days(before, after)) == [before, after]


def test_a_span_over_two_years_asks_for_the_holidays_of_both() -> None:
    assert len(list(working_days(dt.date(2026, 12, 31), dt.date(2027, 1, 4)))) == 2


def test_there_is_no_day_before_the_first() -> None:
    assert list(working_days(dt.date(2026, 12, 2), dt.date(2026, 12, 1))) == []
