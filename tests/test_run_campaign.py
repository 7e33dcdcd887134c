"""A run as contributors see it: what runs again and what needn't, one block, updates, the closing lines."""

from __future__ import annotations

import os
import re
import sys

import pytest
from casefile import read
from checkout import Checkout

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")

TABS = """\
``` console
$ echo common >> log
```

=== "uv"

    ``` console
    $ echo uv >> log
    ```

    ``` console
    $ cat log
    common
    uv
    ```

=== "pip"

    ``` console
    $ touch never
    ```

``` console
$ cat log; false
nothing
```
"""


def made(checkout: Checkout) -> dict[str, str]:
    return {name: page[0]["made"] for name, page in checkout.record()["pages"].items()}


def proven(output: str) -> str:
    return next(iter(re.findall(r"^(\d+ of \d+) scenarios are proven already", output, re.M)), "none")


def ran(output: str) -> set[str]:
    return set(re.findall(r"^\[\d+/\d+\] (\S+) ", output, re.M))


def test_only_what_changed_runs_again(checkout: Checkout) -> None:
    recipe = checkout.write("recipes/small/app.py", 'print("one")\n')
    with_recipe = "---\nrecipe: small\n---\n``` bash\npython app.py\n```\n"
    checkout.page("a", "``` console\n$ echo one\none\n```\n")
    checkout.page("b", with_recipe)

    checkout.page("c", "``` bash\ntrue\n```\n")

    first = checkout.run()
    assert (first.status, proven(first.output)) == (0, "none")
    assert ran(first.output) == {"docs/a.md", "docs/b.md", "docs/c.md"}
    times = made(checkout)

    second = checkout.run()
    assert (second.status, proven(second.output), ran(second.output)) == (0, "3 of 3", set())
    assert made(checkout) == times
    assert "isolation" not in second.output  # neither world nor tools were started
    assert "3 passed" in second.output

    checkout.page("a", "Text before.\n\n``` console\n$ echo two\ntwo\n```\n")
    recipe.write_text('print("two")\n')
    third = checkout.run()
    assert (third.status, proven(third.output), ran(third.output)) == (0, "1 of 3", {"docs/a.md", "docs/b.md"})
    assert made(checkout)["docs/c.md"] == times["docs/c.md"]

    checks, lock = (checkout.root / "tests" / "locks" / f"{name}.txt" for name in ("checks", "harness"))
    checks.write_text(checks.read_text() + "# changed\n")
    unmoved = checkout.run()
    assert (unmoved.status, proven(unmoved.output)) == (0, "3 of 3")

    lock.write_text(lock.read_text() + "# changed\n")
    fourth = checkout.run()
    assert (fourth.status, proven(fourth.output)) == (0, "none")

    for path in [checkout.work / "record.json", checkout.work / "durations.json", *checkout.work.glob("proofs/*")]:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    damaged = checkout.run()
    assert (damaged.status, proven(damaged.output)) == (0, "none")
    assert checkout.outcomes("a") == ["compared"]
    assert checkout.leftovers() == []


def test_each_tab_starts_from_the_recipe_that_the_page_names_for_it(checkout: Checkout) -> None:
    for name in ("one", "two"):
        checkout.write(f"recipes/{name}/app.py", f'print("{name}")\n')
    tab = '=== "{0}"\n\n    ``` console\n    $ python app.py\n    {0}\n    ```\n\n'
    checkout.page("x", "---\nrecipe: {one: one, two: two}\n---\n" + tab.format("one") + tab.format("two"))

    first = checkout.run()
    assert first.status == 0, first.output
    part = checkout.record()["pages"]["docs/x.md"][0]
    assert set(part["files"]) == {"recipes/one/app.py", "recipes/two/app.py"}

    checkout.write("recipes/two/app.py", 'print("changed")\n')
    second = checkout.run()
    assert (second.status, proven(second.output)) == (1, "1 of 2")


def test_a_sentence_that_claims_more_than_the_proven_block_shows_is_red(checkout: Checkout) -> None:
    page = "``` console\n$ printf 'one\\nt%s\\n' wo\none\n...\n```\n\nSome words.\n"
    checkout.page("a", page)
    assert checkout.run().status == 0
    checkout.page("a", page.replace("Some words", "Other words"))
    assert proven(checkout.run().output) == "1 of 1"

    checkout.page("a", page.replace("Some words", "There is `two`"))
    third = checkout.run()

    assert (third.status, proven(third.output)) == (1, "none")
    assert "the paragraph below names 'two'" in third.output


def test_a_red_page_is_red_again(checkout: Checkout) -> None:
    checkout.page("a", "``` bash\nfalse\n```\n")
    checkout.page("b", "``` bash\ntrue\n```\n")

    assert checkout.run().status == 1
    again = checkout.run()

    assert (again.status, ran(again.output)) == (1, {"docs/a.md"})
    assert checkout.outcomes("a") == ["failed"]


def test_one_block_runs_with_what_it_depends_on_and_nothing_else(checkout: Checkout) -> None:
    checkout.page("x", TABS)

    one = checkout.run("--guide-page", "docs/x.md:13", "docs", "-v")  # a line inside the block at 11

    assert one.status == 0, one.output
    assert re.findall(r"^(\S+) (PASSED|FAILED|SKIPPED)", one.output, re.M) == [("docs/x.md:11[console-uv]", "PASSED")]
    assert "2 ran, 1 compared" in one.output
    assert not (checkout.work / "record.json").exists()  # a part of a page is no proof
    assert not list(checkout.work.glob("proofs/*"))

    last = checkout.run("--guide-page", "docs/x.md:24", "docs")
    assert last.status == 1
    assert "docs/x.md:24: 'cat log; false' ended with status 1; expected 0" in last.output
    assert {line.split(" - ")[0] for line in last.output.splitlines() if line.startswith("FAILED")} == {
        "FAILED docs/x.md:23[console-uv]",
        "FAILED docs/x.md:23[console-pip]",
    }


