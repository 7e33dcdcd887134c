"""A block shown twice is the same block: another page shows it with its proof, and nothing of it can go stale."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag
from site_sample import Sample, Site, words

PAGE, OTHER = "docs/pip/install.md", "docs/pip/other.md"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """The sample with a name for a block, and its record."""
    sample = Sample.create(tmp_path)
    sample.edit(PAGE, '=== "uv"\n\n    ``` console', '=== "uv"\n\n    ``` {.console #with-uv}')
    sample.keep(sample.record())
    return sample


def show(sample: Sample, what: str, name: str = "with-uv", before: str = "") -> None:
    link = f'{before}[Install with uv](install.md#{name}){{data-show="{what}"}}'
    sample.edit(OTHER, "# Another page\n", f"# Another page\n\n{link}\n")


def again(site: Site) -> Tag:
    (found,) = site.page("pip/other").select(".again")
    return found


def test_all_of_a_block_is_shown_with_its_proof_and_its_home(sample: Sample) -> None:
    show(sample, "block")
    site = sample.build()
    home = site.page("pip/install").find(id="with-uv")
    assert isinstance(home, Tag)
    block, state = again(site).select("div.highlight")[0], again(site).select(".block-proof")[0]
    assert block.get_text() == home.get_text()
    assert block.pre["data-copy"] == home.pre["data-copy"]  # type: ignore[index]
    own = home.find_next_sibling()
    assert isinstance(own, Tag) and words(state) == words(own) == "✓ ran, output compared"
    (link,) = again(site).select(".again-from a")
    assert (link["href"], words(link)) == ("../install/#with-uv", "Install with uv")
    assert not again(site).select("[id]")


def test_its_commands_alone_are_shown_and_copied(sample: Sample) -> None:
    show(sample, "commands")
    block = again(sample.build()).select("div.highlight")[0]
    assert block.get_text() == "$ uv venv --quiet\n$ uv pip install \\\n>   httpx\n"
    assert block.pre["data-copy"] == "uv venv --quiet\nuv pip install \\\n  httpx"  # type: ignore[index]


def test_a_change_at_home_ends_the_proof_in_both_places(sample: Sample) -> None:
    show(sample, "block")
    sample.edit(PAGE, "Resolved 7 packages", "Resolved 8 packages")
    site = sample.build()
    assert "Resolved 8 packages" in again(site).get_text()
    assert words(again(site).select(".block-proof")[0]) == "? not verified: changed since it last ran"
    assert site.states("pip/install")[1] == "? not verified: changed since it last ran"


def test_the_page_that_shows_it_counts_its_own_blocks_alone(sample: Sample) -> None:
    show(sample, "block")
    site = sample.build()
    assert [block.language for block in site.blocks("pip/other")] == ["console", "bash", "text"]
    assert site.line("pip/other").startswith("✓ 3 of 3 blocks ran")


def test_without_the_hook_readers_have_the_link(sample: Sample) -> None:
    sample.edit(OTHER, "# Another page\n", '# Another page\n\n[All of it](install.md#use-it){data-show="block"}\n')
    (link,) = sample.build(hook=False).page("pip/other").select("a[data-show]")
    assert (link["href"], words(link)) == ("../install/#use-it", "All of it")


@pytest.mark.parametrize(
    ("name", "before", "message"),
    [
        ("with-vu", "", "data-show on a link to '../install/#with-vu'; expected a page and the name of one block"),
        ("with-uv", "See ", "has something beside it; expected it alone in a paragraph"),
    ],
)
def test_what_cannot_be_shown_stops_the_build(sample: Sample, name: str, before: str, message: str) -> None:
    show(sample, "block", name, before)
    with pytest.raises(Exception, match=message):
        sample.build()


def test_a_link_to_a_name_is_no_broken_link(sample: Sample) -> None:
    sample.edit(OTHER, "# Another page\n", "# Another page\n\nSee [uv's way](install.md#with-uv).\n")
    site = sample.build()
    assert site.page("pip/install").find(id="with-uv")
