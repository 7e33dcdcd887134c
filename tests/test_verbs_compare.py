"""``make compare``: what it measures of a page, what it refuses, and what it leaves of the last measurement."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from checkout import Checkout
from harness.problem import Problem
from harness.project import Project
from harness.verbs.compare import compare, target

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")

PAGE = """\
---
tools: [uv]
---

=== "slow"

    ``` {.console data-measure="lock-cold"}
    $ sleep 0.4
    ```

    ``` {.console data-measure="lock-bytes"}
    $ printf '%s\\n' '12345 slow.lock'
    12345 slow.lock
    ```

=== "quick"

    ``` {.console data-measure="lock-cold"}
    $ sleep 0.1
    ```

``` console
$ sleep 0.2; uv --version >/dev/null
```
"""


def measured(project: Project) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(target(project).read_text(encoding="utf-8"))
    return data


def test_the_marked_blocks_are_measured_one_at_a_time(checkout: Checkout, small: Project) -> None:
    checkout.page("speed", PAGE)
    (small.docs / "assets").mkdir()
    compare(small, "docs/speed.md", rounds=2)
    data = measured(small)
    assert list(data["seconds"]) == ["slow", "quick"]
    # a sleep takes what it is asked to, or longer on a busy machine
    assert data["seconds"]["slow"]["lock-cold"] >= 0.4
    assert data["seconds"]["quick"]["lock-cold"] >= 0.1
    assert data["spread"]["slow"]["lock-cold"] >= 1
    assert data["bytes"] == {"slow": 12345}
    assert data["rounds"] == 2
    assert list(data["tools"]) == ["uv"]


def test_a_page_that_is_not_green_leaves_the_last_measurement(checkout: Checkout, small: Project) -> None:
    checkout.page("speed", PAGE.replace("sleep 0.4", "false"))
    kept = checkout.write("docs/assets/speed.json", "{}")
    with pytest.raises(Problem, match=r"docs/speed.md:7.*failed"):
        compare(small, "docs/speed.md", rounds=1)
    assert kept.read_text() == "{}"


def test_a_page_without_a_measure_is_refused(checkout: Checkout, small: Project) -> None:
    checkout.page("speed", "``` console\n$ true\n```\n")
    with pytest.raises(Problem, match="no block with data-measure"):
        compare(small, "docs/speed.md")
