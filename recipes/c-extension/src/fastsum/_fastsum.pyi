from collections.abc import Iterable
from typing import SupportsFloat

def total(numbers: Iterable[SupportsFloat], /) -> float:
    """The sum of the numbers, each rounding error added up apart (Neumaier's algorithm)."""
