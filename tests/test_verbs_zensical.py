"""Zensical builds the same pages with the same words, or ``make zensical`` says which differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.problem import Problem
from harness.project import ROOT
from harness.verbs import zensical


def page(folder: Path, name: str, article: str) -> None:
    path = folder / name / "index.html"
    path.parent.mkdir(parents=True)
    path.write_text(f"<html><nav>Menu</nav><article>{article}</article></html>")


def test_what_a_theme_adds_and_how_it_breaks_lines_makes_no_difference(tmp_path: Path) -> None:
    page(tmp_path / "one", "a", '<h1>Title<a class="headerlink">¶</a></h1><p>Two words</p>')
    page(tmp_path / "other", "a", "<nav class=md-path>Home</nav><h1>Title</h1>\n<p>Two\n words</p>")
    assert zensical.differences(*(zensical.articles(tmp_path / site) for site in ("one", "other"))) == []


def test_other_pages_and_other_words_are_named(tmp_path: Path) -> None:
    page(tmp_path / "one", "a", "<p>Same, and then this</p>")
    page(tmp_path / "one", "b", "<p>Here alone</p>")
    page(tmp_path / "other", "a", "<p>Same, and then that</p>")
    page(tmp_path / "other", "c", "<p>There alone</p>")
    assert zensical.differences(*(zensical.articles(tmp_path / site) for site in ("one", "other"))) == [
        "b/index.html: made by MkDocs alone",
        "c/index.html: made by Zensical alone",
        "a/index.html: MkDocs …'is', Zensical …'at'",
    ]


def test_the_lines_that_are_other_ones_for_it_are_there() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "!relative" not in zensical.changed(text, {**zensical.OTHER, **zensical.HOOKS})
    with pytest.raises(Problem, match="no 'strict: true'"):
        zensical.changed("site_name: x\n", {"strict: true": "strict: false"})
