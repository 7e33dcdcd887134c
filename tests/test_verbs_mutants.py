"""The negative control itself: what it breaks, what it calls red, and that it can find a survivor."""

from __future__ import annotations

import dataclasses
import random
import sys
from collections.abc import Callable

import pytest
from checkout import Checkout
from harness.kinds.kind import Mutation
from harness.kinds.table import read_page
from harness.machine.engine import prepare
from harness.page.markup import Markup
from harness.problem import Problem
from harness.project import Project
from harness.run.runner import Run
from harness.verbs.chance import mutant, rule, wild
from harness.verbs.mutants import Mutant, control, mutated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")

# Two files, which are dropped in runs of their own, side by side, and a block of every other kind.
PAGE = """\
``` {.text title="one.txt"}
one
```

``` {.text title="two.txt"}
two
```

``` console
$ cat one.txt two.txt
one
two
```

``` bash
grep one one.txt
```

``` python
print(1 + 1)
#> 2
```

``` {.text title="one.txt" data-listing="compare"}
one
```

``` json
{"a": 1}
```

``` {.console data-exit="3"}
$ (exit 3)
```
"""
WEAK = """\
``` {.text title="one.txt"}
one
```

``` {.console data-masks="it may be missing"}
$ cat one.txt || true
...
```
"""
PIPELINE = """\
``` {.yaml title=".gitlab-ci.yml"}
test:
  script:
    - echo one
```

``` console
$ echo one
one
```
"""


def stopping(run: Run, mutants: list[Mutant]) -> Run:
    """The mutated run, made to stop at its first failure as if that had ended the shell."""
    return dataclasses.replace(mutated(run, mutants), persistent=False)


