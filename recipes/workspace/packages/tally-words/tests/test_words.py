from tally_words import words


def test_words_are_counted_whatever_their_case() -> None:
    assert words("The cat and the dog") == {"the": 2, "cat": 1, "and": 1, "dog": 1}


def test_digits_and_signs_are_no_words() -> None:
    assert words("4 cats, 1_000 – Übermut!") == {"cats": 1, "übermut": 1}
