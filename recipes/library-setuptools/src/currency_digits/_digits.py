import csv
import functools
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.resources import files


class UnknownCurrency(ValueError):
    """No currency has this code."""


def digits(code: str) -> int:
    """The decimal digits of the currency with this code, such as 2 for ``EUR``. Raises UnknownCurrency."""
    try:
        return _table()[code]
    except KeyError:
        raise UnknownCurrency(f"{code!r} is no currency; expected a code of three capitals, such as EUR") from None


def rounded(amount: Decimal, code: str) -> Decimal:
    """``amount`` with the digits of the currency; halves go to the even neighbour. Raises UnknownCurrency."""
    return amount.quantize(Decimal(1).scaleb(-digits(code)), rounding=ROUND_HALF_EVEN)


@functools.cache
def _table() -> Mapping[str, int]:
    lines = files(__package__).joinpath("digits.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: int(row["digits"]) for row in csv.DictReader(lines)}
