"""What several test modules share: the project itself, its Markdown engine and its site, each made once."""

from __future__ import annotations

import functools
import gc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import chromium
import httpx
import pytest
from checkout import ROOT, SHARED, Checkout, contained
from click.testing import Result
from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.page.page import Page
from harness.project import Project
from harness.run import supplies
from harness.run.campaign import Campaign
from harness.world.world import Link, World
from rendered import build
from standins import StandIns
from warm import Warm
from world_support import Index, client, served, world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the tools last: the pages' run beside these makes them meanwhile, much of it by downloading."""
    items.sort(key=lambda item: "equipped" in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: the garbage collector needn't look through it again and again."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What didn't run, counted by its reason: ``make test`` repeats these lines at its end."""
    reports = terminalreporter.getreports("skipped")
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ").removeprefix("not run: ") for report in reports)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"tests not run: {count}: {reason}", yellow=True)


@pytest.fixture(scope="session")
def project() -> Project:
    return Project(ROOT)


@pytest.fixture(scope="session")
def markup(project: Project) -> Markup:
    return Markup(*project.markdown)


@pytest.fixture(scope="session")
def read(project: Project, markup: Markup) -> Callable[[str], Page]:
    """The page of ``docs/<name>``, read once for all who ask; it is not to be changed."""
    return functools.cache(lambda name: read_page(project, project.docs / name, markup))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The real site as the committed record makes it, and how its strict build ended.

    The pages' run may be going on beside the tests, and on a machine that lacks Pythons many pages don't run.
    """
    target = tmp_path_factory.mktemp("site")
    return target, build(ROOT, target, GUIDE_RECORD=str(tmp_path_factory.mktemp("none") / "record.json"))


@pytest.fixture(scope="session")
def site(built: tuple[Path, Result]) -> Path:
    """The folder of the real site's HTML."""
    return built[0]


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder on loopback, until the end of the tests; the address."""
    with chromium.servers() as serve:
        yield serve


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if chromium.MISSING:
        pytest.skip(f"{chromium.MISSING} for the browser tests")
    with chromium.opened(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="session")
def equipped(project: Project) -> Path:
    """Tools and Pythons made: a run that can't reach PyPI must fail for the reason that its test is about.

    The folder of the tools.
    """
    making = Campaign(project)
    try:
        making.prepare()
    finally:
        making.close()
    return making.toolchain.folder


@pytest.fixture
def checkout(equipped: Path, tmp_path: Path) -> Iterator[Checkout]:
    """A small guide that shares tools and the recorded PyPI with the real one."""
    made = Checkout.create(tmp_path / "guide")
    yield made
    made.close()


@pytest.fixture
def cold(equipped: Path, tmp_path: Path) -> Iterator[Checkout]:
    """A small guide for which nothing of PyPI is recorded."""
    made = Checkout.create(tmp_path / "guide", tuple(name for name in SHARED if name != "cache"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> StandIns:
    """What guides of stand-ins for the tools are made from."""
    return StandIns(tmp_path_factory.mktemp("stand-ins"))


@pytest.fixture
def small(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The small guide's project, for what runs its pages in this process."""
    monkeypatch.setenv("GUIDE_ISOLATION", contained())
    monkeypatch.setattr(supplies, "World", Warm)
    return Project(checkout.root)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, World]]:
    """One index and one world for the tests of a module; every test has a sandbox of its own."""
    with served(Index()) as index, world(tmp_path_factory.mktemp("cache"), index.address) as running:
        yield index, running


@pytest.fixture
def link(shared: tuple[Index, World]) -> Iterator[Link]:
    opened = shared[1].open("page")
    yield opened
    opened.close()


@pytest.fixture
def web(link: Link) -> Iterator[httpx.Client]:
    """A client inside the sandbox of ``link``."""
    with client(link) as inside:
        yield inside
