"""The comparison of the tools is made from what ran: a cell for each block that names its task, and nothing typed."""

from __future__ import annotations

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
    """The head and the rows."""
    page = site.page("pip/other")
    rows = page.select(".record tbody tr")
    head = [words(cell) for cell in page.select(".record thead th")]
    return head, [[words(cell) for cell in row.select("th, td")] for row in rows]


def test_a_cell_says_what_the_block_that_ran_shows(sample: Sample) -> None:
    sample.keep(sample.record())
    assert table(sample.build()) == (["Task", "uv", "pip"], [["See tree", "yes", "by hand"]])


def test_a_cell_leads_to_its_block(sample: Sample) -> None:
    sample.keep(sample.record())
    site = sample.build()
    addresses = [str(a["href"]) for a in site.page("pip/other").select(".record td a")]
    assert [address.split("#")[0] for address in addresses] == ["../install/"] * 2
    for address, command in zip(addresses, ("uv pip install", "python -m pip install"), strict=True):
        block = site.page("pip/install").find(id=address.split("#")[1])
        assert block is not None and command in (block.get_text() or str(block.find_next_sibling()))


def test_a_cell_whose_block_failed_or_is_not_proven_answers_nothing(sample: Sample) -> None:
    sample.keep(sample.record(b1=[{"outcome": "failed", "reason": "-a\n+b"}]))
    assert table(sample.build())[1] == [["See tree", "failed", "by hand"]]
    sample.keep(sample.record())
    sample.edit(PAGE, "Resolved 7 packages", "Resolved 8 packages")
    assert table(sample.build())[1] == [["See tree", "not verified", "not verified"]]


def test_without_a_record_the_table_claims_nothing(sample: Sample) -> None:
    assert table(sample.build())[1] == [["See tree", "not verified", "not verified"]]
