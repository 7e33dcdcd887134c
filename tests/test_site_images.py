"""The comparison of images is made from the page's builds: sizes that a run compared, seconds of a transcript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag
from site_sample import Sample, Site, words

PAGE = "docs/pip/other.md"
TEXT = """\
---
title: Another page
description: A page with three blocks.
tools: [pip]
---

# Another page

<div data-record="images"><p>No record.</p></div>

## One stage & `<pip>`

``` {.console data-measure="image"}
$ docker build --quiet --tag one --file one.Dockerfile .
sha256:[...]
$ sh size.sh one
36 MB
```

## Two stages

``` {.console data-measure="image-size"}
$ docker build --quiet --target build --tag two .
sha256:[...]
$ sh size.sh two
18.0 MB
```

## Again

``` {.console data-measure="image-dependency"}
$ docker build --quiet --tag one --file one.Dockerfile .
sha256:[...]
```
"""
ONE, TWO = "docker build --quiet --tag one --file one.Dockerfile .", "docker build --quiet --target build --tag two ."


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    sample = Sample.create(tmp_path)
    sample.write(PAGE, TEXT)
    return sample


def ran(text: str, seconds: float, status: int = 0) -> dict[str, Any]:
    return {"text": text, "status": status, "seconds": seconds, "output": "", "left_out": 0}


def keep(sample: Sample, *changes: dict[str, Any], timed: bool = False) -> None:
    """A record in which the three blocks of the page ran, but for the ``changes`` of each."""
    record = sample.record()
    commands = {0: [ran(ONE, 7.54), ran("sh size.sh one", 0.04)], 1: [ran(TWO, 1.2)], 2: [ran(ONE, 0.3)]}
    transcript = sample.transcript(PAGE, "", commands) if timed else ""
    for block, change in zip(record["blocks"][-3:], [*changes, *[{}] * 3], strict=False):
        block |= {"outcome": "compared", "transcript": transcript, **change}
    record["pages"][PAGE][0]["facts"] = {"Docker": "26.1.5", "ran on stand-ins for base images:": "Debian 13"}
    sample.keep(record)


def shown(site: Site) -> Tag:
    (record,) = site.page("pip/other").select(".record")
    return record


def rows(site: Site) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in shown(site).select("tr")]


def test_sizes_are_those_that_a_run_compared_the_smallest_first(sample: Sample) -> None:
    keep(sample)
    site = sample.build()
    assert rows(site) == [
        ["Image", "On top of the base"],
        ["Two stages", "18.0 MB"],
        ["One stage & <pip>", "36 MB"],
    ]
    assert [str(a["href"]) for a in shown(site).select("td a")] == ["#two-stages", "#one-stage-pip"]
    text = words(shown(site))
    assert "The sizes are of a run on 22 November 2026 on Debian GNU/Linux 12, Linux 6.18, x86_64: " in text
    assert "Docker 26.1.5; ran on stand-ins for base images: Debian 13" in text
    assert f"Its seconds aren’t part of what is committed; make page PAGE={PAGE}" in text


def test_seconds_are_those_of_the_transcript(sample: Sample) -> None:
    keep(sample, timed=True)
    site = sample.build()
    assert rows(site) == [
        ["Image", "On top of the base", "First build", "After a new dependency"],
        ["Two stages", "18.0 MB", "–", "–"],
        ["One stage & <pip>", "36 MB", "7.5 s", "0.30 s"],
    ]
    assert "Measured on 22 November 2026 on Debian GNU/Linux 12" in words(shown(site))
    assert "committed" not in words(shown(site))


def test_the_picture_has_a_bar_for_each_number_and_says_it_in_words(sample: Sample) -> None:
    keep(sample, timed=True)
    sizes, first, again = shown(sample.build()).select(".bars svg")
    assert sizes["role"] == "img"
    assert sizes["aria-label"] == "On top of the base: Two stages 18.0 MB, One stage & <pip> 36 MB"
    two, one = (float(str(bar["width"])) for bar in sizes.select("rect"))
    assert two == one / 2
    assert [words(text) for text in first.select("text")] == ["First build", "One stage & <pip>", "7.5 s"]
    assert again["aria-label"] == "After a new dependency: One stage & <pip> 0.30 s"


def test_a_build_that_failed_or_is_not_run_has_a_word_in_place_of_its_numbers(sample: Sample) -> None:
    keep(sample, {}, {"outcome": "not run", "reason": "no image here"}, timed=True)
    site = sample.build()
    assert rows(site)[1:] == [["One stage & <pip>", "36 MB", "7.5 s", "0.30 s"], ["Two stages", "not run", "–", "–"]]
    sizes = shown(site).select(".bars svg")[0]
    assert len(sizes.select("rect")) == 1 and str(sizes["aria-label"]).endswith("Two stages not run")
    keep(sample, {"outcome": "failed", "reason": "-36 MB\n+37 MB"}, timed=True)
    assert rows(sample.build())[1:] == [["Two stages", "18.0 MB", "–"], ["One stage & <pip>", "failed", "0.30 s"]]


def test_a_size_that_is_typed_and_did_not_run_is_not_shown(sample: Sample) -> None:
    """Nor are seconds: the transcript is older than the page."""
    keep(sample, timed=True)
    sample.edit(PAGE, "18.0 MB", "17.0 MB")
    site = sample.build()
    assert rows(site)[1:] == [["One stage & <pip>", "36 MB"], ["Two stages", "not verified"]]
    assert "17.0 MB" not in words(shown(site))


def test_without_a_run_nothing_is_claimed(sample: Sample) -> None:
    for record in (False, True):
        if record:
            keep(sample, *[{"outcome": "not run", "reason": "no container engine here"}] * 3)
        site = sample.build()
        assert not shown(site).select("svg") and "MB" not in words(shown(site))
        why = "no container engine here" if record else "not verified yet"
        assert f"Nothing of this has been measured: {why}." in words(shown(site))
        assert [row[0] for row in rows(site)[1:]] == ["One stage & <pip>", "Two stages"]


@pytest.mark.parametrize(
    "old, new, error",
    [
        ("\n36 MB", "\nno number", "block 1 ends in no size"),
        ("--tag two", "--tag one", "block 2 builds ['one']; expected one image of its own"),
        (" --tag two", "", "block 2 builds []; expected one image of its own"),
        ("--quiet --tag one --file one.Dockerfile .\nsha256:[...]\n```", "--tag three .\n```", "block 3 builds three"),
        ('data-measure="image', 'data-measure="lock-', 'no block with data-measure="image"'),
    ],
)
def test_a_page_that_builds_something_else_ends_the_build(sample: Sample, old: str, new: str, error: str) -> None:
    sample.edit(PAGE, old, new)
    keep(sample)
    with pytest.raises(AssertionError) as caught:
        sample.build()
    assert error in str(caught.value)
