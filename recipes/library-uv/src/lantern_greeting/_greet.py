from collections.abc import Mapping
from datetime import time

# from when on which words greet, the latest first
_WORDS: Mapping[str, Mapping[time, str]] = {
    "de": {time(18): "Guten Abend", time(11): "Guten Tag", time(5): "Guten Morgen", time(0): "Guten Abend"},
    "en": {time(18): "Good evening", time(12): "Good afternoon", time(5): "Good morning", time(0): "Good evening"},
    "fr": {time(18): "Bonsoir", time(5): "Bonjour", time(0): "Bonsoir"},
}


class UnknownLanguage(ValueError):
    """There are no words in this language."""


def greet(name: str, *, at: time, language: str = "en") -> str:
    """The greeting of ``name`` at this time of day, in a language such as ``en``. Raises UnknownLanguage."""
    words = _WORDS.get(language)
    if words is None:
        raise UnknownLanguage(f"{language!r} is not known; expected one of {', '.join(sorted(_WORDS))}")
    word = next(word for start, word in words.items() if start <= at.replace(tzinfo=None))
    return f"{word}, {name}!"
