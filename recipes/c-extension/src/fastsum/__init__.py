"""Sums that lose no digits."""

from ._fastsum import total

__all__ = ["total"]
