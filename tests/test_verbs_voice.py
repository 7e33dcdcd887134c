"""The prose of pages, docstrings, comments and messages is searched for turns of phrase that make readers stop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness.problem import Problem
from harness.project import ROOT, Project
from harness.verbs import voice

LISTED = voice.phrases(ROOT / voice.LIST)
FENCED = """\
---
title: One {phrase}
tools: [{phrase}]
---

# Two {phrase}

``` console
$ echo {phrase}
```

    ```` {{.text title="{phrase}"}}
    ``` {phrase}
    ````

`{phrase}`, ``a ` {phrase}``, "{phrase}", “{phrase}”, [three {phrase}](x.md#{phrase} "{phrase}"){{data-{phrase}="x"}}
<!-- {phrase}
{phrase} --> four {phrase}
"""
MODULE = '''\
"""One {phrase}."""

x = "{phrase}"  # two {phrase}, `{phrase}`


def f():
    """Three.

    Four {phrase}.
    """
    return f"five {phrase} {{x}}", """
    {phrase}
    """
'''


def found(name: str, text: str) -> list[str]:
    return [str(problem) for problem in voice.findings(name, text, LISTED)]


def words(lines: list[str], phrase: str) -> list[str]:
    return re.findall(rf"(\w+) {phrase}", " ".join(lines))


@pytest.mark.parametrize("phrase", LISTED, ids=lambda phrase: phrase.wrong)
def test_a_listed_phrase_is_found_and_its_rewrite_is_not(phrase: voice.Phrase) -> None:
    line = f"\n{phrase.wrong}\n"
    assert [one for one in found("docs/x.md", line) if one.endswith(phrase.instead)], phrase
    assert all(one.startswith("docs/x.md:2: '") for one in found("docs/x.md", line))
    assert found("tests/harness/x.py", f'"""X.\n{line}"""\n')
    assert found("docs/x.md", phrase.right) == found("tests/harness/x.py", f"# {phrase.right}\n") == []


def test_the_prose_of_a_page_is_what_readers_are_to_read() -> None:
    lines = voice.page(FENCED.format(phrase="anew"))
    assert len(lines) == FENCED.count("\n") + 1
    assert words(lines, "anew") == ["One", "Two", "three", "four"]
    assert " ".join(lines).count("anew") == 4


def test_the_prose_of_a_module_is_its_docstrings_and_comments_and_the_harness_messages() -> None:
    text = MODULE.format(phrase="anew")
    assert words(voice.module(text), "anew") == ["One", "two", "Four"]
    lines = voice.module(text, messages=True)
    assert len(lines) == text.count("\n") + 1
    assert " ".join(lines).count("anew") == 5 and "five anew" in lines[10]
    assert [one.split(": ")[0] for one in found("tests/harness/x.py", text)] == [
        f"tests/harness/x.py:{number}" for number in (1, 3, 3, 9, 11)
    ]


def test_a_finding_says_where_it_is_and_what_to_write_instead() -> None:
    assert found("docs/x.md", "# X\n\nRun it anew.\n") == ["docs/x.md:3: 'anew'; expected 'again', or the verb alone"]


def test_a_phrase_that_is_allowed_once_is_found_the_second_time() -> None:
    once = "It has a folder of its own.\n"
    assert found("docs/x.md", once) == []
    assert [one[:12] for one in found("docs/x.md", once * 3)] == ["docs/x.md:2:", "docs/x.md:3:"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no phrase; expected at least one [[phrase]]"),
        ("[[phrase]", "no list of phrases"),
        ('[[phrase]]\nfind = "x"\n', "phrase 1: the keys find; expected these, each with a text: find: a regular"),
        ('[[phrase]]\nfind = "("\ninstead = "x"\nwrong = "x"\nright = "x"\n', "phrase 1: find = '(' ("),
        ('[[phrase]]\nfind = "x"\ninstead = ""\nwrong = "x"\nright = "x"\n', "phrase 1: the keys find, instead"),
        ('[[phrase]]\nallowed = true\nfind = "x"\ninstead = "x"\nwrong = "x"\nright = "x"\n', "allowed = True; exp"),
    ],
)
def test_a_list_that_cant_be_searched_for_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "voice.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem) as problem:
        voice.phrases(tmp_path / "voice.toml")
    assert said in str(problem.value)


def test_what_is_found_ends_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tests" / "cases").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    assert voice.main(tmp_path) == 1
    assert "tests/voice.toml: no list of phrases" in capsys.readouterr().err
    (tmp_path / voice.LIST).write_text((ROOT / voice.LIST).read_text(encoding="utf-8"), encoding="utf-8")
    assert voice.main(tmp_path) == 0
    for name in ("docs/x.md", "README.md", "tests/x.py", "tests/cases/x.md", "docs/x.txt"):
        (tmp_path / name).write_text("# Run it anew\n", encoding="utf-8")
    assert voice.main(tmp_path) == 1
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in printed] == ["README.md", "docs/x.md", "tests/x.py"]


def test_all_files_that_people_write_are_looked_through() -> None:
    assert len(voice.files(Project(ROOT))) > 300
