"""A page is contained at every level, and the level that was used is known."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch import Batch
from casefile import Case, read
from checkout import Checkout
from harness.machine.toolchain import COMMANDS
from harness.problem import Problem
from harness.sandbox import isolation
from wheelhouse import wheel

CASES = [case for case in read("outcomes") if case.path.stem == "bounds"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: namespaces are its own")


@pytest.fixture(scope="module")
def without_bubblewrap(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with every command of this machine but bwrap."""
    folder = tmp_path_factory.mktemp("bin")
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for command in Path(place).glob("*") if Path(place).is_dir() else ():
            if command.name != "bwrap":
                (folder / command.name).unlink(missing_ok=True)
                (folder / command.name).symlink_to(command)
    assert not shutil.which("bwrap", path=str(folder))
    return str(folder)


@pytest.fixture(scope="module")
def unshared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batch]:
    if not isolation._works("unshare"):
        pytest.skip("needs unshare")
    batch = Batch.run(CASES, tmp_path_factory.mktemp("unshare") / "guide", "unshare")
    yield batch
    batch.checkout.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_without_bubblewrap_a_page_is_contained_all_the_same(case: Case, unshared: Batch) -> None:
    unshared.check(case)


def test_without_bubblewrap_a_run_takes_unshare_and_says_so(checkout: Checkout, without_bubblewrap: str) -> None:
    if not isolation._works("unshare"):
        pytest.skip("needs unshare")
    checkout.page("x", "``` console\n$ echo harmless\nharmless\n```\n")

    ran = checkout.run("-q", "docs", GUIDE_ISOLATION="", PATH=without_bubblewrap)

    assert (ran.status, checkout.record()["isolation"]) == (0, "unshare"), ran.output
    assert "isolation unshare" in ran.output
    assert checkout.leftovers() == []


def test_without_bubblewrap_nothing_is_left_behind(unshared: Batch) -> None:
    assert unshared.checkout.leftovers() == []
    assert not Path("/tmp", unshared.words["OUTSIDE"]).exists()


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    """A small guide with stand-ins for the tools: the real ones would be made once more, for this level alone."""
    checkout = Checkout.create(tmp_path / "guide", ("pythons", "cache"))
    for name, commands in COMMANDS.items():
        checkout.write(f"tests/locks/{name}.txt", wheel(tmp_path / "wheels", name, "1.0", commands))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    yield checkout
    checkout.close()


def test_at_the_plain_level_pages_run_with_a_cleared_environment(tiny: Checkout) -> None:
    tiny.page("x", "``` console\n$ env | grep -c SECRET_OF_THE_MACHINE\n0\n[1]\n$ pwd; cd; pwd\n"
              "/home/user/project\n/home/user\n"
              "$ uv | cut -c1-6\nuv 1.0\n$ sleep 303 &\n```\n")  # fmt: skip

    ran = tiny.run("docs", "--guide-offline", GUIDE_ISOLATION="plain", SECRET_OF_THE_MACHINE="1")

    assert (ran.status, tiny.outcomes("x")) == (0, ["compared"]), ran.output
    assert tiny.record()["isolation"] == "plain"
    assert "isolation plain" in ran.output
    assert tiny.leftovers() == []


@pytest.mark.parametrize("name", ["none", "docker", "Plain"])
def test_an_unknown_level_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_ISOLATION", name)
    isolation.level.cache_clear()

    with pytest.raises(Problem, match=f"GUIDE_ISOLATION: '{name}'; expected one of bubblewrap, unshare, plain"):
        isolation.level()
    isolation.level.cache_clear()


def test_a_level_that_does_not_work_here_is_an_error_and_never_a_weaker_one(
    monkeypatch: pytest.MonkeyPatch, without_bubblewrap: str
) -> None:
    monkeypatch.setenv("GUIDE_ISOLATION", "bubblewrap")
    monkeypatch.setenv("PATH", without_bubblewrap)
    isolation.level.cache_clear()

    with pytest.raises(Problem, match="'bubblewrap' does not work on this machine; expected a level that works here"):
        isolation.level()
    isolation.level.cache_clear()
