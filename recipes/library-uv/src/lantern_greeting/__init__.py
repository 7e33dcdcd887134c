"""Greets people by name, in their language and at their time of day."""

from importlib.metadata import version

from ._greet import UnknownLanguage, greet

__all__ = ["UnknownLanguage", "__version__", "greet"]
__version__ = version("lantern-greeting")
