"""Count the words of a text."""

import re
from collections import Counter

__all__ = ["words"]


def words(text: str) -> Counter[str]:
    """How often each word stands in ``text``; words are lower-case here, and digits are no words."""
    return Counter(word.lower() for word in re.findall(r"[^\W\d_]+", text))
