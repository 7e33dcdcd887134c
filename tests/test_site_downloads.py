"""Each recipe can be downloaded from the site: an archive of exactly its files, the same bytes on every machine."""

from __future__ import annotations

import contextlib
import functools
import http.server
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import rendered
from bs4 import BeautifulSoup
from harness.sandbox import recipe
from harness.validate.validators import validate
from mkdocs.utils.meta import get_data
from proof import contract
from proof.archive import archive, sizes
from site_sample import ROOT, Sample, Site

RECIPES = sorted(path for path in (ROOT / "recipes").iterdir() if path.is_dir())
RECIPE_IDS = [path.name for path in RECIPES]
BLOCK = re.compile(r"^``` (?:console|\{\.console[^\n]*\})\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = Sample.create(tmp_path_factory.mktemp("downloads"))
    sample.write(
        "docs/pip/other.md", "---\ntitle: Other\nblocks: none\n---\n\n# Other\n\nGet [it](../recipes/service.zip).\n"
    )
    return sample


@pytest.fixture(scope="module")
def built(sample: Sample) -> Site:
    return sample.build(before=str(ROOT / "overrides" / "hooks" / "downloads.py"))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a web server of ``folder`` on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def unpacked(zipped: bytes, folder: Path) -> Path:
    """The recipe's folder, unpacked with its modes by the program that the site names."""
    (folder / "recipe.zip").write_bytes(zipped)
    subprocess.run(["unzip", "-q", "recipe.zip"], cwd=folder, check=True)
    (found,) = (path for path in folder.iterdir() if path.is_dir())
    return found


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 10


@pytest.mark.parametrize("folder", RECIPES, ids=RECIPE_IDS)
def test_an_unpacked_archive_is_what_the_page_starts_from(folder: Path, tmp_path: Path) -> None:
    found = unpacked(archive(folder), tmp_path)
    assert found.name == folder.name
    assert recipe.digests(found, found) == recipe.digests(folder, folder)


@pytest.mark.parametrize("folder", RECIPES, ids=RECIPE_IDS)
def test_the_pages_of_a_recipe_link_its_archive_and_run_its_readme(folder: Path) -> None:
    pages = pages_of(folder)
    assert pages and all(f"({folder.name}.zip)" in page for page in pages)
    there = [command for page in pages for command in normal(page)]
    for command in normal((folder / "README.md").read_text("utf-8")):
        assert command in there, f"no page runs {command!r} of its README"


@pytest.mark.parametrize("folder", RECIPES, ids=RECIPE_IDS)
def test_the_files_of_a_recipe_are_valid(folder: Path) -> None:
    names = [path.relative_to(folder).as_posix() for path in contract.recipe_files(folder)]
    assert {name: validate(name, "text", (folder / name).read_text("utf-8")) for name in names} == dict.fromkeys(
        names, []
    )


@pytest.mark.parametrize("folder", RECIPES, ids=RECIPE_IDS)
def test_a_recipe_page_shows_each_ci_file_so_that_what_it_runs_is_run(folder: Path) -> None:
    pages = pages_of(folder)
    for path in [*folder.glob(".github/workflows/*"), *folder.glob(".gitlab-ci.y*ml")]:
        shown = f'title="{path.relative_to(folder).as_posix()}"'
        assert any(shown in page for page in pages), f"no page shows {path.name} of its recipe"


def pages_of(folder: Path) -> list[str]:
    """The texts of the pages that start from the recipe in ``folder``, in each of their tabs or in one."""
    texts = [path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md")]
    return [text for text in texts if folder.name in contract.recipes(get_data(text)[1])]


def normal(markdown: str) -> list[str]:
    """The commands of a text's console blocks; how much a command prints doesn't make it another."""
    found = [c for block in BLOCK.findall(re.sub(r"(?m)^ {4}", "", markdown)) for c in contract.commands(block)]
    return [re.sub(r" (--quiet|--log-level \w+|&|--reload)(?= |$)", "", command) for command in found]


def test_the_same_files_make_the_same_archive_whatever_their_dates(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name / "recipe"
        (folder / "deep").mkdir(parents=True)
        for file in ("b.py", "deep/a.py") if name == "one" else ("deep/a.py", "b.py"):
            (folder / file).write_text(file)
        (folder / ".venv").mkdir()
        (folder / ".venv" / name).touch()
    first, second = (archive(tmp_path / name / "recipe") for name in ("one", "two"))
    assert first == second
    assert sizes(first) == {"recipe/b.py": 4, "recipe/deep/a.py": 9}


def test_the_site_publishes_an_archive_and_lists_its_files_where_a_page_links_it(sample: Sample, built: Site) -> None:
    published = (built.path / "recipes" / "service.zip").read_bytes()
    assert published == archive(sample.root / "recipes" / "service")
    fold = built.page("pip/other").select_one("details.download")
    assert fold and fold.summary
    assert fold.summary.get_text() == f"2 files, {sum(sizes(published).values()):,} bytes"
    assert [code.get_text() for code in fold.select("td code")] == ["app.py", "checks/app.py"]


def test_a_site_without_an_address_names_no_command(built: Site) -> None:
    assert "curl" not in built.page("pip/other").get_text()


def test_the_command_on_the_page_fetches_and_unpacks_the_archive(sample: Sample, built: Site, tmp_path: Path) -> None:
    with served(built.path) as address:
        done = rendered.build(sample.root, tmp_path / "site", SITE_URL=address)
        assert done.exit_code == 0, done.output
        page = BeautifulSoup((tmp_path / "site" / "pip" / "other" / "index.html").read_text("utf-8"), "html.parser")
        command = page.select_one("pre.download > code")
        assert command
        (tmp_path / "empty").mkdir()
        subprocess.run(["bash", "-euc", command.get_text() + " && pwd"], cwd=tmp_path / "empty", check=True)
    assert recipe.digests(tmp_path / "empty" / "service", tmp_path / "empty" / "service") == recipe.digests(
        sample.root / "recipes" / "service", sample.root / "recipes" / "service"
    )


def test_a_page_that_links_another_zip_is_left_alone(sample: Sample, tmp_path: Path) -> None:
    other = sample.copy(tmp_path)
    other.write(
        "docs/pip/other.md", "---\ntitle: O\nblocks: none\n---\n\n# O\n\n[x](https://example.com/service.zip)\n"
    )
    built = other.build(before=str(ROOT / "overrides" / "hooks" / "downloads.py"))
    assert built.page("pip/other").select("details.download") == []
