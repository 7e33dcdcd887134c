"""A titled file is checked by its kind, a data block by its language, and nothing of either is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.validate.validators import parse, validate
from validated import families, pairs, titles

NEW_GRAMMAR = """\
type Pair[T] = tuple[T, T]
name = "a"
print(f"{name + "b"}")
"""
VALID = {
    "mkdocs.yml": ["a: !!python/name:x.y\nb: !ENV [A, 1]\nc: !set {d: 1}\n", "a: 1\n---\nb: 2\n", ""],
    "package.json": ['{"a": [1, 2.5e3, null, true, "\\u00e9"]}\n'],
    "pip.conf": ["[global]\nindex-url = https://u:p%40ss@packages.example.com/simple/\n"],
    "~/.config/pip/pip.conf": ["[global]\ntimeout = 60\n\n[freeze]\nrequire-virtualenv =\n"],
    ".pypirc": ["[distutils]\nindex-servers =\n    a\n    b\n"],
    "~/.netrc": ["machine packages.example.com login alice password correct-horse-battery\n", "default\nlogin a\n"],
    "app.py": ["def f(x: int) -> int:\n    return x\n", NEW_GRAMMAR],
    "feed.xml": ["<a>\n"],
    ".editorconfig": ["anything\n"],
    "README.md": ["anything\n"],
    "run.sh": ["if\n"],
}
INVALID = [
    ("a.yaml", "a: [1\n", "line 2: not YAML: "),
    ("a.yaml", "a: b: c\n", "line 1: not YAML: "),
    ("a.yml", "a: 1\na: 2\n", "duplicate key"),
    ("a.yaml", "\ta: 1\n", "not YAML: "),
    ("a.yaml", "a: *b\n", "not YAML: "),
    ("a.json", '{"a": 1,}', "not JSON: "),
    ("a.json", '{"a": 1, "a": 2}', "'a' stands twice"),
    ("a.json", "[NaN]", "NaN isn't JSON"),
    ("Pipfile.lock", "", "not JSON: "),
    ("pip.conf", "index-url = x\n", "no section headers"),
    ("pip.conf", "[global]\na = 1\na = 2\n", "already exists"),
    (".netrc", "machin a\n", "bad toplevel token 'machin'"),
    (".netrc", "machine a login b\nfoo c\n", "line 2: "),
    (".netrc", "\n", "no machine"),
    ("a.py", "def f(:\n", "line 1: "),
    ("a.py", 'x = "\\d"\n', "invalid escape sequence"),
    ("a.py", "x is 1\n", '"is" with'),
    ("a.py", "\0", "null bytes"),
]


@pytest.mark.parametrize(("title", "text"), pairs(VALID))
def test_a_right_file_has_no_errors(title: str, text: str) -> None:
    assert validate(title, "text", text) == []


@pytest.mark.parametrize(("title", "text", "part"), INVALID)
def test_a_wrong_file_has_an_error_that_says_what(title: str, text: str, part: str) -> None:
    errors = validate(title, "text", text)
    assert errors and part in errors[0]


@pytest.mark.parametrize("title", titles(VALID, INVALID))
def test_a_file_belongs_to_one_family_and_to_its_formats_below(title: str) -> None:
    assert all(family.language for family in families(title)[1:]), "only what a format has in general may come second"


@pytest.mark.parametrize("title", ["a.yaml", "a.json", "a.toml", "a.py"])
def test_what_is_nested_too_deeply_gets_an_error(title: str) -> None:
    assert validate(title, "text", ("a = " if title.endswith("toml") else "") + "[" * 3_000)


def test_nothing_that_is_read_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    validate("Makefile", "makefile", f"X := $(shell touch {trap})\nall:\n\t+touch {trap}\n")
    validate("setup.py", "python", f"open({str(trap)!r}, 'w')\n")
    validate("a.yaml", "yaml", f"!!python/object/apply:os.system ['touch {trap}']\n")
    validate("Dockerfile", "dockerfile", f"FROM scratch\nRUN touch {trap}\n")
    validate(".env", "text", f"A=$(touch {trap})\n")
    assert not trap.exists()


def test_a_file_may_be_wrong_on_purpose_but_only_as_it_says() -> None:
    assert validate("a.toml", "toml", "a = \n", invalid="not TOML") == []
    assert "valid, or nothing checks it" in validate("a.toml", "toml", "a = 1\n", invalid="not TOML")[0]
    assert "in another way than 'duplicate'" in validate("a.toml", "toml", "a = \n", invalid="duplicate")[0]
    assert "nothing checks it" in validate("README.md", "markdown", "x\n", invalid="anything")[0]


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        ("toml", "a = 1\n", "a = \n"),
        ("yaml", "a: 1\n", "a: [\n"),
        ("json", "[1]\n", "[1\n"),
        ("ini", "[a]\nb = c\n", "b = c\n"),
    ],
)
def test_a_data_block_is_parsed_by_its_language(language: str, right: str, wrong: str) -> None:
    assert parse(language, right) == []
    assert parse(language, wrong)
    assert validate("some.file", language, wrong)


def test_a_language_that_nothing_reads_is_an_error() -> None:
    assert parse("cobol", "x") == ["nothing reads cobol"]
