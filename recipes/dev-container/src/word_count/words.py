"""What a word is, in any script."""

from collections import Counter

import regex

WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’-]*")  # letters, with the marks on them


def count(text: str) -> Counter[str]:
    """How often each word is in ``text``, in small letters."""
    return Counter(word.casefold() for word in WORD.findall(text))
