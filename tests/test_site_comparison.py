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
    rows = page.select(".record tbody tr:not(.matrix-group)")
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
    addresses = [str(a["href"]) for a in site.page("pip/other").select(".record :is(th, td) a")]
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


def test_tasks_are_together_as_their_pages_are_in_the_sidebar(sample: Sample) -> None:
    sample.keep(sample.record())
    page = sample.build().page("pip/other")
    assert [[words(cell) for cell in row.select("th")] for row in page.select(".record tbody tr")] == [
        ["pip"],
        ["Install a package and look at it"],
    ]
    assert [str(cell["class"][0]) for cell in page.select(".record td")] == ["matrix--good", "matrix--open"]


def test_a_tool_s_answers_are_counted_and_what_it_doesn_t_do_is_named(sample: Sample) -> None:
    sample.edit(PAGE, 'data-answer="by hand"', 'data-answer="no"')
    sample.edit("docs/pip/other.md", "comparison", "comparison totals")
    sample.keep(sample.record())
    uv, pip = sample.build().page("pip/other").select(".shares > li")
    assert words(uv) == "uv ✓ 1 yes"
    assert words(pip) == "pip ✗ 1 noWhat pip doesn’t doInstall a package and look at it"
    assert [str(link["href"]) for link in pip.select("a")] == ["../install/#see-tree-pip"]
    assert [str(part["class"][0]) for part in (*uv.select(".share > *"), *pip.select(".share > *"))] == [
        "share--good",
        "share--bad",
    ]


def test_nothing_is_counted_that_no_run_vouches_for(sample: Sample) -> None:
    sample.edit("docs/pip/other.md", "comparison", "comparison totals")
    lines = sample.build().page("pip/other").select(".shares > li")
    assert [words(line) for line in lines] == ["uv ? 1 not verified", "pip ? 1 not verified"]
    parts = [str(part["class"][0]) for line in lines for part in line.select(".share > *")]
    assert parts == ["share--none", "share--none"], "no answer's colour"


PHASES = ("environment", "lock-cold", "lock-warm", "install-cold", "install-warm", "unchanged", "add")


def numbers(median: float) -> dict[str, object]:
    return {"median": median, "quartiles": [median * 0.9, median * 1.1], "values": [median]}


def speed(
    sample: Sample, uv: str = "0.13.9", load: float = 1.2, part: str = "speed small", rounds: tuple[int, int] = (5, 2)
) -> None:
    """Measurements of three tools, one of which can't install, and the place for them on a page."""
    over = {
        "rounds": rounds[0],
        "seconds": {
            "uv": {phase: numbers(0.5) for phase in PHASES},
            "pip": {phase: numbers(6.0) for phase in PHASES},
            "PDM": {"lock-cold": numbers(8.0)},
        },
        "failed": {"PDM": {"install-cold": "no <lock>"}},
        "left out": {"pip-tools": "it would take an hour"},
        "sizes": {"uv": {"lock-file": [30000, 120, 2], "bytecode": [0]}, "pip": {"lock-file": [7500, 9, 0]}},
    }
    slow = {**over, "rounds": rounds[1], "seconds": {"uv": {"lock-cold": numbers(2.0)}}, "failed": {}}
    data = {
        "format": 2,
        "page": PAGE,
        "made": ["2026-11-22T15:00:00Z", "2026-11-22T16:00:00Z"],
        "seed": 4711,
        "load": load,
        "conditions": {
            "world": "2026-11-20",
            "system": "Debian GNU/Linux 12, Linux 6.18, x86_64",
            "processor": "a processor, 2 cores",
            "tools": {"uv": uv, "pip": "26.3"},
            "python": "3.15.2",
            "tools_python": "3.15.2 (Debian's build)",
            "lines": {"loopback": {}, "link": {"round_trip": 0.04, "rate": 6250000.0}},
        },
        "tools": ["uv", "PDM", "pip-tools", "pip"],
        "results": {"small": {"loopback": over, "link": slow}},
    }
    sample.write("docs/assets/speed.json", json.dumps(data))
    sample.edit("docs/pip/other.md", "comparison", part)
    sample.keep(sample.record())


