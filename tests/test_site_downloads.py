"""Each recipe can be downloaded from the site: archives of exactly its files, the same bytes on every machine."""

from __future__ import annotations

import contextlib
import functools
import http.server
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import rendered
from bs4 import BeautifulSoup, Tag
from harness.sandbox import recipe
from harness.validate.validators import validate
from mkdocs.utils.meta import get_data
from proof import contract
from proof.archive import archive, sizes, tarred
from proof.locking import locking
from proof.locks import locks
from proof.record import load
from proof.rendered import blocks
from proof.tree import tree
from site_sample import ROOT, Sample, Site, words

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
def small(sample: Sample) -> Site:
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
    """So the recipe's own tests pass in it: its page runs them in a copy with these digests."""
    found = unpacked(archive(folder), tmp_path)
    assert found.name == folder.name
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([folder.name, "recipe.zip"])
    assert recipe.digests(found, found) == recipe.digests(folder, folder)
    assert {path.relative_to(found) for path in found.rglob("*") if path.is_file()} == {
        path.relative_to(folder) for path in contract.recipe_files(folder)
    }, "a file that a run would leave"


@pytest.mark.parametrize("folder", RECIPES, ids=RECIPE_IDS)
def test_the_tar_unpacks_to_the_same_and_says_nothing(folder: Path, tmp_path: Path) -> None:
    done = subprocess.run(["tar", "-xf", "-"], cwd=tmp_path, input=tarred(folder), check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    found = tmp_path / folder.name
    assert recipe.digests(found, found) == recipe.digests(folder, folder)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_unpacked_files_are_young_enough_for_a_zip_in_every_time_zone(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel is a zip, which knows no year before 1980, and a builder may read the file's date in UTC or here."""
    monkeypatch.setenv("TZ", zone)
    folder = ROOT / "recipes" / "script"
    (tmp_path / "tar").mkdir()
    (tmp_path / "zip").mkdir()
    subprocess.run(["tar", "-xf", "-"], cwd=tmp_path / "tar", input=tarred(folder), check=True)
    time.tzset()
    try:
        for found in (unpacked(archive(folder), tmp_path / "zip"), tmp_path / "tar" / "script"):
            at = (found / "outline.py").stat().st_mtime
            assert min(time.gmtime(at).tm_year, time.localtime(at).tm_year) == 1980
    finally:
        monkeypatch.undo()
        time.tzset()


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
    assert tarred(tmp_path / "one" / "recipe") == tarred(tmp_path / "two" / "recipe")
    assert sizes(first) == {"recipe/b.py": 4, "recipe/deep/a.py": 9}


def test_the_site_publishes_an_archive_and_lists_its_files_where_a_page_links_it(sample: Sample, small: Site) -> None:
    published = (small.path / "recipes" / "service.zip").read_bytes()
    assert published == archive(sample.root / "recipes" / "service")
    assert (small.path / "recipes" / "service.tar").read_bytes() == tarred(sample.root / "recipes" / "service")
    fold = small.page("pip/other").select_one("details.download")
    assert fold and fold.summary
    assert fold.summary.get_text() == f"2 files, {sum(sizes(published).values()):,} bytes"
    assert paths(fold.select_one(".tree")) == {"app.py": "", "checks/app.py": ""}


def paths(level: Tag | None, above: str = "") -> dict[str, str]:
    """Path of each file in a tree -> what its line leads to."""
    found: dict[str, str] = {}
    assert level
    for line in level.find_all("li", recursive=False):
        name, link, inside = line.find("code").get_text(), line.find("a", recursive=False), line.find("ul")
        found |= paths(inside, above + name) if inside else {above + name: str(link["href"]) if link else ""}
    return found


def test_a_tree_has_folders_first_and_a_line_for_folders_of_nothing_but_a_folder() -> None:
    given = {"a.py": 1200, "deep/er/one.py": 2, "deep/er/two.py": 3, "tests/a.py": 4}
    html = BeautifulSoup(tree(given, {"tests/a.py": "block-2", "a.py": "block-1"}), "html.parser")
    assert paths(html.ul) == {
        "deep/er/one.py": "",
        "deep/er/two.py": "",
        "tests/a.py": "#block-2",
        "a.py": "#block-1",
    }
    assert [code.get_text() for code in html.select(".tree > li > code, .tree > li > a > code")] == [
        "deep/er/",
        "tests/",
        "a.py",
    ]
    assert words(html.select(".tree > li")[-1]) == "a.py 1,200 bytes"


@pytest.mark.parametrize("folder", RECIPES, ids=RECIPE_IDS)
def test_the_tree_of_a_recipe_has_each_file_and_leads_to_where_the_page_shows_it(folder: Path, site: Path) -> None:
    pages = [
        Site.parsed(path)
        for path in sorted((site / "recipes").glob("*/index.html"))
        if f'href="../{folder.name}.zip"' in path.read_text("utf-8")
    ]
    assert pages
    for page in pages:
        (fold,) = [
            one for one in page.select("article details.download") if f"SHA-256 of {folder.name}.zip" in words(one)
        ]
        files = paths(fold.select_one(".tree"))
        published = sizes((site / "recipes" / f"{folder.name}.zip").read_bytes())
        assert sorted(files) == sorted(path.partition("/")[2] for path in published)
        assert set(files) >= set(sizes_of(folder))
        for file, link in files.items():
            if link:
                block = page.find(id=link.removeprefix("#"))
                assert isinstance(block, Tag)
                title = block.select_one(".filename") or block.find_next(class_="filename")
                assert title and words(title) == file
        if len(page.select("article details.download")) == 1:  # not a recipe for each tab
            titles = page.select("article .highlight:not(.language-diff) > .filename")
            shown = {words(title) for title in titles if not title.find_parent(class_="again")}
            assert {file for file, link in files.items() if link} == shown & set(files)


def sizes_of(folder: Path) -> list[str]:
    return [path.partition("/")[2] for path in sizes(archive(folder))]


LOCKS = {
    "fastapi-postgres-uv": ["uv sync writes uv.lock"],
    "fastapi-postgres-poetry": ["poetry install writes poetry.lock"],
    "fastapi-postgres-pdm": ["pdm install writes pdm.lock"],
    "fastapi-postgres-pipenv": ["pipenv install --dev writes Pipfile.lock"],
    "fastapi-postgres-pip-tools": [
        "pip-compile requirements.in writes requirements.txt and pip-compile dev.in writes dev.txt"
    ],
    "fastapi-service": ["uv sync writes uv.lock and poetry install writes poetry.lock"],
    "script": ["uv lock --script outline.py writes outline.py.lock"],
    "library-setuptools": [],
    "service-containers": [
        "uv lock writes uv.lock",
        "poetry lock writes poetry.lock",
        "uv pip compile --generate-hashes --python-version 3.13 --python-platform linux requirements.in "
        "-o requirements.txt writes requirements.txt and uv pip compile --generate-hashes --python-version 3.13 "
        "--python-platform linux dev.in -o dev.txt writes dev.txt",
    ],
}


@pytest.mark.parametrize("page", LOCKS)
def test_a_page_says_which_command_writes_each_lock(page: str, site: Path) -> None:
    parsed = Site.parsed(site / "recipes" / page / "index.html")
    lines = [words(line) for line in parsed.select("article details.download > p")]
    said = [line.removesuffix(".").partition(": ") for line in lines if line.startswith("The archive holds ")]
    assert [line.replace(" (what a run wrote)", "") for _, _, line in said] == LOCKS[page]
    for link in parsed.select("article details.download > p > a:not(.term, .made)"):
        block = parsed.find(id=str(link["href"]).removeprefix("#"))
        assert isinstance(block, Tag) and "$ " in block.get_text()


@pytest.mark.parametrize("folder", RECIPES, ids=RECIPE_IDS)
def test_without_a_run_no_archive_has_a_lock(folder: Path) -> None:
    locks = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.txt", "dev.txt"}
    assert [file for file in sizes_of(folder) if file in locks or file.endswith(".lock")] == []


@pytest.fixture
def ran(tmp_path: Path) -> Sample:
    """The sample after a run of the page that starts from the recipe: PDM and Poetry made a lock each."""
    sample = Sample.create(tmp_path)
    made = {"PDM": {"pdm.lock": "# PDM\n"}, "Poetry": {"poetry.lock": "# Poetry\n"}}
    runs = [
        {"scenario": way, "transcript": sample.transcript("docs/pip/install.md", way, {0: []}, locks)}
        for way, locks in made.items()
    ]
    sample.keep(sample.record(b0=runs))
    return sample


def made_of(sample: Sample) -> dict[str, dict[str, dict[str, str]]]:
    return locks(load(sample.root / ".work" / "record.json"), sample.root / ".work" / "transcripts", sample.root)


def test_the_locks_of_a_recipe_are_those_of_the_last_run_by_tool(ran: Sample) -> None:
    ways = {"PDM": {"pdm.lock": "# PDM\n"}, "Poetry": {"poetry.lock": "# Poetry\n"}}
    assert made_of(ran) == {"service": ways}


@pytest.mark.parametrize("change", ["edited", "added", "removed", "no transcript"])
def test_a_recipe_that_is_another_now_has_no_lock_of_a_run(ran: Sample, change: str) -> None:
    if change == "edited":
        ran.write("recipes/service/app.py", "changed\n")
    elif change == "added":
        ran.write("recipes/service/more.py", "")
    elif change == "removed":
        (ran.root / "recipes" / "service" / "app.py").unlink()
    else:
        for path in (ran.root / ".work" / "transcripts").iterdir():
            path.unlink()
    assert made_of(ran) == {}


@pytest.mark.parametrize("tools", [["PDM"], ["PDM", "Poetry"]])
def test_one_tool_s_lock_is_in_the_archive_and_those_of_several_beside_it(ran: Sample, tools: list[str]) -> None:
    data = ran.kept
    data["blocks"] = [block for block in data["blocks"] if block["scenario"] in ("", *tools)]
    ran.keep(data)
    page = "---\ntitle: Other\nrecipe: service\n---\n\n# Other\n\n``` console\n$ pdm lock\n$ poetry lock\n```\n\n"
    ran.write("docs/pip/other.md", page + "Get [it](../recipes/service.zip).\n")
    built = ran.build(before=str(ROOT / "overrides" / "hooks" / "downloads.py"))
    names = [name.partition("/")[2] for name in sizes((built.path / "recipes" / "service.zip").read_bytes())]
    tar = subprocess.run(["tar", "-tf", built.path / "recipes" / "service.tar"], capture_output=True, text=True)
    assert tar.stdout.split() == [f"service/{name}" for name in names]
    said = words(built.page("pip/other").select("details.download > p")[0])
    beside = built.path / "recipes" / "service" / "poetry.lock"
    if tools == ["PDM"]:
        assert names == ["app.py", "checks/app.py", "pdm.lock"] and not beside.exists()
        inside = "The archive holds pdm.lock as a run of this guide wrote it"
        assert said == f"{inside}: pdm lock writes pdm.lock and poetry lock writes poetry.lock."
    else:
        assert names == ["app.py", "checks/app.py"] and beside.read_text() == "# Poetry\n"
        both = [f"{tool} lock writes {tool}.lock (what a run wrote)" for tool in ("pdm", "poetry")]
        assert said == f"The archive holds no lock file: {' and '.join(both)}."
        link = built.page("pip/other").select('details.download a[href$="poetry.lock"]')[0]
        assert link["href"] == "../../recipes/service/poetry.lock"


def block(text: str, attributes: str = "") -> str:
    return f'<div class="language-console highlight"{attributes}><pre><code>{text}</code></pre></div>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (block("$ uv sync --quiet\n"), {"uv.lock": ("uv sync", "block-1")}),
        (block("$ uv sync\nerror\n", ' data-exit="2"') + block("$ uv lock\n"), {"uv.lock": ("uv lock", "block-2")}),
        (block("$ uv lock\nerror\n[1]\n$ uv run a\n"), {"uv.lock": ("uv run a", "block-1")}),
        (block("$ uv sync --locked\n$ uv run --no-project a\n$ uv pip compile a -o ../b.txt\n"), {}),
        (block("$ pdm lock --check\n$ uv synchronise\n"), {}),
        (block("uv sync\n"), {}),
    ],
)
def test_the_first_command_that_ends_well_writes_the_lock(html: str, expected: dict[str, tuple[str, str]]) -> None:
    assert locking(blocks(html), project=True) == expected


