"""Addresses are kept: whatever page moves, its old address leads to the new one, on a plain file server too."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

import pytest
from proof.book import Book, Page
from proof.checkout import Checkout
from proof.moved import redirects
from site_sample import Sample, Site

# Every address that the site ever had, by folder; one is added with each page, and none is taken out.
ADDRESSES = {
    "": ["", "choose", "how", "status"],
    "environments": ["create", "editors", "externally-managed", "file-systems", "inspect", "recreate"],
    "pip": [
        "backtracking",
        "build-environment",
        "cache",
        "catches",
        "certificates",
        "editable",
        "freeze",
        "hashes",
        "install",
        "lock",
        "offline",
        "old-forms",
        "old-pins",
        "project",
        "requirements",
        "start",
    ],
    "uv": ["catches", "cheat-sheet", "lock", "old-forms", "pip-or-project", "project", "pytorch", "start", "tools"],
    "poetry": [
        "caret-and-tilde",
        "catches",
        "dependencies",
        "environment",
        "errors",
        "groups",
        "lock",
        "new-project",
        "old-forms",
        "start",
    ],
    "pdm": ["catches", "cheat-sheet", "install", "lock", "old-forms", "project", "start"],
    "hatch": ["catches", "cheat-sheet", "environments", "lock", "old-forms", "project", "start"],
    "pipenv": ["catches", "cheat-sheet", "lock", "old-forms", "project", "start"],
    "pip-tools": ["catches", "cheat-sheet", "lock", "old-forms", "project", "start"],
    "tasks": [
        "",
        "add-remove",
        "build",
        "check-lock",
        "compare",
        "default-groups",
        "dev-and-pins",
        "groups",
        "inspect",
        "lock-install",
        "old-lock",
        "one-group",
        "python-and-caches",
        "run",
        "sources",
        "speed",
        "start",
        "tampered",
        "update",
    ],
    "containers": [""],
    "dependencies": ["", "constraints", "declare", "groups", "hygiene", "lock", "pin", "pylock", "update"],
    "private-index": [
        "credentials",
        "dependency-confusion",
        "dependency-confusion-uv-poetry",
        "password-in-url",
        "pip",
        "pip-configuration",
        "poetry",
        "upload",
        "uv",
    ],
    "settings": ["errors", "precedence", "secrets", "start", "tests"],
    "recipes": [
        "command-line-tool",
        "fastapi-postgres-pdm",
        "fastapi-postgres-pip-tools",
        "fastapi-postgres-pipenv",
        "fastapi-postgres-poetry",
        "fastapi-postgres-uv",
        "fastapi-service",
        "library",
        "script",
        "workspace",
    ],
}


def leads_to(site: Path, address: str) -> str:
    """The page below ``site`` that a reader ends on who asks a plain file server for ``address``; empty where none."""
    for _ in range(3):
        path = site / address.strip("/") / "index.html"
        if not path.is_file():
            return ""
        if "http-equiv" not in path.read_text(encoding="utf-8"):  # to parse a large page takes a while
            return address
        refresh = Site.parsed(path).select("meta[http-equiv=refresh]")
        if not refresh:
            return address
        target = str(refresh[0]["content"]).partition("url=")[2]
        address = posixpath.normpath(posixpath.join("/", address, target)).strip("/") + "/"
    return ""


@pytest.mark.parametrize(
    "address", [f"{folder}/{name}".strip("/") + "/" for folder, names in ADDRESSES.items() for name in names]
)
def test_an_old_address_leads_to_a_page(address: str, site: Path) -> None:
    assert leads_to(site, address), f"{address}: no page, and none whose front matter has it as moved_from"


def test_a_page_that_moved_is_found_at_its_old_addresses(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    sample.edit("docs/pip/other.md", "tools: [pip]", "tools: [pip]\nmoved_from: [pip/old/, older/still/]")
    site = sample.build()
    assert leads_to(site.path, "/pip/old/") == leads_to(site.path, "/older/still/") == "pip/other/"
    page = Site.parsed(site.path / "older" / "still" / "index.html")
    assert [str(link["href"]) for link in page.select("a, link[rel=canonical]")] == ["../../pip/other/"] * 2
    assert "old/" not in (site.path / "sitemap.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (["pip/here/"], "pip/here/ is a page's address"),
        (["pip/old/", "pip/old/"], "pip/old/ is a page's address"),
        ("pip/old/", "'pip/old/'; expected a list of addresses"),
        (["/pip/old/"], "'/pip/old/'; expected a list of addresses"),
        (["pip/old.md"], "'pip/old.md'; expected a list of addresses"),
        (["../pip/old/"], "'../pip/old/'; expected a list of addresses"),
        ([3], "3; expected a list of addresses"),
    ],
)
def test_an_old_address_that_is_none_is_refused(value: Any, found: str, tmp_path: Path) -> None:
    page = Page("docs/pip/here.md", "Here", "pip/here/", {"moved_from": value}, ())
    with pytest.raises(ValueError, match=f"docs/pip/here.md: moved_from: {re.escape(found)}"):
        redirects(Book([], Checkout(tmp_path), pages={page.name: page}))


def test_a_wrong_old_address_stops_the_build(tmp_path: Path) -> None:
    sample = Sample.create(tmp_path)
    sample.edit("docs/pip/other.md", "tools: [pip]", "tools: [pip]\nmoved_from: [pip/install/]")
    with pytest.raises(AssertionError, match="docs/pip/other.md: moved_from: pip/install/ is a page's address"):
        sample.build()
