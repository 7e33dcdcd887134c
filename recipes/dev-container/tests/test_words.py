import subprocess

import pytest

from word_count.words import count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat and the hat.", {"the": 2, "cat": 1, "and": 1, "hat": 1}),
        ("don’t well-known", {"don’t": 1, "well-known": 1}),
        ("Straße STRASSE", {"strasse": 2}),
        ("3 + 4", {}),
    ],
)
def test_words_are_counted_whatever_their_letters(text: str, words: dict[str, int]) -> None:
    assert count(text) == words


def test_the_command_prints_the_most_frequent_first() -> None:
    done = subprocess.run(["word-count"], input="b a b", capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "b", "1", "a"]