def test_one_scenario_of_a_page_does_not_replace_the_others_in_the_record(checkout: Checkout) -> None:
    checkout.page("x", TABS.replace("$ cat log; false\nnothing\n", "$ true\n"))
    assert checkout.run().status == 0
    before = [(b["line"], b["scenario"]) for b in checkout.blocks("x")]

    assert checkout.run("-k", "uv", "--guide-all", "docs").status == 0

    assert [(b["line"], b["scenario"]) for b in checkout.blocks("x")] == before


def test_a_failure_shows_where_what_and_what_to_do(checkout: Checkout) -> None:
    checkout.page("x", "# Title\n\n``` console\n$ echo one; echo two\none\nthree\n```\n")

    failed = checkout.run("--guide-first", "docs/x.md", "docs")

    expected = [
        "docs/x.md:4: 'echo one; echo two' printed something else",
        "--- the page shows",
        "+++ the command printed",
        "-three",
        "+two",
        "  → make update PAGE=docs/x.md writes what was printed",
        "FAILED docs/x.md:3[console]",
    ]
    lines = iter(failed.output.splitlines())
    for line in expected:
        assert any(found.startswith(line) for found in lines), (line, failed.output)


WRONG = """\
# Title

=== "uv"

\t``` console
\t$ seq 5
\t1
\t...
\t9
\t$ echo uv
\told
\t```

> ``` console
> $ echo quoted; echo; echo lines
> old
> ```

- Item

    ``` console
    $ echo "right   as it is"\x20\x20
    right   as it is
    ```

``` {.toml title="made.toml" data-listing="compare"}
old = 1
```

``` python
print("new")
#> old
```
"""
GREEN = """\
# Title

=== "uv"

\t``` console
\t$ seq 5
\t1
\t...
\t5
\t$ echo uv
\tuv
\t```

> ``` console
> $ echo quoted; echo; echo lines
> quoted
>
> lines
> ```

- Item

    ``` console
    $ echo "right   as it is"\x20\x20
    right   as it is
    ```

``` {.toml title="made.toml" data-listing="compare"}
new = 1
```

``` python
print("new")
#> new
```
"""


def test_an_update_makes_a_wrong_page_green_and_changes_nothing_else(checkout: Checkout) -> None:
    prefix = "---\ntitle: Title\nrecipe: small\n---\n\n"
    checkout.write("recipes/small/made.toml", "new = 1\n")
    for name, newline in {"unix": "\n", "windows": "\r\n"}.items():
        checkout.page(name, (prefix + WRONG).replace("\n", newline).encode())
    right = checkout.page("right", "``` console\n$ seq 3\n1\n...\n3\n```\n")
    os.utime(right, (1, 1))
    checkout.write("recipes/app/lines.txt", "$ echo new\nold\n")
    included = checkout.page("included", '``` console\n--8<-- "recipes/app/lines.txt"\n```\n')
    tabs = '=== "one"\n\n    ``` bash\n    echo one > name\n    ```\n\n=== "two"\n\n    ``` bash\n    echo two > name\n'
    both = checkout.page("both", tabs + "    ```\n\n``` console\n$ cat name\none\n```\n")
    before = included.read_bytes(), both.read_bytes()

    first = checkout.run("--guide-update", "docs")

    assert first.status == 1
    for name, newline in {"unix": "\n", "windows": "\r\n"}.items():
        text = (checkout.root / "docs" / f"{name}.md").read_bytes()
        assert text == (prefix + GREEN).replace("\n", newline).encode(), first.output
        assert f"docs/{name}.md: 4 blocks rewritten; run it again to see them compared" in first.output
    assert right.stat().st_mtime == 1
    assert (included.read_bytes(), both.read_bytes()) == before
    assert (
        "docs/both.md:13: its scenarios print different outputs; expected one output for every scenario" in first.output
    )
    assert "docs/right.md: " not in first.output

    second = checkout.run("--guide-update", "docs")
    assert second.status == 1
    assert "rewritten" not in second.output
    names = {block["page"] for block in checkout.record()["blocks"] if block["outcome"] == "failed"}
    assert names == {"docs/included.md", "docs/both.md"}
    assert not list(checkout.root.rglob(".*.md.*"))
    assert checkout.leftovers() == []


def test_an_update_leaves_a_page_alone_whose_lines_were_misread(checkout: Checkout) -> None:
    pasted = [case for case in read("outcomes") if case.path.stem == "pasted"]
    misread = [case for case in pasted if "failed" in case.lines("outcomes")[0]]
    assert len(misread) > 10
    stale = "a comment that isn't printed any more is no prompt"
    pages = {case.title: checkout.page(case.slug, case.page) for case in misread}
    before = {title: page.read_bytes() for title, page in pages.items()}

    ran = checkout.run("--guide-update", "docs")

    changed = [title for title, page in pages.items() if page.read_bytes() != before[title]]
    assert changed == [stale], ran.output
    assert b"# needed by rich\n" in pages[stale].read_bytes()
