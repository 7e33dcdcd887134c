"""Whatever ends a run, at whatever level of isolation, nothing of it stays: processes, folders, control groups."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import lonely
import pytest
from checkout import ROOT, Checkout, control_groups, processes
from harness.project import Project
from harness.sandbox import bounds, isolation, limits, strays
from harness.sandbox.mounts import HOME
from killing import makefile, numbers, sleeping, start
from patience import PATIENCE, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: what runs is looked up in /proc")
GREEN = "``` console\n$ echo one\none\n```\n"
# the address comes from pip itself, the page asks as a tool does
ASK = (
    "``` console\n$ python -c 'import urllib.request as u; from pip._internal.models.index import PyPI; "
    'u.urlopen(PyPI.simple_url + "/idna/")\' 2>/dev/null\n```\n'
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for temporary ones, with a path short enough for sockets in those."""
    with tempfile.TemporaryDirectory(prefix="k-") as folder:
        yield Path(folder)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
@pytest.mark.parametrize("level", isolation.available())
def test_nothing_outlives_the_harness(level: str, number: signal.Signals, place: Path) -> None:
    """What a page detaches is the hardest to find again: a session of its own, a cleared environment, no parent."""
    front, behind, away = next(numbers), next(numbers), next(numbers)
    detached = f"(setsid sleep {behind} &); (cd /; env -i setsid /bin/sh -c 'sleep {away} & exec sleep {away}' &)"
    run = start(
        [sys.executable, str(Path(lonely.__file__)), level, f"sleep {behind} & {detached}; sleep {front}"],
        env={**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(ROOT / "tests")},
    )
    until(lambda: len(sleeping(front)) == 1 and len(sleeping(behind)) == 2 and len(sleeping(away)) == 2, run.poll)

    run.send_signal(number)
    output, _ = run.communicate(timeout=PATIENCE)

    assert run.returncode != 0, output
    until(lambda: not [n for n in (front, behind, away) if sleeping(n)])
    until(lambda: not processes(str(place)), lambda: processes(str(place)))
    if number == signal.SIGKILL:
        limits.sweep(place)  # as the next run does
    assert list(place.iterdir()) == [], output
    assert control_groups(run.pid) == set()


def test_a_page_that_kills_its_supervisor_is_found_all_the_same(tmp_path: Path) -> None:
    """Without namespaces a page can kill whatever is the user's; its home gives it away."""
    number = next(numbers)
    with lonely.lonely("plain", tmp_path) as sandbox:
        sandbox.run(f"(setsid sleep {number} &); kill -9 $PPID")
        until(lambda: sleeping(number))
    until(lambda: not sleeping(number))

    (tmp_path / "run").mkdir()
    folder = tmp_path / f"guide-{next(dead())}-x"
    (folder / "sandboxes" / "page").mkdir(parents=True)
    home = strays.short(folder / "sandboxes" / "page", strays.HOME)
    Path(home, "file").touch()
    left = subprocess.Popen(["sleep", str(number)], env={"HOME": home})
    other = subprocess.Popen(["sleep", str(number)], env={"HOME": f"{home}-other"})
    limits.sweep(tmp_path)

    assert left.wait(PATIENCE) == -signal.SIGKILL
    assert not folder.exists() and not Path(home).exists()
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_home_without_namespaces_is_as_long_as_the_one_that_pages_show(tmp_path: Path) -> None:
    with lonely.lonely("plain", tmp_path) as sandbox:
        real = sandbox.home
        assert len(real) == len(HOME)
        assert sandbox.run("mkdir sub; cd sub; /bin/pwd -P").output == f"{HOME}/project/sub\n"
    assert not Path(real).exists()


def dead() -> Iterator[int]:
    """Numbers of processes that are gone."""
    while True:
        with subprocess.Popen(["true"]) as process:
            pass
        yield process.pid


def test_what_is_in_use_is_not_swept(tmp_path: Path) -> None:
    mine, odd, gone = (tmp_path / f"guide-{n}-x" for n in (os.getpid(), "odd", next(dead())))
    for folder in (mine, odd, gone):
        folder.mkdir()

    limits.sweep(tmp_path)

    assert (mine.exists(), odd.exists(), gone.exists()) == (True, True, False)


