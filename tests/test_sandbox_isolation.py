"""A page is contained at every level, and the level that was used is known."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch import Batch
from casefile import Case, read
from checkout import Checkout
from harness.problem import Problem
from harness.sandbox import bubblewrap, isolation
from harness.sandbox.mounts import HOME, Mount, closed
from standins import StandIns

CASES = [case for case in read("outcomes") if case.path.stem == "bounds"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: namespaces are its own")


@pytest.fixture(scope="module")
def without_bubblewrap(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with every command of this machine but bwrap."""
    folder = tmp_path_factory.mktemp("bin")
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        # os.access: a folder that may not be entered is on the PATH of an ordinary user who got it from root
        for command in Path(place).iterdir() if os.path.isdir(place) and os.access(place, os.R_OK | os.X_OK) else ():
            if command.name != "bwrap":
                (folder / command.name).unlink(missing_ok=True)
                (folder / command.name).symlink_to(command)
    assert not shutil.which("bwrap", path=str(folder))
    return str(folder)


# tests/test_run_outcomes.py sees the strongest level, unless that is plain, which holds the fewest of these pages
WEAKER = [level for n, level in enumerate(isolation.available()) if n or level == "plain"]
HELD = {level: [c for c in CASES if level != "plain" or "plain" in c.options] for level in WEAKER}


@pytest.fixture(scope="module", params=WEAKER)
def batch(
    request: pytest.FixtureRequest, stand_ins: StandIns, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Batch]:
    """The pages on bounds at one level; the real tools would be made once more, for the level plain alone."""
    level: str = request.param
    root = tmp_path_factory.mktemp(level) / "guide"
    checkout, environment = (stand_ins.guide(root), stand_ins.environment) if level == "plain" else (None, {})
    made = Batch.run(HELD[level], root, level, checkout, **environment)
    yield made
    made.checkout.close()


@pytest.mark.parametrize(
    "batch, case",
    [pytest.param(level, case, id=f"{level}-{case.id}") for level, cases in HELD.items() for case in cases],
    indirect=["batch"],
    scope="module",  # else each case would have a run of its own
)
def test_a_page_is_held_at_every_level_that_this_machine_has(case: Case, batch: Batch) -> None:
    batch.check(case)


@pytest.mark.parametrize("level", [level for level in isolation.available() if level != "plain"])
def test_what_the_machine_has_mounted_below_a_folder_is_read_only_too(level: isolation.Level, tmp_path: Path) -> None:
    """As Windows' programs are below /usr/lib/wsl, in a file system apart."""
    within, etc = tmp_path / "with a space", tmp_path / "etc"
    (within / "more").mkdir(parents=True)
    etc.mkdir()
    mounted = f"mount -t tmpfs -o nosuid,nodev,noexec more {shlex.quote(str(within / 'more'))}"
    mounts = [Mount(within, "/opt/tools")]
    sandbox = isolation.contained(level, mounts, {"PATH": "/usr/bin:/bin"}, etc, tmp_path / "a root")
    tried = "cd /opt/tools; grep -c ' /opt/tools/more ' /proc/self/mountinfo; touch file more/file; touch /tmp/file"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{mounted}; exec "$@"', "sh"]

    ran = subprocess.run([*command, *sandbox, "sh", "-c", tried], capture_output=True, text=True)

    assert (ran.stdout, ran.returncode) == ("1\n", 0)
    assert ran.stderr.splitlines() == [
        f"touch: cannot touch '{name}': Read-only file system" for name in ("file", "more/file")
    ]


def test_the_folders_on_the_way_to_mounts_are_the_sandboxs_own_those_inside_a_mount_are_not() -> None:
    targets = ["/opt/tools", "/opt/python/3.13", "/opt/tools/more", "/usr/local/lib/python", HOME]
    assert closed(targets) == ["/", "/home", "/opt", "/opt/python", "/srv"]


def test_a_run_leaves_nothing_behind_at_any_level(batch: Batch) -> None:
    assert batch.checkout.leftovers() == []
    assert not Path("/tmp", batch.words["OUTSIDE"]).exists()


def test_without_bubblewrap_a_run_takes_unshare_and_says_so(checkout: Checkout, without_bubblewrap: str) -> None:
    if "unshare" not in isolation.available():
        pytest.skip("needs unshare")
    checkout.page("x", "``` console\n$ echo harmless\nharmless\n```\n")

    ran = checkout.run("-q", "docs", GUIDE_ISOLATION="", PATH=without_bubblewrap)

    assert (ran.status, checkout.record()["isolation"]) == (0, "unshare"), ran.output
    assert "isolation unshare" in ran.output
    assert checkout.leftovers() == []


def test_at_the_plain_level_pages_run_with_a_cleared_environment(stand_ins: StandIns, tmp_path: Path) -> None:
    checkout, environment = stand_ins.guide(tmp_path / "guide"), stand_ins.environment
    checkout.page("x", "``` console\n$ env | grep -c SECRET_OF_THE_MACHINE\n0\n[1]\n$ pwd; cd; pwd\n"
                  "/home/user/project\n/home/user\n"
                  "$ echo $XDG_CONFIG_DIRS\n/etc/xdg\n$ test -e $XDG_CONFIG_DIRS\n[1]\n"
                  "$ uv | cut -c1-6\nuv 1.0\n```\n")  # fmt: skip
    checkout.page("y", "``` console\n$ sleep 303 &\n```\n")

    ran = checkout.run("docs", "--guide-offline", GUIDE_ISOLATION="plain", SECRET_OF_THE_MACHINE="1", **environment)

    assert (checkout.outcomes("x"), checkout.outcomes("y")) == (["compared"], ["failed"]), ran.output
    assert checkout.record()["isolation"] == "plain"
    assert "isolation plain" in ran.output
    assert checkout.leftovers() == []
    checkout.close()


def forget() -> None:
    isolation.level.cache_clear()
    isolation._works.cache_clear()
    bubblewrap._closed_namespaces.cache_clear()


@pytest.fixture
def forgetful() -> Iterator[None]:
    """The level is found out in the test, and again after it."""
    forget()
    yield
    forget()


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("name", ["none", "docker", "Plain"])
def test_an_unknown_level_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_ISOLATION", name)

    with pytest.raises(Problem, match=f"GUIDE_ISOLATION: '{name}'; expected one of bubblewrap, unshare, plain"):
        isolation.level()


@pytest.mark.usefixtures("forgetful")
def test_a_bwrap_that_is_no_program_of_this_machine_does_not_work(
    monkeypatch: pytest.MonkeyPatch, without_bubblewrap: str, tmp_path: Path
) -> None:
    (tmp_path / "bwrap").write_bytes(b"\x7fELF of another processor")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{without_bubblewrap}")

    assert "bubblewrap" not in isolation.available()


@pytest.mark.usefixtures("forgetful")
def test_a_level_that_does_not_work_here_is_an_error_and_never_a_weaker_one(
    monkeypatch: pytest.MonkeyPatch, without_bubblewrap: str
) -> None:
    monkeypatch.setenv("GUIDE_ISOLATION", "bubblewrap")
    monkeypatch.setenv("PATH", without_bubblewrap)

    with pytest.raises(Problem, match="'bubblewrap' does not work on this machine; expected a level that works here"):
        isolation.level()
