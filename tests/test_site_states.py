"""What readers see of a run: at each block, under each title, on the status page and on the home page."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from proof.badge import block_state, days
from proof.book import Page, day
from proof.rendered import Block
from proof.state import State
from site_sample import ROOT, Sample, Site, words

MOVES = json.loads((ROOT / "docs" / "assets" / "moves.json").read_text(encoding="utf-8"))[::-1]
LONG = "'grep -c pydantc' ended with status 2, expected 1\n-0\n+1"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample.create(tmp_path_factory.mktemp("states"))


@pytest.fixture(scope="module")
def green(sample: Sample) -> Site:
    """A site whose blocks are all fine but one, which needs Windows."""
    sample.keep(sample.record())
    return sample.build()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with failures, and with blocks that ran several times with different outcomes."""
    sample = Sample.create(tmp_path_factory.mktemp("mixed"))
    missing = {"outcome": "not run", "reason": "Python 3.9 is missing"}
    sample.keep(
        sample.record(
            b0=[{"python": "3.9", **missing}, {"python": "3.13", "outcome": "written"}],
            b2=[{"scenario": "pip", "python": "3.9"}, {"scenario": "pip", "python": "3.13", "notes": ["a <note>"]}],
            b4=[{"scenario": "uv", "outcome": "ran"}, {"scenario": "pip", "outcome": "compared"}],
            b7=[{"outcome": "failed", "reason": LONG}],
            b8=[{"outcome": "blocked", "reason": "blocked by docs/pip/install.md:77"}],
        )
    )
    return sample.build()


def test_each_block_shows_its_own_outcome(green: Site) -> None:
    assert green.states("pip/install") == [
        "✓ written and used",
        "✓ ran, output compared",
        "✓ ran, output compared",
        "– not run: needs Windows",
        "✓ ran, output compared",
        "✓ same as the real file",
        "✓ written and used",
        "✓ ran",
        "✓ checked without a run",
        "✓ ran",
    ]


def test_the_worst_of_several_runs_counts(mixed: Site) -> None:
    states = mixed.states("pip/install")
    assert states[0] == "✓ written and used 1 of 2 runs", "a run that was missed hides none that was made"
    assert states[2] == "✓ ran, output compared 2 runs"
    assert states[4] == "✓ ran 2 runs"
    assert states[7] == "✗ failed: 'grep -c pydantc' ended with status 2, expected 1"
    assert states[8] == "✗ blocked by docs/pip/install.md:77"
    kinds = [str(state["class"][1]) for state in mixed.page("pip/install").select(".block-proof")]
    colours = [kind.removeprefix("block-proof--") for kind in kinds]
    assert colours == ["quiet", "quiet", "good", "elsewhere", "quiet", "quiet", "quiet", "bad", "bad", "quiet"]


def test_a_folded_state_lists_every_run(mixed: Site) -> None:
    first, second, third, fourth = mixed.page("pip/install").select("details.block-proof")
    assert [words(li) for li in first.select("li")] == [
        "Python 3.9: not run: Python 3.9 is missing",
        "Python 3.13: written and used",
    ]
    assert [words(li) for li in second.select("li")] == [
        "pip, Python 3.9: ran, output compared",
        "pip, Python 3.13: ran, output compared a <note>",
    ]
    assert [words(li)[:3] for li in third.select("li")] == ["uv,", "pip"]
    assert fourth.select_one("li").get_text().endswith(LONG)  # type: ignore[union-attr]


def test_the_line_under_a_title_says_what_ran_and_with_what(green: Site) -> None:
    assert green.line("pip/other") == (
        "✓ 3 of 3 blocks ran · pip 26.3 · Python 3.13.0 · Debian 12 "
        "· PyPI as of 20 November 2026 · checked 22 November 2026"
    )
    assert green.line("pip/install").startswith("✓ 8 of 10 blocks ran, 1 checked without a run, 1 is for Windows · uv")


