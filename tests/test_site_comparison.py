"""The comparison of the tools is made from what ran: a cell for each block that names its task, and nothing typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from site_sample import Sample, Site, words

PAGE = "docs/pip/install.md"
TABLE = '<div data-record="comparison"><p>No record.</p></div>'


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """The sample, with its two tabs as two tools' ways of one task and the table on its other page."""
    sample = Sample.create(tmp_path)
    sample.edit(PAGE, '=== "uv"\n\n    ``` console', '=== "uv"\n\n    ``` {.console data-task="see-tree"}')
    pip = '``` {.console data-task="see-tree" data-answer="by hand"}'
    sample.edit(PAGE, '=== "pip"\n\n    ``` console', f'=== "pip"\n\n    {pip}')
    sample.edit("docs/pip/other.md", "# Another page\n", f"# Another page\n\n{TABLE}\n")
    return sample


def table(site: Site) -> tuple[list[str], list[list[str]]]:
    """The head and the rows, marks and all."""
    page = site.page("pip/other")
    rows = page.select(".record tbody tr")
    head = [words(cell) for cell in page.select(".record thead th")]
    return head, [[words(cell) for cell in row.select("th, td")] for row in rows]


def test_a_cell_says_what_the_block_that_ran_shows(sample: Sample) -> None:
    sample.keep(sample.record())
    assert table(sample.build()) == (
        ["Task", "uv", "pip"],
        [["Install a package and look at it", "✓ yes", "✎ by hand"]],
    )


def test_a_cell_leads_to_its_block(sample: Sample) -> None:
    sample.keep(sample.record())
    site = sample.build()
    addresses = [str(a["href"]) for a in site.page("pip/other").select(".record td a")]
    assert addresses == [
        "../install/#install-a-package-and-look-at-it",
        "../install/#see-tree-uv",
        "../install/#see-tree-pip",
    ]
    for address, command in zip(addresses[1:], ("uv pip install", "python -m pip install"), strict=True):
        block = site.page("pip/install").find(id=address.split("#")[1])
        assert block is not None and command in words(block.find_next_sibling())  # type: ignore[arg-type]


def test_a_cell_whose_block_failed_or_is_not_proven_answers_nothing(sample: Sample) -> None:
    sample.keep(sample.record(b1=[{"outcome": "failed", "reason": "-a\n+b"}]))
    assert table(sample.build())[1] == [["Install a package and look at it", "✗ failed", "✎ by hand"]]
    sample.keep(sample.record())
    sample.edit(PAGE, "Resolved 7 packages", "Resolved 8 packages")
    assert table(sample.build())[1] == [["Install a package and look at it", "? not verified", "? not verified"]]


def test_without_a_record_the_table_claims_nothing(sample: Sample) -> None:
    assert table(sample.build())[1] == [["Install a package and look at it", "? not verified", "? not verified"]]


def test_a_catch_stands_below_its_answer(sample: Sample) -> None:
    sample.edit(PAGE, 'data-task="see-tree"}', 'data-task="see-tree" data-catch="one step at a time"}')
    sample.keep(sample.record())
    assert table(sample.build())[1][0][1] == "! yes, with a catch one step at a time"


def speed(sample: Sample, uv: str = "0.13.9") -> None:
    """Measurements of two tools, and the place for them on a page."""
    steps = ("lock-cold", "lock-warm", "install-cold", "install-warm")
    data = {
        "format": 1,
        "page": PAGE,
        "made": "2026-11-22T15:00:00Z",
        "rounds": 5,
        "world": "2026-11-20",
        "system": "Debian GNU/Linux 12, Linux 6.18, x86_64",
        "tools": {"uv": uv, "pip": "26.3"},
        "seconds": {"uv": dict.fromkeys(steps, 0.5), "pip": dict.fromkeys(steps, 6.0)},
        "spread": {"uv": dict.fromkeys(steps, 1.25), "pip": dict.fromkeys(steps, 1.5)},
        "bytes": {"uv": 30000, "pip": 7500},
    }
    sample.write("docs/assets/speed.json", json.dumps(data))
    sample.edit("docs/pip/other.md", "comparison", "speed")
    sample.keep(sample.record())


def test_speeds_are_shown_as_ratios_to_the_fastest(sample: Sample) -> None:
    speed(sample)
    site = sample.build()
    assert table(site)[1] == [
        ["uv", "1.0×", "1.0×", "1.0×", "1.0×", "30.0 kB, 4.0×"],
        ["pip", "12×", "12×", "12×", "12×", "7.5 kB, 1.0×"],
        ["1× is", "0.50 s", "0.50 s", "0.50 s", "0.50 s", "7.5 kB"],
    ]
    drawings = site.page("pip/other").select(".speed svg")
    assert [str(drawing["aria-label"]) for drawing in drawings] == [
        f"{step}: uv 1.0×, pip 12×" for step in ("Lock, cold", "Lock, warm", "Install, cold", "Install, warm")
    ]
    (first, second) = [float(str(dot["cx"])) for dot in drawings[0].select("circle")]
    assert first < second
    text = words(site.page("pip/other").select(".record > p")[0])
    assert "Medians of 5 rounds on 22 November 2026" in text
    assert "by a factor of 1.5 at most" in text
    assert "other versions" not in text
    assert (site.path / "assets" / "speed.json").is_file()


def test_speeds_of_other_versions_say_so(sample: Sample) -> None:
    speed(sample, uv="0.13.8")
    text = words(sample.build().page("pip/other").select(".record > p")[0])
    assert "The pages run with other versions by now" in text


def test_without_measurements_no_speed_is_claimed(sample: Sample) -> None:
    speed(sample)
    (sample.root / "docs" / "assets" / "speed.json").unlink()
    assert words(sample.build().page("pip/other").select(".record")[0]) == "Nothing has been measured yet."