def test_every_kind_of_block_turns_red(checkout: Checkout, small: Project, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.page("a", PAGE)
    assert control(small, []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "8 mutants, 8 red, 0 survived, 0 of them unexplained"


def test_a_block_that_proves_nothing_survives_until_a_reason_is_given(
    checkout: Checkout, small: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.page("a", WEAK)
    assert control(small, []) == 1
    survived, closing = capsys.readouterr().out.splitlines()[-2:]
    assert survived.startswith("survived: docs/a.md:1[text] (dropped): no reason in tests/survivors.toml [")
    assert closing == "2 mutants, 1 red, 1 survived, 1 of them unexplained"

    digits = survived.rpartition("[")[2].rstrip("]")
    table = f'[[survivor]]\npage = "docs/a.md"\nblock = "{digits}"\nreason = "nobody needs it"\n'
    checkout.write("tests/survivors.toml", table)
    assert control(small, ["docs/a.md"]) == 0
    assert "(dropped): nobody needs it [" in capsys.readouterr().out


def test_what_was_red_is_not_run_again_until_something_changes(
    checkout: Checkout, small: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    def runs(mutants: int, everything: bool = False) -> int:
        """How many runs the control makes, which finds so many mutants, all of them red."""
        assert control(small, [], everything) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[-1] == f"{mutants} mutants, {mutants} red, 0 survived, 0 of them unexplained"
        return sum(line.startswith("[") for line in said)

    checkout.page("a", PAGE)
    first = runs(8)
    assert first > 1
    assert runs(8) == 0
    assert runs(8, everything=True) == first
    checkout.page("b", "``` console\n$ echo one\none\n```\n")
    assert runs(9) == 1


def test_a_survivor_is_tried_again(checkout: Checkout, small: Project, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.page("a", WEAK)
    for _ in range(2):
        assert control(small, []) == 1
    said = capsys.readouterr().out.splitlines()
    assert len([line for line in said if line.startswith("survived: ")]) == 2


def test_the_commands_of_a_ci_file_are_changed(checkout: Checkout, small: Project) -> None:
    checkout.page("a", PIPELINE)  # no command of the page reads the file, so without it all would be green
    assert control(small, []) == 0


def test_a_sandbox_that_does_not_start_is_no_red(
    checkout: Checkout, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.page("a", PAGE)

    def broken(*_: object) -> None:
        raise OSError("no sandbox today")

    monkeypatch.setattr("harness.sandbox.sandbox.Sandbox._start", broken)
    with pytest.raises(Problem, match="no sandbox today"):
        control(small, [])


def test_a_page_that_does_not_run_here_is_named_with_what_it_lacks(
    checkout: Checkout, small: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "find", lambda: "no dockerd here")
    checkout.page("a", PAGE)
    checkout.page("b", "``` powershell\necho one\n```\n")
    checkout.page("c", f"---\nneeds: [container-engine]\n---\n{PAGE}")

    assert control(small, []) == 0

    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "8 mutants, 8 red, 0 survived, 0 of them unexplained; 2 pages not run"
    assert [line for line in said if line.startswith("not run: ")] == [
        "not run: docs/b.md: needs Windows",
        "not run: docs/c.md: needs a container engine (no dockerd here)",
    ]


@pytest.mark.parametrize("tried", [control, lambda small, pages: wild(small, pages, 5, 7)], ids=["control", "wild"])
def test_where_no_page_runs_the_negative_control_is_red(
    checkout: Checkout, small: Project, tried: Callable[[Project, list[str]], int]
) -> None:
    checkout.page("a", PAGE)
    checkout.page("b", "``` powershell\necho one\n```\n")
    with pytest.raises(Problem) as found:
        tried(small, ["docs/b.md"])
    assert str(found.value) == (
        "make mutants: no page that runs here; expected one at least\nnot run: docs/b.md: needs Windows"
    )


def test_a_mutation_that_an_earlier_one_hides_is_tried_alone(
    checkout: Checkout, small: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.page("a", PAGE)
    monkeypatch.setattr("harness.verbs.mutants.mutated", stopping)
    assert control(small, []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "8 mutants, 8 red, 0 survived, 0 of them unexplained"


RANDOM = """\
``` {.text title="one.txt"}
one
# a comment
```

``` console
$ cat one.txt | head -n 1
one
$ python -c 'import time; print(f"Resolved 3 packages in {time.process_time():.2f}s")'
Resolved 3 packages in 0.01s
$ seq 9
1
...
9
```
"""


def test_random_mutants_name_the_rule_that_forgave_each_survivor(
    checkout: Checkout, small: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.page("a", RANDOM)
    assert wild(small, [], 25, 7) == 1
    first = capsys.readouterr().out
    assert "seed 7: " in first
    survived = {line.rpartition(": ")[2] for line in first.splitlines() if line.startswith("survived: ")}
    assert survived == {"comment", "elision"}


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("Resolved 3 packages in 0.01s", "Resolved 3 packages in 0.91s", "volatile: duration"),
        ("Resolved 3 packages in 0.01s", "Resolved 4 packages in 0.01s", "unexplained"),
        ("9\n```\n", "9\n10\n```\n", "unexplained"),
        ("1\n...\n", "...\n", "elision"),
        ("# a comment", "# a cement", "comment"),
        ("one\n#", "two\n#", "unused line"),
    ],
)
def test_a_survivor_has_the_rule_that_forgave_it(
    small: Project, checkout: Checkout, old: str, new: str, name: str
) -> None:
    checkout.page("a", RANDOM)
    blocks = read_page(small, small.docs / "a.md", Markup(*small.markdown)).blocks
    checkout.page("a", RANDOM.replace(old, new))
    changed = read_page(small, small.docs / "a.md", Markup(*small.markdown)).blocks
    pairs = [(one, two) for one, two in zip(blocks, changed, strict=True) if one.text != two.text]
    assert [rule(Mutant(one, Mutation("", two.text, alone=False))) for one, two in pairs] == [name]


def test_random_mutants_of_the_same_seed_are_the_same(small: Project, checkout: Checkout) -> None:
    checkout.page("a", PAGE)
    blocks = read_page(small, small.docs / "a.md", Markup(*small.markdown)).blocks

    def some(seed: int) -> list[Mutant | None]:
        chance = random.Random(seed)
        return [mutant(block, 0, chance) for block in blocks for _ in range(20)]

    assert some(1) == some(1)
    assert some(1) != some(2)
    for one in filter(None, some(3)):
        assert one.mutation.text != one.block.text
