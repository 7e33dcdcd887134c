"""A guide of one page whose runs are made up: what the record, the proofs and the transcripts are tested with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.page.markup import Markup
from harness.page.outcome import Outcome, Ran
from harness.page.page import Page
from harness.project import Project
from harness.run.record import Conditions
from harness.run.runner import Run

CONDITIONS = Conditions(
    world="2026-11-20",
    system="Debian GNU/Linux 12, Linux 6.18, x86_64",
    isolation="bubblewrap",
    tools={"uv": "0.13.9"},
    pythons={"3.13": "3.13.0"},
    locks={"tests/locks/uv.txt": "0" * 64},
)
PAGE = """\
---
title: Title
recipe: small
tools: [uv]
---

``` console
$ echo one
one
```

=== "uv"

    ``` {.toml title="a.toml"}
    a = 1
    ```

    ``` {.console data-exit="1"}
    $ cat a.toml; false
    a = 1
    ```
"""


def guide(root: Path) -> Project:
    """The guide at ``root``: docs/x.md, and the recipe that it starts from."""
    for name, text in {"docs/x.md": PAGE, "recipes/small/app.py": "one\n", "recipes/small/b/c.py": "two\n"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Project(root)


def read(folder: Project, markup: Markup, name: str = "x") -> Run:
    page = Page.read(folder, folder.docs / f"{name}.md", markup)
    return Run(page, page.scenarios[0], "3.13")


def outcomes(run: Run, kind: str = "compared", **changes: Any) -> list[Outcome]:
    values = {"outcome": kind, "seconds": 0.12345678, **changes}
    return [
        Outcome(block, run.scenario.label, run.python, **values, commands=[Ran("echo one", 0, "one\n", 0.1)])
        for block in run.scenario.blocks
    ]
