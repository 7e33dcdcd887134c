"""The gateway's process: how it starts and ends, what it listens on, what it refuses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.problem import Problem
from harness.world.hosts import company
from harness.world.world import Link, World
from world_support import DATE, client, world

LIMIT = 300  # seconds for what takes a moment on an idle machine
TESTS = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("cache"), offline=True) as made:
        yield made


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def becomes(true: Callable[[], bool]) -> bool:
    """Wait until ``true``."""
    end = time.monotonic() + LIMIT
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def gone(process: int) -> bool:
    return becomes(lambda: not alive(process))


def test_an_unknown_host_is_refused_inside_tls_and_named(running: World) -> None:
    link = running.open("page")
    with client(link) as inside:
        answer = inside.post("https://api.nowhere.example.org/v1/things")
    assert answer.status_code == 403
    assert answer.text == "403 Forbidden: api.nowhere.example.org isn't served in the guide's world\n"
    [refusal] = link.refusals()
    assert (refusal.host, refusal.what) == ("api.nowhere.example.org", "POST https://api.nowhere.example.org/v1/things")
    assert link.refusals() == []


def test_another_example_host_is_refused_as_well(running: World) -> None:
    link = running.open("page")
    with client(link) as inside:
        assert inside.get("https://other.example.com/").status_code == 403
    assert [refusal.host for refusal in link.refusals()] == ["other.example.com"]


def test_refusals_belong_to_the_sandbox_that_met_them(running: World) -> None:
    first, second = running.open("first"), running.open("second")
    with client(first) as inside:
        inside.get("https://nowhere.example.org/")
    assert second.refusals() == []
    assert len(first.refusals()) == 1


def test_names_that_only_the_forwarder_heard_are_refusals(running: World) -> None:
    link = running.open("page")
    own = socket.gethostname()
    link.names.write_text(f"{running.hosts[0]}\nlocalhost\n{own}\ngit.example.org\ngit.example.org\n")
    assert [(refusal.host, refusal.what) for refusal in link.refusals()] == [("git.example.org", "name lookup")]
    assert link.refusals() == []


def test_links_are_opened_from_several_threads(running: World) -> None:
    links: list[Link] = []
    threads = [threading.Thread(target=lambda: links.append(running.open("page"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({link.socket for link in links}) == 8
    for link in links:
        with client(link) as inside:
            assert inside.get("https://nowhere.example.org/").status_code == 403
        assert len(link.refusals()) == 1


def test_a_closed_link_has_no_socket_and_no_uploads(running: World) -> None:
    link = running.open("page")
    with client(link) as inside:
        # The form is refused only after the file was written down.
        form = {":action": "file_upload", "name": "acme", "version": "1.0"}
        files = {"content": ("acme-1.0.tar.gz", b"nonsense")}
        url = f"https://{company.HOST}/legacy/"
        login = company.USER, company.PASSWORD
        assert inside.post(url, data=form, files=files, auth=login).status_code == 400
    left = [link.socket, link.names, running.run / link.number]
    assert all(path.exists() for path in left)
    link.close()
    assert becomes(lambda: not any(path.exists() for path in left))


def test_the_gateway_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="w") as run:
        made = World(tmp_path, DATE, True, Path(run), {})
        starter = threading.Thread(target=made.__enter__)
        starter.start()
        starter.join()
        assert all(made.peak() > 0 for _ in range(20))
        process = made.process
        made.close()
        assert gone(process)


def test_nothing_is_left_when_the_world_closes(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="w") as run:
        with World(tmp_path, DATE, True, Path(run), {}) as made:
            made.open("one")
            made.open("two").proxy()
            process = made.process
        assert gone(process)
        assert {path.name for path in Path(run).iterdir()} <= {"ca.pem", "gateway.log", "1.names", "2.names"}


PARENT = """
import sys, time, datetime as dt
from pathlib import Path
from harness.world.world import World
made = World(Path(sys.argv[1]), dt.date(2026, 1, 15), True, Path(sys.argv[2]), {}).__enter__()
made.open("page")
print(made.process, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_gateway_dies_with_a_killed_harness_and_removes_its_sockets(how: signal.Signals, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="w") as run:
        command = [sys.executable, "-c", PARENT, str(tmp_path), run]
        environment = os.environ | {"PYTHONPATH": str(TESTS)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as harness:
            assert harness.stdout
            process = int(harness.stdout.readline())
            assert alive(process)
            assert list(Path(run).glob("*.sock"))
            harness.send_signal(how)
        assert gone(process)
        assert becomes(lambda: not list(Path(run).glob("*.sock")))


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_it_listens_on_unix_sockets_only_until_a_proxy_is_asked_for(running: World) -> None:
    link = running.open("page")

    def listening() -> list[str]:
        """Local addresses of the gateway's own listening TCP sockets, as /proc/net/tcp writes them."""
        own = {os.readlink(path) for path in Path(f"/proc/{running.process}/fd").iterdir() if path.is_symlink()}
        found = []
        for table in ("tcp", "tcp6", "udp", "udp6"):
            for line in Path(f"/proc/{running.process}/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if f"socket:[{fields[9]}]" in own and (fields[3] == "0A" or table.startswith("udp")):
                    found.append(fields[1].split(":")[0])
        return found

    assert listening() == []
    link.proxy()
    assert listening() == ["0100007F"]


def test_a_path_too_long_for_sockets_is_an_error_before_anything_starts(tmp_path: Path) -> None:
    made = World(tmp_path, DATE, True, tmp_path / ("long" * 30), {})
    with pytest.raises(Problem, match="a path too long for sockets"):
        made.__enter__()


def test_a_gateway_that_does_not_start_says_why(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="w") as run:
        (Path(run) / "ca.pem").mkdir()  # a folder where a file is to be written
        with pytest.raises(Problem, match=r"(?s)has died.*IsADirectoryError"):
            World(tmp_path, DATE, True, Path(run), {}).__enter__()


def test_a_cache_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with tempfile.TemporaryDirectory(prefix="w") as run, pytest.raises(Problem, match=r"NotADirectoryError.*cache"):
        World(tmp_path / "cache", DATE, True, Path(run), {}).__enter__()


def test_a_gateway_that_says_nothing_is_ended_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(tmp_path, offline=True) as made:
        monkeypatch.setattr("harness.world.process.PATIENCE", 1)
        os.kill(made.process, signal.SIGSTOP)
        with pytest.raises(Problem, match="its gateway said nothing for 1 s"):
            made.open("page")


def test_a_gateway_that_died_says_so_at_once_and_to_everyone_who_asks(tmp_path: Path) -> None:
    with world(tmp_path, offline=True) as made:
        os.kill(made.process, signal.SIGKILL)
        for _ in range(3):  # "said nothing" would mean that it waited for an answer
            with pytest.raises(Problem, match="its gateway has died"):
                made.open("page")
