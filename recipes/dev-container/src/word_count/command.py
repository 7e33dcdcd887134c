"""`word-count < text` prints the ten most frequent words."""

import sys

from .words import count


def main() -> None:
    for word, times in count(sys.stdin.read()).most_common(10):
        print(f"{times:6} {word}")
