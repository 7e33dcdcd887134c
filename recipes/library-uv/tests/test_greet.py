from datetime import UTC, time

import pytest

from lantern_greeting import UnknownLanguage, greet


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (time(0, 0), "Good evening, Ada!"),
        (time(4, 59), "Good evening, Ada!"),
        (time(5, 0), "Good morning, Ada!"),
        (time(12, 0), "Good afternoon, Ada!"),
        (time(23, 59), "Good evening, Ada!"),
    ],
)
def test_the_words_change_with_the_time_of_day(at: time, expected: str) -> None:
    assert greet("Ada", at=at) == expected


@pytest.mark.parametrize(("language", "expected"), [("de", "Guten Morgen, Ada!"), ("fr", "Bonjour, Ada!")])
def test_each_language_has_its_words(language: str, expected: str) -> None:
    assert greet("Ada", at=time(9), language=language) == expected


def test_a_time_with_a_zone_is_read_as_it_is_on_the_clock() -> None:
    assert greet("Ada", at=time(9, tzinfo=UTC)) == "Good morning, Ada!"


def test_another_language_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(UnknownLanguage, match="'xx' is not known; expected one of de, en, fr"):
        greet("Ada", at=time(9), language="xx")