def test_the_line_under_a_title_says_which_versions_the_page_needs(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path / "project")
    sample.edit("docs/pip/install.md", "tools: [uv, pip]", 'tools: [uv, pip]\nrequires: {pip: "26.2", uv: "0.12"}')
    sample.edit("docs/pip/other.md", "tools: [pip]", 'tools: [pip]\nrequires: {pip: "26.2"}')
    record = sample.record()
    record["pages"]["docs/pip/other.md"][0]["front"]["requires"] = {"pip": "26.2"}
    sample.keep(record)
    site = sample.build()
    assert site.line("pip/other").startswith("✓ 3 of 3 blocks ran · needs pip 26.2 or later · pip 26.3 · ")
    settings = "? 10 blocks not verified: the page's settings changed since it last ran"
    assert site.line("pip/install") == f"{settings} · needs pip 26.2 and uv 0.12 or later"


def test_what_a_need_was_stands_under_the_title_and_on_the_status_page(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path / "project")
    record = sample.record()
    record["pages"]["docs/pip/other.md"][0]["facts"] = {"libfaketime": "0.9.10-2.1"}
    sample.keep(record)
    site = sample.build()
    assert "· Python 3.13.0 · libfaketime 0.9.10-2.1 · Debian 12 ·" in site.line("pip/other")
    assert "libfaketime" not in site.line("pip/install")
    facts = {words(row.th): words(row.td) for row in site.page("status").select("table.facts tr")}  # type: ignore[arg-type]
    assert facts["Provided"] == "libfaketime 0.9.10-2.1"


def test_the_line_under_a_title_counts_failures(mixed: Site) -> None:
    line = mixed.line("pip/install")
    assert line.startswith("✗ 7 of 10 blocks ran, 1 failed, 1 blocked by a failure, 1 is for Windows · ")


def test_the_line_under_a_title_names_only_pythons_that_ran(green: Site, mixed: Site) -> None:
    assert "· Python 3.13.0 ·" in green.line("pip/install")
    assert "· Python 3.9.18, 3.13.0 ·" in mixed.line("pip/install")


def test_pages_of_prose_have_no_line(green: Site) -> None:
    assert [green.line(name) for name in ("status", "how")] == ["", ""]


def test_the_status_page_lists_pages_tools_and_what_did_not_run(mixed: Site) -> None:
    page = mixed.page("status")
    facts = {words(row.th): words(row.td) for row in page.select("table.facts tr")}  # type: ignore[arg-type]
    assert facts == {
        "Blocks": "11 of 14 blocks ran, 1 failed, 1 blocked by a failure, 1 is for Windows",
        "Checked": "22 November 2026, 15:00 UTC",
        "PyPI": "as it was at the beginning of 20 November 2026 (UTC)",
        "System": "Debian GNU/Linux 12, Linux 6.18, x86_64",
        "Isolation": "bubblewrap",
        "Pythons": "3.9.18, 3.13.0",
        "Tools": "pip 26.3, uv 0.13.9",
    }
    rows = [[words(cell) for cell in row.select("td")] for row in page.select(".record table:not(.facts) tbody tr")]
    install = "Install a package and look at it"
    assert rows == [
        [f"{install}, block 8 (console)", "Python 3.13", LONG.splitlines()[0]],
        [f"{install}, block 9 (json)", "Python 3.13", "blocked by docs/pip/install.md:77"],
        [f"{install}, block 1 (pyproject.toml)", "Python 3.9", "Python 3.9 is missing"],
        [f"{install}, block 4 (powershell)", "Python 3.13", "needs Windows"],
        ["Python packaging, in commands that ran", "1", "1", "✓ 1", "", "", "", "22 November 2026"],
        [install, "10", "7", "✗ 2", "✓ 1", "1", "2", "22 November 2026"],
        ["Another page", "3", "3", "✓ 3", "", "", "", "22 November 2026"],
    ]


