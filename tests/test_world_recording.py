"""What is recorded, replayed, repaired and never kept."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from harness.world.world import Link, World
from patience import until
from world_support import JSON, Index, Upload, client, served, world

MEGABYTE = 1_000_000
ROOT = Path(__file__).resolve().parent


@pytest.fixture
def index() -> Iterator[Index]:
    with served(Index()) as running:
        yield running


def fetch(link: Link, upload: Upload) -> bytes:
    with client(link) as inside:
        answer = inside.get(f"https://{link.world.hosts[1]}{upload.path}")
        assert answer.status_code == 200, answer.text
        return answer.content


def everything(running: World, upload: Upload) -> list[tuple[int, bytes, dict[str, str]]]:
    """All that a sandbox can ask about one project, with the headers that don't tell the time."""
    pypi, files = running.hosts[:2]
    asked = [(f"https://{pypi}/simple/six/", JSON), (f"https://{pypi}/simple/six/", "text/html")]
    asked += [(f"https://{pypi}/pypi/six/json", "*/*"), (f"https://{pypi}/pypi/six/1.0/json", "*/*")]
    asked += [(f"https://{files}{upload.path}{end}", "*/*") for end in ("", ".metadata")]
    asked += [(f"https://{pypi}/simple/nothing/", "*/*")]
    link, answers = running.open("page"), []
    with client(link) as inside:
        for url, accept in asked:
            answer = inside.get(url, headers={"accept": accept})
            kept = {name: value for name, value in answer.headers.items() if name not in ("date", "accept-ranges")}
            answers.append((answer.status_code, answer.content, kept))
    assert link.refusals() == []
    return answers


def test_an_offline_replay_is_equal_byte_for_byte(index: Index, tmp_path: Path) -> None:
    upload = index.add("six", "1.0", requires="idna")
    with world(tmp_path, index.address) as running:
        first = everything(running, upload)
        again = everything(running, upload)
    before = sum(index.asked.values())
    with world(tmp_path, index.address, offline=True) as running:
        replayed = everything(running, upload)
    assert [status for status, _, _ in first] == [200] * 6 + [404]
    assert first == again == replayed
    assert sum(index.asked.values()) == before


def test_an_offline_miss_names_what_is_missing_and_is_reported(index: Index, tmp_path: Path) -> None:
    upload = index.add("six", "1.0")
    with world(tmp_path, index.address) as running, client(running.open("page")) as inside:
        inside.get(f"https://{running.hosts[0]}/simple/six/")
    with world(tmp_path, index.address, offline=True) as running:
        link = running.open("page")
        pypi, files = running.hosts[:2]
        with client(link) as inside:
            for url, named in (
                (f"https://{pypi}/simple/idna/", "the index page of idna"),
                (f"https://{files}{upload.path}", upload.filename),
                (f"https://{files}{upload.path}.metadata", upload.filename),
            ):
                answer = inside.get(url)
                assert answer.status_code == 504
                assert f"{named} isn't recorded, and this run is offline" in answer.text
                assert [(r.what, named in r.why) for r in link.refusals()] == [(f"GET {url}", True)]
            assert inside.head(f"https://{files}{upload.path}").status_code == 504
    assert index.asked[upload.path] == 0


def test_an_unreachable_pypi_with_a_cold_cache_is_a_clear_error(tmp_path: Path) -> None:
    with world(tmp_path, "http://127.0.0.1:9") as running:
        link = running.open("page")
        with client(link) as inside:
            answer = inside.get(f"https://{running.hosts[0]}/simple/six/")
        assert answer.status_code == 504
        assert "the index page of six isn't recorded yet, and http://127.0.0.1:9/simple" in answer.text
        assert [refusal.host for refusal in link.refusals()] == [running.hosts[0]]


def test_a_passing_fault_of_pypi_is_not_seen(index: Index, tmp_path: Path) -> None:
    upload = index.add("six", "1.0")
    with world(tmp_path, index.address) as running:
        link = running.open("page")
        with client(link) as inside:
            index.broken = 2
            assert inside.get(f"https://{running.hosts[0]}/simple/six/").status_code == 200
            index.broken = 2
            assert fetch(link, upload) == upload.body
        assert link.refusals() == []


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_breaks_off_is_taken_up_again(index: Index, tmp_path: Path, ranges: bool) -> None:
    upload = index.add("big", "1.0", padding=3 * MEGABYTE)
    index.short, index.ranges = 2, ranges
    with world(tmp_path, index.address) as running:
        assert fetch(running.open("page"), upload) == upload.body
    assert index.asked[upload.path] == 3


