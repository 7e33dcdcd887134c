"""What an outcome holds of what really happened, command by command."""

from __future__ import annotations

import sys

import pytest
from checkout import Checkout
from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.page.outcome import Outcome
from harness.project import Project
from harness.run.campaign import Campaign

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")

PAGE = """\
``` console
$ printf 'one  \\ntwo\\n' >&2; (exit 3)
...
two
[3]
$ cat <<END
> bold
> END
bold
$ printf '\\033[1mbold\\033[0m\\n'
bold
```

``` bash
echo three
echo four
```

``` {.bash data-exit="7"}
echo five
exit 7
```

``` {.python data-raises="ZeroDivisionError"}
print("six", 6)
#> six 6
1 / 0
```

``` {.text title="a.txt"}
one
```

``` console
$ cat a.txt; nothing-like-it
one
```

``` console
$ echo never
never
```
"""


@pytest.fixture
def outcomes(checkout: Checkout, small: Project, markup: Markup) -> list[Outcome]:
    campaign = Campaign(small, everything=True, keep=False)
    try:
        page = read_page(small, checkout.page("a", PAGE), markup)
        (run,) = campaign.runs(page)
        campaign.start({run: None})
        found = campaign.result(run).outcomes
        assert [outcome.block for outcome in found] == page.blocks
        return found
    finally:
        campaign.close()


def test_an_outcome_holds_each_command_with_its_status_and_all_that_it_printed(outcomes: list[Outcome]) -> None:
    ran = [[(command.text, command.status, command.output) for command in o.commands] for o in outcomes]

    assert ran[0] == [
        ("printf 'one  \\ntwo\\n' >&2; (exit 3)", 3, "one  \ntwo\n"),
        ("cat <<END\nbold\nEND", 0, "bold\n"),
        (r"printf '\033[1mbold\033[0m\n'", 0, "\x1b[1mbold\x1b[0m\n"),
    ]
    assert ran[1] == [("echo three\necho four\n", 0, "three\nfour\n")]
    assert ran[2] == [("echo five\nexit 7\n", 7, "five\n")]
    [(text, status, output)] = ran[3]
    assert (text, status) == ("python block.py", 1)
    assert output.startswith("six 6\nTraceback (most recent call last):\n") and "ZeroDivisionError" in output
    assert ran[4] == []
    [(text, status, output)] = ran[5]
    assert (text, status) == ("cat a.txt; nothing-like-it", 127)
    assert output.startswith("one\n") and "nothing-like-it: command not found" in output
    assert ran[6] == []


def test_the_time_of_the_tools_is_that_of_the_commands(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert outcome.tools == sum(command.seconds for command in outcome.commands) <= outcome.seconds
