from decimal import Decimal

import pytest

from currency_digits import UnknownCurrency, digits, rounded


@pytest.mark.parametrize(("code", "expected"), [("JPY", 0), ("EUR", 2), ("KWD", 3)])
def test_each_currency_has_its_digits(code: str, expected: int) -> None:
    assert digits(code) == expected


@pytest.mark.parametrize("code", ["XYZ", "eur", ""])
def test_another_code_is_an_error_that_names_it(code: str) -> None:
    with pytest.raises(UnknownCurrency, match=f"^{code!r} is no currency"):
        digits(code)


@pytest.mark.parametrize(
    ("amount", "code", "expected"),
    [("1.005", "EUR", "1.00"), ("1.015", "EUR", "1.02"), ("1250.5", "JPY", "1250"), ("1", "KWD", "1.000")],
)
def test_an_amount_gets_the_digits_of_its_currency(amount: str, code: str, expected: str) -> None:
    assert str(rounded(Decimal(amount), code)) == expected
