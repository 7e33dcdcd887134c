"""What ran, one click away from a block's mark: pages of their own, plain, outside of search and navigation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from site_sample import Sample, Site, words

LONG = "<b>line</b> & more\n" * 3


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A project of which two runs of one block and one run of another left transcripts."""
    sample = Sample.create(tmp_path_factory.mktemp("transcripts"))
    uv = sample.transcript(
        "docs/pip/install.md", "uv", {1: [ran("uv venv --quiet"), ran("uv pip install \\\n  httpx", LONG)]}
    )
    pip = sample.transcript("docs/pip/install.md", "pip", {1: [ran("false", "no\n", 1, 4096)]})
    record = sample.record(b1=[{"scenario": "uv", "transcript": uv}, {"scenario": "pip", "transcript": pip}])
    record["blocks"][-3]["transcript"] = sample.transcript("docs/pip/other.md", "", {0: [ran("echo one", "one\n")]})
    sample.keep(record)
    return sample


@pytest.fixture(scope="module")
def site(sample: Sample) -> Site:
    return sample.build()


def ran(text: str, output: str = "", status: int = 0, left_out: int = 0) -> dict[str, Any]:
    return {"text": text, "status": status, "seconds": 0.126, "output": output, "left_out": left_out}


def opened(site: Site, page: str, number: int) -> list[tuple[Path, BeautifulSoup, str]]:
    """The transcripts that the mark of a block leads to: file, content and the place in it."""
    anchor = site.page(page).find(id=f"block-{number}")
    assert anchor is not None
    mark = anchor.find_next(class_="block-proof")
    found = []
    for link in mark.select("a.proof-ran"):  # type: ignore[union-attr]
        address, _, place = str(link["href"]).partition("#")
        path = (site.path / page / address).resolve()
        found.append((path, Site.parsed(path), place))
    return found


def test_a_mark_leads_to_what_its_block_did(site: Site) -> None:
    ((path, transcript, place),) = opened(site, "pip/other", 1)
    section = transcript.find(id=place)
    assert section is not None
    assert [pre.get_text() for pre in section.select("pre")] == ["$ echo one", "one\n"]
    assert words(section.select(".ended")[0]) == "status 0, 0.13 s"
    assert str(section.select("a")[0]["href"]) == "../pip/other/#block-1"
    assert (path.parent / "../pip/other/index.html").resolve().is_file()
    assert path.parent == site.path / "transcripts"


def test_each_run_of_a_block_has_its_own(site: Site) -> None:
    uv, pip = opened(site, "pip/install", 2)
    assert uv[0] != pip[0]
    typed, printed = uv[1].find(id="block-2").select("pre")[1:]  # type: ignore[union-attr]
    assert typed.get_text() == "$ uv pip install \\\n>   httpx"
    assert printed.get_text() == LONG
    assert "uv, Python 3.13 · Debian 12 · PyPI as of 20 November 2026" in words(uv[1])
    assert "… and 4,096 more bytes status 1" in words(pip[1])


def test_a_block_without_a_transcript_leads_nowhere(site: Site) -> None:
    assert opened(site, "pip/install", 8) == []
    assert "see what ran" not in " ".join(site.states("pip/install")[2:])


def test_transcripts_are_complete_without_scripts_and_outside_of_the_search(site: Site) -> None:
    found = sorted((site.path / "transcripts").iterdir())
    assert len(found) == 3
    for path in found:
        page = Site.parsed(path)
        assert not page.select("script")
        assert page.select("meta[name=robots][content=noindex]")
        (style,) = page.select("link[rel=stylesheet]")
        assert (path.parent / str(style["href"])).resolve().is_file()
    found = {place: text for place, text in site.sections().items() if not place.startswith("how/")}  # names the link
    assert not [place for place, text in found.items() if "transcripts" in place or "see what ran" in text]
    assert "transcripts" not in (site.path / "sitemap.xml").read_text(encoding="utf-8")


def test_a_page_fetches_no_transcript(site: Site) -> None:
    loaded = [str(tag) for tag in site.page("pip/install").select("[src], link") if "transcripts/" in str(tag)]
    assert loaded == []


def test_a_transcript_that_is_missing_stops_the_build(sample: Sample, tmp_path: Path) -> None:
    lost = sample.copy(tmp_path)
    for path in (lost.root / ".work" / "transcripts").iterdir():
        path.unlink()
    with pytest.raises(
        AssertionError, match=r"docs/pip/install.md: what ran can't be read; expected transcripts/\w{64}"
    ):
        lost.build()


LAST = '``` {.txt title="requirements.txt"}\nhttpx==0.28.1\n```\n'


@pytest.mark.parametrize("now", ["", LAST.replace("1", "2")], ids=["without its last block", "with another last block"])
def test_a_transcript_that_is_older_than_its_page_is_not_published(sample: Sample, tmp_path: Path, now: str) -> None:
    older = sample.copy(tmp_path)
    older.edit("docs/pip/other.md", LAST, now)

    site = older.build()

    assert site.states("pip/other")[0] == "✓ ran, output compared"
    assert opened(site, "pip/other", 1) == []
    assert opened(site, "pip/install", 2) != []
    links = [str(a["href"]) for path in (site.path / "transcripts").iterdir() for a in Site.parsed(path).select("a")]
    assert links and not [link for link in links if "pip/other" in link]
