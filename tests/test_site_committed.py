"""A fresh clone opens proven: what is committed counts wherever no run of this machine says anything better."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness.run import committed
from proof.union import parts_of
from site_sample import Sample, words

HOME, INSTALL, OTHER = "docs/index.md", "docs/pip/install.md", "docs/pip/other.md"


def commit(sample: Sample, record: dict[str, Any]) -> None:
    for page in (HOME, INSTALL, OTHER):
        data = committed.reduced(page, record["runs"], parts_of(record))
        sample.write(f"tests/record/{page}.json", committed.text(data))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A clone of a project that committed its record; nothing ran here."""
    sample = Sample.create(tmp_path_factory.mktemp("fresh"))
    commit(sample, sample.record())
    return sample


@pytest.fixture
def sample(fresh: Sample, tmp_path: Path) -> Sample:
    return fresh.copy(tmp_path)


def test_a_fresh_clone_shows_all_that_ran(fresh: Sample, tmp_path: Path) -> None:
    site = fresh.build()
    own = fresh.copy(tmp_path)
    own.keep(own.record())
    same = own.build()
    for page in ("pip/install", "pip/other"):
        assert site.states(page) == same.states(page)
        assert site.line(page) == same.line(page).replace("Debian 12", "Linux")
    totals = words(site.page("index").select(".totals")[0])
    assert totals == words(same.page("index").select(".totals")[0])
    facts = {words(row.th): words(row.td) for row in site.page("status").select("table.facts tr")}  # type: ignore[arg-type]
    assert facts["Blocks"] == "12 of 14 blocks ran, 1 checked without a run, 1 is for Windows"
    assert (facts["Checked"], facts["System"]) == ("22 November 2026", "Linux")
    assert "Isolation" not in facts
    assert not site.page("pip/install").select("a.proof-ran")
    published = json.loads((site.path / "verification.json").read_text(encoding="utf-8"))
    assert (len(published["pages"]), len(published["blocks"])) == (3, 14)


def test_what_changed_since_is_not_verified(sample: Sample) -> None:
    sample.edit(INSTALL, "Resolved 7 packages", "Resolved 8 packages")
    site = sample.build()
    assert site.states("pip/install")[0] == "✓ written and used"
    assert site.states("pip/install")[1] == "? not verified: changed since it last ran"
    assert "not verified" not in " ".join(site.states("pip/other"))
    sample.edit("tests/locks/uv.txt", "0.13.9", "0.13.8")
    assert sample.build().line("pip/other").startswith("? 3 blocks not verified: the tools' locked versions changed")


def test_a_run_of_this_machine_comes_first_page_by_page(sample: Sample) -> None:
    record = sample.record()
    del record["pages"][INSTALL]
    record["blocks"] = [block for block in record["blocks"] if block["page"] == OTHER]
    record["blocks"][1] |= {"outcome": "failed", "reason": "it ended with status 2"}
    sample.keep(record)
    site = sample.build()
    assert site.states("pip/other")[1] == "✗ failed: it ended with status 2"
    assert "Debian 12" in site.line("pip/other")
    assert "Linux" in site.line("pip/install")
    published = json.loads((site.path / "verification.json").read_text(encoding="utf-8"))
    assert sorted(run["system"] for run in published["runs"].values()) == [
        "Debian GNU/Linux 12, Linux 6.18, x86_64",
        "Linux",
    ]
    assert len(published["blocks"]) == 14


def test_an_old_run_of_this_machine_hides_nothing_that_is_committed(sample: Sample) -> None:
    record = sample.record()
    record["runs"]["here"]["world"] = "2026-11-19"
    sample.keep(record)
    assert "not verified" not in " ".join(sample.build().states("pip/install"))


def test_the_published_site_can_leave_out_what_is_committed(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_COMMITTED", "no")
    assert "Linux" not in sample.build().page("status").get_text()


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2}', '{"format": 2, "page": "x", "runs": {"Linux": {}}}'])
def test_a_damaged_file_stops_the_build_and_is_named(sample: Sample, text: str) -> None:
    sample.write(f"tests/record/{OTHER}.json", text)
    with pytest.raises(AssertionError, match=r"other\.md\.json: .*expected a page's record of format 2") as failure:
        sample.build()
    assert "make record" in str(failure.value)


def test_a_file_of_an_older_format_proves_nothing(sample: Sample) -> None:
    sample.write(f"tests/record/{OTHER}.json", '{"format": 1}')
    site = sample.build()
    assert set(site.states("pip/other")) == {"? not verified yet"}
    assert "not verified" not in " ".join(site.states("pip/install"))