def broken(running: World, upload: Upload) -> str:
    """Fetch a file that can't come whole; returns what the harness hears of it."""
    link = running.open("page")
    with client(link) as inside, pytest.raises(httpx.RemoteProtocolError):
        inside.get(f"https://{running.hosts[1]}{upload.path}")
    return " ".join(refusal.why for refusal in link.refusals())


@pytest.mark.parametrize(
    ("fault", "words"),
    [("short", "the download was truncated"), ("wrong", "came with SHA-256")],
)
def test_a_damaged_download_is_never_complete_and_never_kept(
    index: Index, tmp_path: Path, fault: str, words: str
) -> None:
    upload = index.add("big", "1.0", padding=3 * MEGABYTE)
    setattr(index, fault, 99)
    with world(tmp_path, index.address) as running:
        assert words in broken(running, upload)
        assert not list((tmp_path / "files").rglob("*.whl"))
        assert not list((tmp_path / "partial").iterdir())
        setattr(index, fault, 0)
        assert fetch(running.open("page"), upload) == upload.body


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
    ],
    ids=["emptied", "shortened", "changed"],
)
def test_a_damaged_cache_is_noticed_and_fetched_again(
    index: Index, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    upload = index.add("six", "1.0")
    with world(tmp_path, index.address) as running:
        first = everything(running, upload)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.relative_to(tmp_path).parts[0] for path in kept} == {"files", "metadata", "pages"}
    for path in kept:
        damage(path)
    with world(tmp_path, index.address) as running:
        assert everything(running, upload) == first
    assert index.asked[upload.path] == 2
    assert index.asked["/simple/six/"] == 2


def test_simultaneous_requests_make_one_download(index: Index, tmp_path: Path) -> None:
    upload = index.add("big", "1.0", padding=MEGABYTE)
    index.gate = threading.Event()
    bodies: list[bytes] = []
    with world(tmp_path, index.address) as running:
        links = [running.open(str(number)) for number in range(4)]
        threads = [threading.Thread(target=lambda link=link: bodies.append(fetch(link, upload))) for link in links]
        for thread in threads:
            thread.start()
        until(lambda: index.asked[upload.path])
        index.gate.set()
        for thread in threads:
            thread.join()
    assert bodies == [upload.body] * 4
    assert index.asked[upload.path] == 1
    assert index.asked["/simple/big/"] == 1


def test_a_client_that_leaves_does_not_stop_the_recording(index: Index, tmp_path: Path) -> None:
    upload = index.add("big", "1.0", padding=2 * MEGABYTE)
    index.gate = threading.Event()
    with world(tmp_path, index.address) as running:
        link = running.open("page")
        with client(link) as inside, inside.stream("GET", f"https://{running.hosts[1]}{upload.path}") as answer:
            next(answer.iter_raw(1000))
        index.gate.set()
        assert fetch(running.open("another"), upload) == upload.body
    assert index.asked[upload.path] == 1


def test_a_killed_gateway_leaves_nothing_that_the_next_one_trusts(index: Index, tmp_path: Path) -> None:
    upload = index.add("big", "1.0", padding=2 * MEGABYTE)
    index.gate = threading.Event()
    with world(tmp_path, index.address) as running:
        link = running.open("page")
        url = f"https://{running.hosts[1]}{upload.path}"
        with client(link) as inside, pytest.raises(httpx.HTTPError), inside.stream("GET", url) as answer:
            for number, _ in enumerate(answer.iter_raw(100_000)):
                if number == 0:
                    os.kill(running.process, signal.SIGKILL)
        partial = list((tmp_path / "partial").iterdir())
        assert len(partial) == 1 and 0 < partial[0].stat().st_size < len(upload.body)
    index.gate.set()
    long_ago = time.time() - 3600
    os.utime(partial[0], (long_ago, long_ago))
    with world(tmp_path, index.address) as running:
        assert not partial[0].exists()
        assert fetch(running.open("page"), upload) == upload.body
