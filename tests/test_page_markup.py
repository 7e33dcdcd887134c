"""Structural cases: the blocks of a page are those of the HTML that MkDocs and Material make of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from casefile import Case, read
from checkout import ROOT, SITE
from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.problem import Problem
from harness.project import Project
from rendered import Html, build, named

CASES = read("structure")
# With all pages in the navigation, and so on each, the site takes three times as long. The hook, which this build
# leaves out, puts the names of blocks into the HTML.
NAVIGATION = f"nav: [{CASES[0].slug}.md]\n"
VALIDATION = "validation: {nav: {omitted_files: ignore}, links: {anchors: info}}\n"
GOOD = [case for case in CASES if "blocks" in case.parts]
BAD = [case for case in CASES if "error" in case.parts]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose pages are the cases."""
    root = tmp_path_factory.mktemp("structure")
    (root / "mkdocs.yml").write_text(SITE.format(root=ROOT).replace("nav: null\n", NAVIGATION) + VALIDATION)
    (root / "pyproject.toml").write_text('[tool.guide]\ndate = "2026-11-20"\n')
    shutil.copytree(ROOT / "tests" / "locks", root / "tests" / "locks")
    for case in CASES:
        page = root / "docs" / f"{case.slug}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_bytes(case.page)
        for name, text in case.parts.items():
            if name.startswith("file "):
                path = root / name.removeprefix("file ")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    return Project(root)


@pytest.fixture(scope="session")
def engine(corpus: Project) -> Markup:
    return Markup(*corpus.markdown)


@pytest.fixture(scope="session")
def html(corpus: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus as MkDocs renders it; pages that it refuses to render are left out."""
    for case in CASES:
        if "not built" in case.parts:
            (corpus.docs / f"{case.slug}.md").unlink()
    target = tmp_path_factory.mktemp("structure-html")
    done = build(corpus.root, target)
    assert done.exit_code == 0, done.output
    for case in CASES:
        (corpus.docs / f"{case.slug}.md").write_bytes(case.page)
    return target


def shown(html: Path, case: Case) -> Html:
    return Html((html / case.slug / "index.html").read_text(encoding="utf-8"))


def test_there_are_at_least_forty_cases_and_each_states_what_must_come() -> None:
    assert len(CASES) >= 40
    assert len(GOOD) + len(BAD) == len(CASES)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.id)
def test_the_blocks_of_a_page_are_those_of_its_html(case: Case, corpus: Project, engine: Markup, html: Path) -> None:
    page = read_page(corpus, corpus.docs / f"{case.slug}.md", engine)

    assert [f"{b.line} {b.language} {' / '.join(b.tabs)}".rstrip() for b in page.blocks] == case.lines("blocks")
    found = [(named(b.language), b.title, b.attributes, b.text) for b in page.blocks]
    assert found == [(s.language, s.title, s.attributes, s.text) for s in shown(html, case).blocks]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.id)
def test_the_lines_of_a_block_are_its_fences(case: Case, corpus: Project, engine: Markup) -> None:
    page = read_page(corpus, corpus.docs / f"{case.slug}.md", engine)

    lines = case.page.decode("utf-8-sig").splitlines()
    for block in page.blocks:
        opening, closing = lines[block.line - 1].strip(" \t>-*1."), lines[block.end - 1].strip(" \t>")
        assert opening[:3] in ("```", "~~~")
        assert closing == opening[: len(opening) - len(opening.lstrip(opening[0]))]


@pytest.mark.parametrize("case", [c for c in GOOD if "scenarios" in c.parts], ids=lambda case: case.id)
def test_every_way_of_a_reader_through_the_tabs_is_a_scenario(case: Case, corpus: Project, engine: Markup) -> None:
    page = read_page(corpus, corpus.docs / f"{case.slug}.md", engine)

    found = [(s.label, " ".join(str(block.line) for block in s.blocks)) for s in page.scenarios]
    assert [": ".join(filter(None, way)) for way in found] == case.lines("scenarios")


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.id)
def test_a_page_that_cannot_run_as_it_stands_is_an_error(case: Case, corpus: Project, engine: Markup) -> None:
    with pytest.raises(Problem) as caught:
        read_page(corpus, corpus.docs / f"{case.slug}.md", engine)

    line, found, expected = case.lines("error")[:3]
    problem = caught.value
    assert problem.where == f"docs/{case.slug}.md{line}"
    assert problem.found == found
    if expected.endswith("..."):
        assert problem.expected.startswith(expected[:-3])
    else:
        assert problem.expected == expected
    assert str(problem).startswith(f"docs/{case.slug}.md{line}: {found}; expected ")


@pytest.mark.parametrize("case", [c for c in BAD if "shown" in c.parts], ids=lambda case: case.id)
def test_a_strict_build_shows_something_else_without_a_word(case: Case, html: Path) -> None:
    page = shown(html, case)

    assert f"{len(page.blocks)} blocks, {len(page.others)} other <pre>" == case.lines("shown")[0]
