"""Debian's package archive: one state of it, recorded from where apt finds it, the rest as it is."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import hashlib
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from harness.machine.engine import archive
from harness.machine.engine.archive import Archive
from harness.world.hosts import debian
from harness.world.hosts.table import application
from harness.world.link import Common, Link

ADDRESS = "http://archive.example.org/debian"
STATE = b"Suite: stable\nVersion: 13.8\nDate: Sat, 21 Nov 2026 09:15:44 UTC\n"
PACKAGE = "/debian/pool/main/h/hello/hello_2.10-5_amd64.deb"
INDEX = b"Package: hello\n"
BY_DIGEST = f"/debian/dists/trixie/main/binary-amd64/by-hash/SHA256/{hashlib.sha256(INDEX).hexdigest()}"

pytestmark = pytest.mark.skipif(not archive.HELPER.exists(), reason="needs apt")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A mirror of Debian on this machine: its address, and the folder that it shows."""
    root = tmp_path / "mirror"
    (root / "debian").mkdir(parents=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/debian", root
        server.shutdown()


def put(root: Path, path: str, body: bytes) -> None:
    (root / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
    (root / path.lstrip("/")).write_bytes(body)


def asked(tmp_path: Path, source: str, path: str, offline: bool = False) -> tuple[int, bytes, list[str]]:
    """Status and body of a sandbox's plain request, and what the world refused of it."""
    kept = tmp_path / "kept"
    if not kept.exists():
        Archive(ADDRESS, source, "trixie", STATE).write(kept)
    link = Link(tmp_path / "link", Common(tmp_path / "cache", dt.date(2026, 11, 20), {}, offline, archive=kept))
    transport = httpx.ASGITransport(app=application(link, [debian.hosts], plain=True), raise_app_exceptions=False)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.get(f"http://archive.example.org{path}")

    answer = asyncio.run(ask())
    return answer.status_code, answer.content, [why for _, _, why in link.drain()]


def test_the_kept_state_is_shown_whatever_the_archive_has_by_now(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    source, root = mirror
    put(root, "/debian/dists/trixie/InRelease", b"Version: 13.9\n")
    assert asked(tmp_path, source, "/debian/dists/trixie/InRelease") == (200, STATE, [])


@pytest.mark.parametrize(("path", "body"), [(PACKAGE, b"a package"), (BY_DIGEST, INDEX)])
def test_what_never_changes_is_recorded_once(tmp_path: Path, mirror: tuple[str, Path], path: str, body: bytes) -> None:
    source, root = mirror
    put(root, path, body)
    assert asked(tmp_path, source, path) == (200, body, [])
    put(root, path, b"changed")
    assert asked(tmp_path, source, path) == (200, body, [])
    assert asked(tmp_path, source, path, offline=True) == (200, body, [])


def test_a_damaged_index_is_not_taken(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    source, root = mirror
    put(root, BY_DIGEST, b"damaged")
    status, _, (why,) = asked(tmp_path, source, BY_DIGEST)
    assert status == 504 and "can't be reached: E: " in why and "Hash Sum mismatch" in why


def test_the_list_of_updates_is_todays_and_offline_the_last_one(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    source, root = mirror
    path = "/debian-security/dists/trixie-security/InRelease"
    for body in (b"yesterday's", b"today's"):
        put(root, path, body)
        assert asked(tmp_path, source, path) == (200, body, [])
    assert asked(tmp_path, "http://127.0.0.1:9/debian", path, offline=True) == (200, b"today's", [])
    assert asked(tmp_path, source, f"{path}.gpg")[0] == 404


def test_a_package_that_debian_has_replaced_is_an_error_that_says_what_to_do(
    tmp_path: Path, mirror: tuple[str, Path]
) -> None:
    status, _, (why,) = asked(tmp_path, mirror[0], PACKAGE)
    assert (status, why) == (
        504,
        f"Debian's archive no longer has {PACKAGE}, which its state of 13.8 of 2026-11-21 names; "
        "`make clean ALL=1` and `make engine` take today's",
    )


def test_a_mirror_that_does_not_answer_is_named_and_offline_it_is_not_asked(tmp_path: Path) -> None:
    _, _, (why,) = asked(tmp_path, "http://127.0.0.1:9/debian", PACKAGE)
    assert "isn't recorded yet, and it can't be reached: E: Failed to fetch http://127.0.0.1:9/debian/pool" in why
    _, _, (why,) = asked(tmp_path, "http://127.0.0.1:9/debian", PACKAGE, offline=True)
    assert why == f"{PACKAGE} of Debian's archive isn't recorded, and this run is offline"


def test_another_host_and_another_tree_are_refused(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    assert asked(tmp_path, mirror[0], "/elsewhere")[2] == [
        "the guide's world has Debian's package archive on this host, and not /elsewhere"
    ]


@pytest.mark.parametrize(
    ("source", "path", "found"),
    [
        ("https://mirror.example.com/debian", "/debian-security/x", "https://mirror.example.com/debian-security/x"),
        ("https://mirror.example.com/deb", "/debian/x", "https://mirror.example.com/deb/x"),
        ("https://mirror.example.com/deb", "/debian-security/x", "http://archive.example.org/debian-security/x"),
    ],
)
def test_the_machines_mirror_is_asked_for_what_it_has(source: str, path: str, found: str) -> None:
    assert Archive(ADDRESS, source, "trixie", STATE).behind(path) == found
