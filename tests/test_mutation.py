"""The negative control itself: what it breaks, what it calls red, and that it can find a survivor."""

from __future__ import annotations

import dataclasses
import sys

import pytest
from checkout import Checkout
from harness.problem import Problem
from harness.project import Project
from harness.run.runner import Run
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

``` console
$ cat one.txt || true
...
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


def test_a_sandbox_that_does_not_start_is_no_red(
    checkout: Checkout, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.page("a", PAGE)

    def broken(*_: object) -> None:
        raise OSError("no sandbox today")

    monkeypatch.setattr("harness.sandbox.sandbox.Sandbox._start", broken)
    with pytest.raises(Problem, match="no sandbox today"):
        control(small, [])


def test_a_mutation_that_an_earlier_one_hides_is_tried_alone(
    checkout: Checkout, small: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.page("a", PAGE)
    monkeypatch.setattr("harness.verbs.mutants.mutated", stopping)
    assert control(small, []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "8 mutants, 8 red, 0 survived, 0 of them unexplained"
