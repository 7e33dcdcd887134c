"""What readers see at a block, and what they copy from it: roles of files, signs in outputs, diffs that apply."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from harness.compare.patch import apply_diff, hunks_of
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project
from proof import contract
from proof.copied import copied, patch
from proof.notation import signs
from proof.prepared import prepared
from proof.rendered import Block, blocks
from site_sample import Sample, Site, words

FILE = """\
[project]
name = "app"
version = "0.1.0"
dependencies = [
    "httpx>=0.28",
]

[tool.one]
a = 1

[tool.two]
a = 2
"""


@pytest.fixture(scope="module")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    sample = Sample.create(tmp_path_factory.mktemp("blocks"))
    sample.keep(sample.record())
    return sample.build()


def test_the_bar_of_a_file_says_what_to_do_with_it(sample_site: Site) -> None:
    bars = sample_site.page("pip/install").select(".filename + .file-role")
    assert [words(bar) for bar in bars] == ["write this", "part of what is there", "change"]


def test_where_a_block_simply_ran_a_tick_stands_and_its_words_are_unseen(sample_site: Site) -> None:
    page = sample_site.page("pip/install")
    quiet = page.select(".block-proof--quiet")
    assert len(quiet) == 8
    for mark in map(copy.copy, quiet):
        (unseen,) = mark.select(".proof-words")
        assert words(unseen).startswith(("ran", "written", "same"))
        unseen.decompose()
        assert words(mark) == "✓"
    assert [words(mark) for mark in page.select(".block-proof--elsewhere")] == ["– not run: needs Windows"]
    assert [words(mark) for mark in page.select(".block-proof--good")] == ["✓ checked without a run"]


def test_blocks_for_another_system_are_no_alarm(sample_site: Site) -> None:
    assert sample_site.line("pip/install").startswith(
        "✓ 8 of 10 blocks ran, 1 checked without a run, 1 is for Windows · "
    )
    assert sample_site.page("pip/install").select(".page-proof--good")


def test_the_line_below_a_title_leads_to_its_row_and_says_how_to_repeat_the_page(sample_site: Site) -> None:
    (line,) = sample_site.page("pip/install").select(".page-proof")
    place = str(line.select("a")[0]["href"])
    assert place == "../../status/#page-pip-install"
    row = sample_site.page("status").find(id="page-pip-install")
    assert row is not None and words(row.find_parent("tr")).startswith("Install a package")  # type: ignore[arg-type]
    assert words(line.p) == (  # type: ignore[arg-type]
        "This page in the record of all pages. "
        "Run it again, in a copy of the guide's repository: make page PAGE=docs/pip/install.md"
    )


def test_signs_in_an_output_say_what_they_mean(sample_site: Site) -> None:
    found = [(words(sign), str(sign["title"])) for sign in sample_site.page("pip/install").select(".highlight abbr")]
    assert found == [
        ("...", "Lines are left out here."),
        ("...", "Lines are left out here."),
        ("[1]", "The command ended with status 1. A terminal doesn't print this line."),
    ]


def test_a_sign_within_a_line_is_told_from_one_that_stands_alone() -> None:
    lines = '<span class="gp">$ </span>a\n<span class="go">x [...] y</span>\n<span class="go">[1] z</span>\n'
    html = f'<div class="language-console highlight"><pre><code>{lines}</code></pre></div>'
    (block,) = blocks(html)
    assert [html[at : at + 5] for at, text in signs(html, block) if text.startswith("<abbr")] == ["[...]"]
    assert blocks(prepared(html, [block]))[0].text == block.text


DIFFS = [
    '-version = "0.1.0"\n+version = "0.2.0"\n',
    '     "httpx>=0.28",\n+    "rich",\n',
    '+    "rich",\n ]\n',
    " [tool.one]\n-a = 1\n+a = 3\n \n [tool.two]\n",
    '-version = "0.1.0"\n+version = "0.2.0"\n...\n [tool.two]\n-a = 2\n',
    'diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -3 +3 @@\n-version = "0.1.0"\n+version = "0.2.0"\n',
    ' dependencies = [\n+    "idna",\n     "httpx>=0.28",\n@@\n [tool.two]\n+b = 1\n',
]


@pytest.mark.parametrize("diff", DIFFS)
@pytest.mark.parametrize("program", ["patch --quiet -p1", "git apply --unidiff-zero"])
def test_a_copied_diff_does_what_the_shown_one_does(diff: str, program: str, tmp_path: Path) -> None:
    expected = apply_diff(FILE, diff, "here")
    target = tmp_path / "app" / "pyproject.toml"
    target.parent.mkdir()
    target.write_text(FILE)
    subprocess.run(program.split(), cwd=tmp_path, input=patch("app/pyproject.toml", diff), text=True, check=True)
    assert target.read_text() == expected


def test_a_copied_diff_of_a_file_in_the_home_folder_applies_there(tmp_path: Path) -> None:
    diff = DIFFS[0]
    block = Block(0, "diff", {}, "", 0, title="~/app/pyproject.toml", text=diff)
    target = tmp_path / "app" / "pyproject.toml"
    target.parent.mkdir()
    target.write_text(FILE)
    subprocess.run(["patch", "--quiet", "-p1"], cwd=tmp_path, input=copied(block), text=True, check=True)
    assert target.read_text() == apply_diff(FILE, diff, "here")


def changes(page: Page) -> Iterator[tuple[str, str, str, str]]:
    """Each diff of ``page``: where it is, its text, and the file before and after it.

    The file is the one that the page's recipe or an earlier block of the way through the page has, where that is known.
    For each diff there is also one of the diff's own old lines, with others between its hunks.
    """
    for way in page.scenarios:
        recipe = page.recipe(way)
        files: dict[str, str] = {}
        for path in contract.recipe_files(recipe) if recipe else ():
            with suppress(UnicodeDecodeError):
                files[path.relative_to(recipe).as_posix()] = path.read_text(encoding="utf-8")  # type: ignore[arg-type]
        for block in way.blocks:
            title = block.title
            if not title or block.attributes.get("data-listing") == "part":
                continue
            before = files.pop(title, "")
            if block.language != "diff":
                files[title] = block.text
            elif before:
                with suppress(Problem):  # a command has changed the file
                    files[title] = apply_diff(before, block.text, block.where)
                    yield block.where, block.text, before, files[title]
    for block in page.blocks:
        if block.language == "diff" and block.title:
            hunks = hunks_of(block.text, block.where)
            known = any(hunk.before for hunk in hunks)
            others = [f"# another line {number}" for number in range(5)] if known else []
            before, after = (
                "".join(f"{line}\n" for lines in of for line in [*others, *lines, *others])
                for of in ([hunk.before for hunk in hunks], [hunk.after for hunk in hunks])
            )
            yield block.where, block.text, before, after


@pytest.fixture(scope="module")
def diffs(project: Project, read: Callable[[str], Page]) -> list[tuple[str, str, str, str]]:
    """What ``changes`` finds on all pages of the guide, each once."""
    names = sorted(path.relative_to(project.docs).as_posix() for path in project.docs.rglob("*.md"))
    found = list(dict.fromkeys(change for name in names for change in changes(read(name))))
    assert len({where for where, *_ in found}) > 200
    assert len(found) > 1.5 * len({where for where, *_ in found}), "of many, an earlier state of the file is known"
    return found


@pytest.mark.parametrize("program", ["patch -p1 --batch --no-backup-if-mismatch", "git apply --unidiff-zero"])
def test_every_diff_of_the_guide_is_copied_as_a_patch_that_a_program_applies(
    diffs: list[tuple[str, str, str, str]], program: str, tmp_path: Path
) -> None:
    """All in one call of the program, each in a file of its own."""
    text = ""
    for number, (_, diff, before, _) in enumerate(diffs):
        (tmp_path / f"{number}").write_text(before)
        text += f"{patch(f'{number}', diff).rstrip()}\n"  # the button drops the last newline, and Enter puts it back
    done = subprocess.run(program.split(), cwd=tmp_path, input=text, text=True, capture_output=True)
    wrong = [
        (where, (tmp_path / f"{number}").read_text())
        for number, (where, _, _, after) in enumerate(diffs)
        if (tmp_path / f"{number}").read_text() != after
    ]
    assert wrong == [], done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