def test_a_site_without_an_address_names_no_command(small: Site) -> None:
    text = small.page("pip/other").get_text()
    assert "curl" not in text and "tar -x" not in text


def test_the_command_on_the_page_fetches_and_unpacks_the_archive(sample: Sample, small: Site, tmp_path: Path) -> None:
    with served(small.path) as address:
        done = rendered.build(sample.root, tmp_path / "site", SITE_URL=address)
        assert done.exit_code == 0, done.output
        page = BeautifulSoup((tmp_path / "site" / "pip" / "other" / "index.html").read_text("utf-8"), "html.parser")
        command = page.select_one("pre.download > code")
        assert command
        (tmp_path / "empty").mkdir()
        assert command.get_text().startswith(f"curl -fsSL {address}recipes/service.tar | tar ")
        subprocess.run(["bash", "-euc", command.get_text() + " && ls app.py"], cwd=tmp_path / "empty", check=True)
        assert [path.name for path in (tmp_path / "empty").iterdir()] == ["service"], "nothing is left of the archive"
        gone = command.get_text().replace("service.tar", "gone.tar")
        assert subprocess.run(["bash", "-c", gone], cwd=tmp_path, capture_output=True).returncode
    assert recipe.digests(tmp_path / "empty" / "service", tmp_path / "empty" / "service") == recipe.digests(
        sample.root / "recipes" / "service", sample.root / "recipes" / "service"
    )


def test_a_page_that_links_another_zip_is_left_alone(sample: Sample, tmp_path: Path) -> None:
    other = sample.copy(tmp_path)
    other.write(
        "docs/pip/other.md", "---\ntitle: O\nblocks: none\n---\n\n# O\n\n[x](https://example.com/service.zip)\n"
    )
    small = other.build(before=str(ROOT / "overrides" / "hooks" / "downloads.py"))
    assert small.page("pip/other").select("details.download") == []