def test_speeds_are_seconds_with_their_spread_and_then_ratios(sample: Sample) -> None:
    speed(sample)
    page = sample.build().page("pip/other")
    first = page.select(".record details")[0]
    assert words(first.select("summary")[0]) == "The numbers over loopback"
    rows = [[words(cell) for cell in row.select("td")] for row in first.select("tbody tr")]
    assert rows[0] == ["uv", *["0.50 s 0.45–0.55; 1.0×"] * 7]
    assert rows[3] == ["pip", *["6.0 s 5.4–6.6; 12×"] * 7]
    assert [row[1] for row in rows] == ["0.50 s 0.45–0.55; 1.0×", "–", "not timed", "6.0 s 5.4–6.6; 12×"]


def test_the_picture_has_a_panel_for_each_step_and_a_dot_for_each_number(sample: Sample) -> None:
    speed(sample)
    drawings = sample.build().page("pip/other").select(".speed svg")
    assert len(drawings) == len(PHASES)
    lock = drawings[1]
    assert str(lock["aria-label"]).startswith(
        "Lock, empty caches: uv over loopback 0.50 s, uv over the slow link 2.0 s,"
    )
    at = {(str(dot["class"]), float(str(dot["cx"]))) for dot in lock.select("circle")}
    loopback = sorted(x for line, x in at if "loopback" in line)
    assert len(loopback) == 3 and loopback[0] < loopback[1] < loopback[2]
    (slow,) = (x for line, x in at if "link" in line)
    assert loopback[0] < slow < loopback[1]


def test_the_spread_is_said_where_there_is_one(sample: Sample) -> None:
    speed(sample)
    legend = words(sample.build().page("pip/other").select(".record p")[0])
    assert "the median of 5 rounds over loopback and 2 rounds over the slow link" in legend
    assert legend.endswith("the bar behind it the middle half of the rounds.")


def test_one_round_claims_no_spread(sample: Sample) -> None:
    speed(sample, rounds=(1, 1))
    legend = words(sample.build().page("pip/other").select(".record p")[0])
    assert "the dot is 1 round over loopback and 1 round over the slow link" in legend
    assert legend.endswith("One round has no spread to show.") and "median" not in legend


def test_a_tool_that_fails_has_its_words_in_place_of_a_number(sample: Sample) -> None:
    speed(sample)
    page = sample.build().page("pip/other")
    assert [words(one) for one in page.select(".record ul li")] == [
        "PDM fails (Install, empty caches): “no <lock>”",
        "pip-tools isn’t timed here: it would take an hour.",
    ]
    install = page.select(".speed svg")[3]
    assert [words(text) for text in install.select(".none")] == ["fails", "not timed"]


def test_locks_are_compared_by_bytes_files_and_systems(sample: Sample) -> None:
    speed(sample, part="speed locks")
    rows = sample.build().page("pip/other").select(".record tbody tr")
    assert [[words(cell) for cell in row.select("td")] for row in rows] == [
        ["uv", "30 kB, 120 files", "every system", "no"],
        ["PDM", "", "", ""],
        ["pip-tools", "", "", ""],
        ["pip", "8 kB, 9 files", "the one it ran on", ""],
    ]


def test_the_conditions_of_a_measurement_are_told(sample: Sample) -> None:
    speed(sample, part="speed conditions")
    site = sample.build()
    text = words(site.page("pip/other").select(".record")[0])
    assert "Measured on 22 November 2026 on Debian GNU/Linux 12" in text
    assert "Python 3.15.2 (Debian's build) ran the tools" in text
    assert "a round trip of 40 ms and 50 Mbit/s" in text
    assert "the seed 4711" in text
    assert "other versions" not in text and "other work" not in text
    assert (site.path / "assets" / "speed.json").is_file()


def test_speeds_of_other_versions_or_of_a_busy_machine_say_so(sample: Sample) -> None:
    speed(sample, uv="0.13.8", load=7.5, part="speed conditions")
    text = words(sample.build().page("pip/other").select(".record")[0])
    assert "The pages run with other versions by now" in text
    assert "its load was up to 7.5" in text


def test_without_measurements_no_speed_is_claimed(sample: Sample) -> None:
    speed(sample)
    (sample.root / "docs" / "assets" / "speed.json").unlink()
    assert words(sample.build().page("pip/other").select(".record")[0]) == "Nothing has been measured yet."
