"""How many decimal digits an amount of a currency has (ISO 4217)."""

from importlib.metadata import version

from ._digits import UnknownCurrency, digits, rounded

__all__ = ["UnknownCurrency", "__version__", "digits", "rounded"]
__version__ = version("currency-digits")
