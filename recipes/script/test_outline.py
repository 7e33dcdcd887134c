from pathlib import Path

import pytest

from outline import headings, main, outline

Captured = pytest.CaptureFixture[str]

TEXT = """\
# One

Text.

Two
---

```
# no heading
```

### *Three* #
"""


def test_headings_have_their_level_and_source() -> None:
    assert list(headings(TEXT)) == [(1, "One"), (2, "Two"), (3, "*Three*")]


def test_a_text_without_headings_has_an_empty_outline() -> None:
    assert outline("Text.\n") == ""


def test_files_are_printed_in_order(tmp_path: Path, capsys: Captured) -> None:
    for name in "ab":
        (tmp_path / name).write_text(f"# {name}\n\n## deeper\n")
    main([str(tmp_path / "b"), str(tmp_path / "a")])
    assert capsys.readouterr().out == "b\n  deeper\na\n  deeper\n"


def test_a_call_without_files_is_a_usage_error(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "FILE" in capsys.readouterr().err


def test_an_unreadable_file_is_a_usage_error(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "latin.md").write_bytes(b"\xff")
    for name in ("missing.md", "latin.md"):
        with pytest.raises(SystemExit) as ended:
            main([str(tmp_path / name)])
        assert ended.value.code == 2
        assert f"can't read {tmp_path / name}: " in capsys.readouterr().err
