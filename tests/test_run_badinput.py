"""What can go wrong around a run: it says where, what was found, what was expected, and leaves nothing behind.

What pages themselves do wrong is in cases/structure (they can't be read) and cases/outcomes (they can't run).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from casefile import read
from checkout import Checkout
from harness.problem import Problem
from harness.project import Project
from harness.sandbox import isolation
from patience import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")
GREEN = "``` console\n$ echo one\none\n```\n"
# the address comes from pip itself, the page asks as a tool does
ASK = (
    "``` console\n$ python -c 'import urllib.request as u; from pip._internal.models.index import PyPI; "
    'u.urlopen(PyPI.simple_url + "/NAME/")\' 2>/dev/null\n```\n'
)


def test_pages_that_cannot_be_read_are_all_named_at_once_and_nothing_runs(checkout: Checkout) -> None:
    bad = [case for case in read("structure") if "error" in case.parts]
    for case in bad:
        checkout.page(case.slug, case.page)
    checkout.page("good", GREEN)
    checkout.write("recipes/app/pyproject.toml", "[project]\n")
    checkout.write("recipes/app/fence.txt", "``` bash\ntrue\n```\n")

    ran = checkout.run("-q", "docs")

    assert ran.status == 2
    for case in bad:
        where, found = case.lines("error")[:2]
        assert f"docs/{case.slug}.md{where}: {found}; expected " in ran.output, case.id
    assert f"{len(bad)} errors during collection" in ran.output
    assert not (checkout.work / "record.json").exists()
    assert checkout.leftovers() == []


def test_a_page_that_is_no_text_is_an_error(checkout: Checkout) -> None:
    checkout.page("x", b"``` bash\necho \xff\n```\n")

    ran = checkout.run("-q", "docs")

    assert ran.status == 2
    assert "docs/x.md: byte 14 is not UTF-8; expected a UTF-8 text" in ran.output


@pytest.mark.parametrize("page", ["docs/none.md", "docs/x.md:90"])
def test_a_page_or_block_that_is_not_there_is_an_error(checkout: Checkout, page: str) -> None:
    checkout.page("x", GREEN)

    ran = checkout.run("-q", "--guide-page", page, "docs")

    assert ran.status not in (0, 1)
    assert f"--guide-page {page}: no such page or no block there; expected docs/….md or docs/….md:LINE" in ran.output


def test_a_run_that_collects_nothing_is_red(checkout: Checkout) -> None:
    checkout.page("prose", "---\nblocks: none\n---\n\nText.\n")
    assert checkout.run("-q", "docs").status != 0


def test_a_date_that_is_none_is_an_error_before_anything_runs(checkout: Checkout) -> None:
    checkout.page("x", GREEN)

    ran = checkout.run("-q", "docs", GUIDE_DATE="2999-01-01")

    assert ran.status != 0
    assert "the world's date 2999-01-01 is in the future; expected today or earlier" in ran.output
    assert "INTERNALERROR" not in ran.output


@pytest.mark.parametrize("date", ["2026-13-01", "soon", "20261120T00"])
def test_a_date_must_be_a_day(date: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_DATE", date)

    with pytest.raises(Problem, match=f"GUIDE_DATE: the day '{date}'; expected a day such as"):
        _ = Project(project.root).date


def test_an_interrupted_collection_is_not_taken_for_a_missing_page(checkout: Checkout) -> None:
    checkout.page("x", GREEN)
    checkout.write("conftest.py", "def pytest_collect_file(file_path):\n    raise KeyboardInterrupt\n")

    ran = checkout.run("-q", "--guide-page=docs/x.md", "docs")

    assert ran.status == 2
    assert "KeyboardInterrupt" in ran.output and "no such page" not in ran.output


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--guide-jobs=-1", "argument --guide-jobs: '-1'; expected a number of scenarios from 1"),
        ("--guide-jobs=0", "argument --guide-jobs: '0'; expected a number of scenarios from 1"),
        ("--guide-jobs=many", "argument --guide-jobs: 'many'; expected a number of scenarios from 1"),
        ("--guide-page=docs/x.md:abc", "argument --guide-page: 'docs/x.md:abc' has the line 'abc'; expected docs/….md"),
        ("--guide-page=docs/x.md:", "argument --guide-page: 'docs/x.md:' has the line ''; expected docs/….md"),
    ],
)
def test_an_option_that_means_nothing_is_named(option: str, message: str, checkout: Checkout) -> None:
    checkout.page("x", GREEN)

    ran = checkout.run("-q", option, "docs")

    assert ran.status == 4
    assert message in ran.output
    assert "Traceback" not in ran.output


def test_pypi_that_cannot_be_reached_is_named_where_nothing_is_recorded(cold: Checkout) -> None:
    cold.page("x", ASK.replace("NAME", "six"))
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")

    ran = cold.run("-q", "docs", NO_PROXY="", no_proxy="", **proxies)

    (block,) = cold.blocks("x")
    assert (ran.status, block["outcome"]) == (1, "failed")
    assert block["reason"].startswith("docs/x.md:1: ")
    assert "can't be reached" in block["reason"]
    assert "six" in block["reason"]
    assert not [path for path in (cold.work / "cache").rglob("*") if path.is_file() and "six" in path.name]
    assert cold.leftovers() == []


def test_what_is_not_recorded_is_named_offline(cold: Checkout) -> None:
    cold.page("x", ASK.replace("NAME", "six"))

    ran = cold.run("-q", "--guide-offline", "docs")

    (block,) = cold.blocks("x")
    assert (ran.status, block["outcome"]) == (1, "failed")
    assert block["reason"].startswith("docs/x.md:1: ")
    assert "six" in block["reason"]
    assert "recorded" in block["reason"]
    assert cold.leftovers() == []


def read_only(checkout: Checkout, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the pages of a checkout that can't be written, whoever runs this: its mount is read-only."""
    script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && shift && exec "$@"'
    with subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(checkout.root)]
        + checkout.command("-q", "docs"),
        env=checkout.environment(**environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        checkout.runs.add(run.pid)
        output, errors = run.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(run.args, run.returncode, output, errors)


needs_namespaces = pytest.mark.skipif(not isolation._works("unshare"), reason="needs unshare to make it read-only")


@needs_namespaces
def test_a_read_only_checkout_is_an_error_that_says_what_to_do(checkout: Checkout) -> None:
    checkout.page("x", GREEN)

    done = read_only(checkout)

    assert done.returncode not in (0, 5), done.stdout
    assert "can't be written" in done.stdout + done.stderr
    assert "GUIDE_WORK" in done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert checkout.leftovers() == []


@needs_namespaces
def test_a_read_only_checkout_runs_with_another_work_folder(checkout: Checkout, tmp_path: Path) -> None:
    checkout.page("x", GREEN)
    work = tmp_path / "elsewhere"
    shutil.move(checkout.work, work)

    done = read_only(checkout, GUIDE_WORK=str(work))

    assert done.returncode == 0, done.stdout + done.stderr
    assert (work / "record.json").exists()
    assert not (checkout.root / ".work").exists()
    assert checkout.leftovers() == []