def test_the_status_page_tells_what_was_used_from_what_was_there(green: Site) -> None:
    assert "Pythons3.13.0; there, and used by no page: 3.9.18" in green.page("status").get_text()


def test_a_python_that_a_page_needs_or_calls_counts_as_used(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    sample.edit("docs/pip/other.md", "tools: [pip]", "tools: [pip]\nneeds: [python-3.11]")
    sample.edit("docs/pip/other.md", "echo two", "python3.12 --version; pip install black==23.10.13")
    record = sample.record()
    record["runs"]["here"]["pythons"] |= {"3.10": "3.10.13", "3.11": "3.11.7", "3.12": "3.12.1"}
    record["pages"]["docs/pip/other.md"][0]["front"]["needs"] = ["python-3.11"]
    sample.keep(record)
    site = sample.build()
    assert "· Python 3.11.7, 3.12.1, 3.13.0 ·" in site.line("pip/other")
    used = "Pythons3.11.7, 3.12.1, 3.13.0; there, and used by no page: 3.9.18, 3.10.13"
    assert used in site.page("status").get_text()


def test_a_status_that_the_block_does_not_show_is_said_below_it(sample: Sample, tmp_path: Path) -> None:
    shutil.copytree(sample.root, tmp_path / "project")
    project = Sample(tmp_path / "project")
    project.edit("docs/pip/other.md", "``` bash\necho two", '``` {.bash data-exit="3"}\nexit 3')
    project.keep(project.record())
    assert project.build().states("pip/other")[1] == "✓ ran, with status 3 as announced"


def test_a_page_that_moves_on_says_its_days_and_each_block_that_moves_it_the_day() -> None:
    attributes = {"data-day": "2026-10-01"}
    moved = State(Block(0, "console", attributes, "", 0), "ran")
    still = State(replace(moved.block, attributes={}), "ran")
    page = Page("docs/x.md", "X", "x/", {"day": dt.date(2026, 8, 1)}, (still, moved))

    assert "PyPI as of 1 October 2026" in block_state(moved, str)
    assert "PyPI" not in block_state(still, str)
    assert days(page, "2026-11-20") == "PyPI from 1 August 2026 to 1 October 2026"
    assert days(replace(page, states=(still,)), "2026-11-20") == "PyPI as of 1 August 2026"
    assert days(replace(page, meta={}, states=(still,)), "2026-11-20") == "PyPI as of 20 November 2026"


def test_every_mark_that_outputs_may_have_is_explained(green: Site) -> None:
    explained = [words(term) for term in green.page("how").select("dt")]
    for word in ("[1]", "...", "[...]", "bubblewrap", "unshare", "plain", "ran", "written and used", "not verified"):
        assert word in explained


def test_links_of_the_status_page_lead_to_the_blocks(mixed: Site) -> None:
    links = [str(a["href"]) for a in mixed.page("status").select(".record td a") if "#" in str(a["href"])]
    assert links == [f"../pip/install/#block-{number}" for number in (8, 9, 1, 4)]
    page = mixed.page("pip/install")
    blocks = page.select("div.highlight")
    for number, block in enumerate(blocks, 1):
        anchor = page.find(id=f"block-{number}")
        assert anchor is block or (anchor is not None and anchor.find_next_sibling() is block)
    assert blocks[5]["id"] == "settings", "an anchor of the page's own stays"


def test_the_home_page_says_in_one_line_what_ran(green: Site) -> None:
    (line,) = green.page("index").select(".totals")
    assert words(line) == (
        "12 of 14 blocks on 3 pages ran, last on 22 November 2026, with PyPI as of 20 November 2026."
    )
    assert str(line.a["href"]) == "status/"  # type: ignore[index]


def test_the_record_is_published_as_it_is(sample: Sample, green: Site) -> None:
    assert json.loads((green.path / "verification.json").read_text(encoding="utf-8")) == sample.kept
    assert green.page("status").find("a", href="../verification.json")


def test_states_stay_out_of_the_search(green: Site) -> None:
    sections = green.sections()
    found = " ".join(text for place, text in sections.items() if not place.startswith("how/"))
    assert "One package asked for" in found
    for text in ("output compared", "written and used", "✓", "PyPI as of", "verification.json"):
        assert text not in found
    assert not [place for place in sections if place.startswith("status/")]


def beside(record: dict[str, Any], name: str, system: str, **outcomes: dict[str, str]) -> dict[str, Any]:
    """``record`` and what another run says of install.md: as the first one, but for the blocks by ``b<index>``."""
    record["runs"][name] = record["runs"]["here"] | {"system": system, "isolation": "plain"}
    record["pages"]["docs/pip/install.md"].append(record["pages"]["docs/pip/install.md"][0] | {"run": name})
    for block in [block for block in record["blocks"] if block["page"] == "docs/pip/install.md"]:
        record["blocks"].append(block | {"run": name} | outcomes.get(f"b{block['index']}", {}))
    return record


def test_what_one_system_did_not_run_hides_nothing_of_another(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    windows = "Windows-2025Server-10.0.26100-SP0, Windows 2025Server, AMD64"
    missed = {"outcome": "not run", "reason": "needs Linux or macOS"}
    ran = {"outcome": "ran", "reason": ""}
    sample.keep(beside(sample.record(), "there", windows, b1=missed, b2=missed, b3=ran, b4=missed))

    site = sample.build()

    states = site.states("pip/install")
    assert states[1] == "✓ ran, output compared 1 of 2 runs"
    assert states[3] == "✓ ran 1 of 2 runs"
    assert states[0] == "✓ written and used 2 runs"
    assert site.line("pip/install").startswith("✓ 9 of 10 blocks ran, 1 checked without a run · ")
    assert "· Debian 12, Windows-2025Server-10.0.26100-SP0 ·" in site.line("pip/install")
    runs = [words(li) for li in site.page("pip/install").select("#block-2 + .block-proof li")]
    assert runs == [
        "Python 3.13, Linux: ran, output compared",
        "Python 3.13, Windows: not run: needs Linux or macOS",
    ]
    status = site.page("status")
    facts = {words(row.th): words(row.td) for row in status.select("table.facts tr")}  # type: ignore[arg-type]
    assert facts["Isolation"] == "bubblewrap on Linux; plain on Windows"
    assert "Not run" not in [words(title) for title in status.select(".record h3")]


def test_systems_that_contradict_each_other_are_shown(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    failed = {"outcome": "failed", "reason": "ended with status 2"}
    sample.keep(beside(sample.record(), "there", "macOS 15.1, Darwin 24.1, arm64", b7=failed))

    site = sample.build()

    assert site.states("pip/install")[7] == "✗ failed in 1 of 2 runs: ended with status 2"
    status = site.page("status")
    assert [words(title) for title in status.select(".record h3")] == [
        "Contradictions",
        "Failed",
        "Not run",
        *(f"PyPI as of {day(move['day'])}, since {day(move['moved'])}" for move in MOVES),
    ]
    (cells,) = [row.select("td") for row in status.select(".numbers tbody tr") if row.select("#page-pip-install")]
    assert [words(cell) for cell in cells][3:5] == ["✓ 9", "✗ 1"]
    row = status.select(".record h3 + table tbody tr")[0]
    assert [words(cell) for cell in row.select("td")][1:] == ["Python 3.13, Linux", "Python 3.13, macOS"]


def test_a_run_that_no_longer_fits_hides_nothing_of_one_that_does(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    record = beside(sample.record(), "before", "Debian GNU/Linux 12, Linux 6.17, x86_64")
    record["runs"]["before"]["world"] = "2026-11-19"
    for block in record["blocks"]:
        if block["run"] == "before":
            block["outcome"] = "failed"
    sample.keep(record)
    line = sample.build().line("pip/install")
    assert line.startswith("✓ 8 of 10 blocks ran, 1 checked without a run, 1 is for Windows · ")
