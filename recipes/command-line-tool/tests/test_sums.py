import hashlib
from pathlib import Path

import pytest

from folder_sums.sums import differences, read, sums_of, written

EMPTY = hashlib.sha256(b"").hexdigest()


def test_every_file_below_the_folder_has_a_sum(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b c.txt").write_bytes(b"")
    (tmp_path / "a.txt").write_bytes(b"one")
    assert sums_of(tmp_path) == {"a.txt": hashlib.sha256(b"one").hexdigest(), "deep/b c.txt": EMPTY}


def test_what_was_written_is_read_back() -> None:
    sums = {"a.txt": EMPTY, "deep/b  c.txt": EMPTY}
    assert read(written(sums)) == sums


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_path_with_a_line_break_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        written({f"a{end}b": EMPTY})


@pytest.mark.parametrize("line", ["", EMPTY, f"{EMPTY} a.txt", f"{EMPTY}  ", "abc  a.txt", f"{'z' * 64}  a.txt"])
def test_another_form_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read(f"{EMPTY}  a.txt\n{line}\n")


def test_differences_are_named_in_order() -> None:
    old = {"changed": "1", "kept": "2", "removed": "3"}
    new = {"added": "4", "changed": "5", "kept": "2"}
    assert differences(old, new) == ["added added", "changed changed", "removed removed"]
    assert differences(old, old) == []
