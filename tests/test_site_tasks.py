"""A task opens with a line for each tool, a cheat sheet has a line for each task; both are made from what ran."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag
from proof.answers import TOOLS, one_liner
from site_sample import Sample, Site, words

PAGE = "docs/pip/install.md"
SHEET = '<div data-record="cheat-sheet {}"><p>No record.</p></div>'


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """The sample, with its two tabs as two tools' ways of one task."""
    sample = Sample.create(tmp_path)
    uv = '``` {.console data-task="see-tree" data-command="uv pip"}'
    sample.edit(PAGE, '=== "uv"\n\n    ``` console', f'=== "uv"\n\n    {uv}')
    pip = '``` {.console data-task="see-tree" data-answer="no" data-command="python; source" data-catch="in bash"}'
    sample.edit(PAGE, '=== "pip"\n\n    ``` console', f'=== "pip"\n\n    {pip}')
    return sample


def lines(table: Tag) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]


def above(site: Site) -> Tag:
    (table,) = site.page("pip/install").select("table.tasks")
    return table


def test_a_task_opens_with_the_command_of_each_tool_in_sight(sample: Sample) -> None:
    sample.keep(sample.record())
    table = above(sample.build())
    assert lines(table) == [
        ["uv", "uv pip install \\ httpx", "✓ yes"],
        ["pip", "instead; in bash: python -m venv .venv source .venv/bin/activate", "✗ no"],
    ]
    assert not table.find_parent(class_=["tabbed-set", "record"]) and not table.find_parent("details")
    heading = table.find_previous(["h1", "h2"])
    assert heading is not None and words(heading).startswith("Install a package and look at it")


def test_its_lines_stand_in_the_order_of_every_table(sample: Sample) -> None:
    text = (sample.root / PAGE).read_text(encoding="utf-8")
    uv, pip = text.index('=== "uv"'), text.index('=== "pip"')
    end = text.index("## Use it")
    sample.write(PAGE, text[:uv] + text[pip:end] + text[uv:pip] + text[end:])
    assert TOOLS.index("uv") < TOOLS.index("pip")
    assert [line[0] for line in lines(above(sample.build()))] == ["uv", "pip"]


def test_a_line_leads_to_its_tools_tab(sample: Sample) -> None:
    site = sample.build()
    for row, command in zip(above(site).select("tbody tr"), ("uv pip install", "python -m pip install"), strict=True):
        (link,) = row.select("th a")
        place = site.page("pip/install").find(id=str(link["href"]).removeprefix("#"))
        assert isinstance(place, Tag) and place.find_parent(class_="tabbed-block")
        block = place.find_next_sibling()
        assert isinstance(block, Tag) and command in words(block)


def test_what_is_copied_is_the_command(sample: Sample) -> None:
    buttons = above(sample.build()).select("button[data-clipboard-text]")
    assert [str(button["data-clipboard-text"]) for button in buttons] == [
        "uv pip install \\\n  httpx",
        "python -m venv .venv",
        "source .venv/bin/activate",
    ]


def test_what_is_not_proven_answers_nothing(sample: Sample) -> None:
    assert [line[2] for line in lines(above(sample.build()))] == ["? not verified"] * 2


def test_a_cheat_sheet_has_all_tasks_of_its_tool(sample: Sample) -> None:
    sample.edit("docs/pip/other.md", "# Another page\n", f"# Another page\n\n{SHEET.format('pip')}\n")
    sample.keep(sample.record())
    page = sample.build().page("pip/other")
    assert [words(heading) for heading in page.select(".record h2")] == ["Install a package and look at it"]
    (table,) = page.select(".record table")
    assert [(line[0], line[2]) for line in lines(table)] == [("Install a package and look at it", "✗ no")]
    (link,) = table.select("th a")
    assert link["href"] == "../install/#see-tree-pip"


def test_a_cheat_sheet_of_a_tool_without_tasks_says_so(sample: Sample) -> None:
    sample.edit("docs/pip/other.md", "# Another page\n", f"# Another page\n\n{SHEET.format('Hatch')}\n")
    assert words(sample.build().page("pip/other").select(".record")[0]) == "No task has been shown with Hatch yet."


def test_a_cheat_sheet_of_no_tool_stops_the_build(sample: Sample) -> None:
    sample.edit("docs/pip/other.md", "# Another page\n", f"# Another page\n\n{SHEET.format('conda')}\n")
    with pytest.raises(Exception, match="data-record='cheat-sheet conda'"):
        sample.build()


@pytest.mark.parametrize(
    ("named", "commands"),
    [
        (None, ["uv lock"]),
        ("uv sync", ["uv sync --locked"]),
        ("uv lock; uv sync", ["uv lock", "uv sync --locked"]),
        ("uv lock; uv lock", ["uv lock", "uv lock --check"]),
    ],
)
def test_a_line_has_the_first_command_or_those_named(named: str | None, commands: list[str]) -> None:
    text = "$ uv lock\nResolved\n$ uv sync --locked\n$ uv lock --check\n"
    assert one_liner({"data-command": named} if named else {}, text) == commands