def test_a_sandbox_takes_no_more_memory_than_it_may() -> None:
    held = limits.ControlGroups(bounds.PROCESSES, 64 * 2**20)
    try:
        if "memory" not in held.bounded:
            pytest.skip("needs the right to make a memory control group")
        greedy = "import sys; b = bytearray(b'x' * 2**28); print(len(b))"
        done = subprocess.run([*held.command, sys.executable, "-S", "-c", greedy], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")
    finally:
        held.close()
    assert control_groups(os.getpid()) == set()


def awaited(checkout: Checkout, number: int, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """A run, or a make, of ``checkout`` that has come to the page that sleeps for ``number``."""
    run = start(list(arguments) or checkout.command(), cwd=checkout.root, env=checkout.environment(**environment))
    until(lambda: sleeping(number) or run.poll() is not None)
    assert run.poll() is None, run.communicate()[0]
    checkout.notice()
    return run


@pytest.fixture
def asking(cold: Checkout) -> Checkout:
    """A guide with a cache that no other run writes to; what ASK asks for is in it where this machine has it."""
    recorded = Project(ROOT).work / "cache" / "pages"
    for page in recorded.glob("*/idna"):
        cold.write(f".work/cache/pages/{page.parent.name}/idna", page.read_bytes())
    return cold


def test_a_killed_run_leaves_nothing_and_the_next_one_works(asking: Checkout) -> None:
    checkout, long, more = asking, next(numbers), next(numbers)
    checkout.page("long", f"``` bash\nsleep {long}\n```\n")
    checkout.page("more", f"{ASK}\n``` bash\nsleep {more}\n```\n")
    run = awaited(checkout, long)
    until(lambda: sleeping(more))

    run.kill()
    run.communicate()

    until(lambda: not processes(str(checkout.temporary)), lambda: processes(str(checkout.temporary)))
    assert str(checkout.temporary) not in Path("/proc/mounts").read_text()
    until(lambda: not list(checkout.temporary.rglob("*.sock")))
    checkout.page("long", GREEN)
    checkout.page("more", ASK)
    ran = checkout.run("-q", "docs")
    assert ran.status == 0, ran.output
    assert checkout.leftovers() == []
    assert not list((checkout.work / "cache" / "partial").glob("*"))
    assert sorted(path.name for path in checkout.work.iterdir() if path.name.startswith(".")) == []


def test_an_interrupted_run_cleans_up(checkout: Checkout) -> None:
    number = next(numbers)
    checkout.page("long", f"``` bash\nsleep {number}\n```\n")
    run = awaited(checkout, number)

    run.send_signal(signal.SIGINT)
    output, _ = run.communicate(timeout=PATIENCE)

    assert run.returncode not in (0, 1), output
    assert checkout.leftovers() == []
    assert not (checkout.work / "record.json").exists()


def test_an_interruption_before_a_page_is_found_does_not_say_that_there_is_none(checkout: Checkout) -> None:
    checkout.page("x", GREEN)
    checkout.write("conftest.py", "import os, signal\ndef pytest_collectstart(): os.kill(os.getpid(), signal.SIGINT)\n")
    run = start([*checkout.command("--guide-page", "docs/x.md", "docs")], cwd=checkout.root, env=checkout.environment())

    output, _ = run.communicate(timeout=PATIENCE)

    assert run.returncode == 2, output
    assert "KeyboardInterrupt" in output
    assert "no such page" not in output


MAKE = shutil.which("make")
needs_make = pytest.mark.skipif(not MAKE, reason="not run: needs make")


@needs_make
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
def test_a_run_ends_with_the_make_that_began_it(checkout: Checkout, number: signal.Signals) -> None:
    page, level = next(numbers), "unshare" if "unshare" in isolation.available() else isolation.available()[0]
    checkout.page("long", f"``` bash\nsleep {page}\n```\n")
    makefile(checkout.root, f"exec '{sys.executable}' \"$@\"")
    run = awaited(checkout, page, "make", "page", "PAGE=docs/long.md", GUIDE_ISOLATION=level)

    run.send_signal(number)
    output, _ = run.communicate(timeout=PATIENCE)

    assert run.returncode != 0
    assert "ended by SIGTERM" in output
    until(lambda: not sleeping(page))
    assert checkout.leftovers() == []


def targets() -> list[str]:
    """All targets that run something for long."""
    found = re.findall(r"^([a-z]+): (?:setup|found)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    return [name for name in found if name not in ("lint", "format")]


@needs_make
@pytest.mark.parametrize("target", targets())
def test_what_make_started_ends_with_it(target: str, tmp_path: Path) -> None:
    number = next(numbers)
    makefile(tmp_path, f"exec sleep {number}")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GUIDE_", "MAKE", "MFLAGS"))}
    needed = {"page": {"PAGE": "docs/x.md"}, "update": {"PAGE": "docs/x.md"}, "world": {"DATE": "today"}}
    # OFFLINE, so that it isn't the Pythons that a run waits for
    needed |= {"merge": {"RECORDS": "folder"}, "test": {"OFFLINE": "1"}, "pages": {"OFFLINE": "1"}}
    values = needed.get(target, {})
    switches = dict.fromkeys(
        ("ALL", "OFFLINE", "JOBS", "PAGE", "FIRST", "BASE", "DATE", "SHARD", "RECORDS", "PYTHON"), ""
    )
    run = start([str(MAKE), target], cwd=tmp_path, env={**clean, **switches, **values})
    until(lambda: len(sleeping(number)) == (2 if target == "test" else 1) or run.poll() is not None)
    assert run.poll() is None, run.communicate()[0]

    run.terminate()
    run.communicate(timeout=PATIENCE)

    assert run.returncode != 0
    until(lambda: not sleeping(number))
