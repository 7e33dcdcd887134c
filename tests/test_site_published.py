"""What only the publisher knows: the site's address and the repository's. Without it nothing leads there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from checkout import ROOT
from site_sample import Sample, Site

KNOWN = {
    "SITE_URL": "https://guide.example.org/sub/",
    "REPO_URL": "https://code.example.org/who/guide",
    "EDIT_URI": "edit/main/docs/",
    "REPORT_URL": "https://code.example.org/who/guide/issues/new",
}


def links(site: Site, page: str) -> list[str]:
    found = [str(link["href"]) for link in site.page(page).select("a[href], link[rel=canonical]")]
    return [address for address in found if "example.org" in address and "/a?b" not in address]


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return Sample.create(tmp_path)


def test_the_publisher_s_addresses_lead_to_the_repository(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KNOWN.items():
        monkeypatch.setenv(name, value)
    site = sample.build()
    page = site.page("pip/install")
    assert [str(link["href"]) for link in page.select("a.md-source")] == [KNOWN["REPO_URL"]] * 2
    edit = f"{KNOWN['REPO_URL']}/edit/main/docs/pip/install.md"
    report = f"{KNOWN['REPORT_URL']}?title=docs/pip/install.md%3A%20"
    assert [str(link["href"]) for link in page.select("a[rel=edit], .report a")] == [edit, report, edit]
    card = {str(meta["property"]): str(meta["content"]) for meta in page.select("meta[property^='og:']")}
    assert card["og:title"] == "Install a package and look at it"
    assert card["og:description"] == "Install a package, see what came with it and undo it."
    assert card["og:url"] == f"{KNOWN['SITE_URL']}pip/install/"
    assert card["og:image"] == f"{KNOWN['SITE_URL']}cards/pip/install.png"
    assert card["og:image:alt"] == "Packaging Patterns: Install a package and look at it"
    home = site.page("index").select("meta[property='og:image']")[0]
    assert home["content"] == f"{KNOWN['SITE_URL']}assets/card.png"
    assert (site.path / "assets" / "card.png").is_file()


def test_without_them_nothing_leads_there(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    site = sample.build()
    for name in ("index", "pip/install", "status"):
        assert links(site, name) == []
        assert not site.page(name).select(".md-source, [rel=edit], .report, meta[property^='og:']"), name


def test_the_workflow_that_publishes_gives_them() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    given = {name for step in workflow["jobs"]["build"]["steps"] for name in step.get("env", {})}
    assert set(KNOWN) <= given
