import math
from collections.abc import Iterator

import pytest

from fastsum import total


def test_small_numbers_beside_a_large_one_count() -> None:
    numbers = [1e16, 1.0, 1.0, -1e16]
    assert sum(numbers[:2]) == 1e16  # what adding two floats loses
    assert total(numbers) == 2.0


def test_nothing_adds_up_to_zero() -> None:
    assert total([]) == 0.0


def test_whatever_can_be_iterated_and_is_a_number_counts() -> None:
    assert total(number for number in (1, True, 0.5)) == 2.5


@pytest.mark.parametrize("number", [math.inf, -math.inf])
def test_an_infinity_stays_one(number: float) -> None:
    assert total([1.0, number]) == number


def test_infinities_of_both_signs_are_no_number() -> None:
    assert math.isnan(total([math.inf, -math.inf]))


def test_what_is_no_number_is_an_error() -> None:
    with pytest.raises(TypeError, match="must be real number, not str"):
        total(["1"])  # type: ignore[list-item]


def test_an_error_of_the_iterator_comes_through() -> None:
    def broken() -> Iterator[float]:
        yield 1.0
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        total(broken())
