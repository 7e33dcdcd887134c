"""The commands that pages show are searched for what GNU's accept and macOS's refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.problem import Problem
from harness.project import ROOT, Project
from harness.verbs import portable

OPTIONS, MEANT = portable.read(ROOT / portable.LIST)
PAGE = """\
---
title: X
---

``` console
$ {wrong}
{wrong}
$ echo a \\
>   | {wrong}
$ docker run app {wrong}
```

=== "macOS"

    ``` {{.console data-exit="1"}}
    $ x=$({wrong})
    ```

=== "Debian and Ubuntu"

    ``` console
    $ {wrong}
    ```

=== "uv"

    > ``` bash
    > cat <<END
    > {wrong}
    > END
    > FOO=1 {wrong}
    > ```

``` {{.sh title="x.sh"}}
{wrong}
```

``` text
$ {wrong}
```
"""


def found(text: str) -> list[int]:
    return [int(str(one).split(":")[1]) for one in portable.findings("docs/x.md", text, OPTIONS, ())]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.wrong)
def test_a_listed_option_is_found_and_what_to_write_is_not(option: portable.Option) -> None:
    assert option in [one for _, one in portable.found(option.wrong, OPTIONS)]
    assert not list(portable.found(option.right, OPTIONS))


def test_it_is_found_where_readers_of_macos_type_it() -> None:
    text = PAGE.format(wrong="sed -i 's/a/b/' x")
    assert found(text) == [6, 9, 16, 31]


@pytest.mark.parametrize(
    "command",
    [
        "sed -n 's/--x//p' file",
        "sed -i.old 's/a/b/' file",
        "sed -n -E '/a|b/,/c/p' file",
        "sed '/cooldown:/d' file",
        "sed -n '/a/{p;q;}' file",
        "uv add --quiet mkdir && uv run head.py --lines 3",
        "grep --count 'head --lines' file",
        'git commit --message "mkdir --parents"',
        "xargs -n 1 uv pip install --quiet",
        "rm dist/x # which pdm publish --no-build takes for a package",
        "cat <<END\nmkdir --parents x\nEND",
        "python -c \"print('it''s')\" | head -n 1",
        'echo "a \\"; mkdir --parents b"',
        "find . -name '*.py' -exec basename {} \\;",
        "touch -d 2026-01-01T00:00:00 x",
        "head -c 8 x; head -4 x",
    ],
)
def test_what_macos_accepts_is_left_alone(command: str) -> None:
    assert not list(portable.found(command, OPTIONS))


@pytest.mark.parametrize(
    "command",
    [
        "if mkdir --parents a; then :; fi",
        "true && mkdir --parents a",
        "x | xargs rm --force",
        "xargs --no-run-if-empty rm",
        "sudo env A=1 cp --recursive a b",
        "for x in a; do ln --symbolic $x; done",
        "true\nmkdir --parents a",
        "mkdir \\\n  --parents a",
        "echo it's\nmkdir --parents a",
        "echo $(date -d yesterday)",
    ],
)
def test_it_is_found_wherever_a_command_can_be(command: str) -> None:
    assert len(list(portable.found(command, OPTIONS))) == 1


def test_a_command_that_is_meant_stays_and_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    text = "``` console\n$ timeout 9 x\n$ timeout 8 x\n```\n"
    (tmp_path / "docs" / "x.md").write_text(text, encoding="utf-8")
    meant = [portable.Meant("docs/x.md", "timeout 9", "it waits"), portable.Meant("docs/x.md", "echo", "it is gone")]
    assert [one.where for one in portable.findings("docs/x.md", text, OPTIONS, meant)] == ["docs/x.md:3"]
    (stale,) = portable.stale(Project(tmp_path), meant, OPTIONS)
    assert "'echo' isn't a finding of docs/x.md" in str(stale)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "no list of options"),
        ("", "no option"),
        ("[[option]]\nfind = 'x'", "the keys find"),
        ("[[option]]\ncommands = 'x'\nfind = '('\ninstead = 'x'\nwrong = 'x'\nright = 'x'", "find = '\\('"),
        ("[[meant]]\npage = 'x'", "meant 1: the keys page"),
    ],
)
def test_a_list_that_cannot_be_used_is_a_mistake(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "list.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=message):
        portable.read(tmp_path / "list.toml")
