"""Count the words of a text."""

import re
from collections import Counter

__all__ = ["words"]


def words(text: str) -> Counter[str]:
    """How often each word of ``text`` occurs; words are in lower case, and digits aren't words."""
    return Counter(word.lower() for word in re.findall(r"[^\W\d_]+", text))
