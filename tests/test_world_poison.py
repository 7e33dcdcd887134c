"""False but well-formed answers of an index: none of them outlives the run in which it was given."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from harness.world.host import Unavailable
from harness.world.link import Common
from harness.world.pypi import pages
from harness.world.pypi.recording import Recording, recording
from world_support import DATE, Index, Upload, client, served, world

NOTHING = "is no mirror of PyPI: it doesn't even have pip; is that address right, and does it pass on all of PyPI?"

Answer = TypeVar("Answer")


@pytest.fixture
def index() -> Iterator[Index]:
    with served(Index()) as running:
        yield running


def run(
    cache: Path, address: str, ask: Callable[[Recording], Awaitable[Answer]], offline: bool = False
) -> Answer | str:
    """What one run of the gateway's recording answers, or why it can't; ``address`` is the whole index-url."""

    async def asked() -> Answer | str:
        made = recording(Common(cache, DATE, {"index-url": address}, offline))
        try:
            return await ask(made)
        except Unavailable as error:
            return str(error)
        finally:
            await made.upstream.client.aclose()

    return asyncio.run(asked())


def versions(cache: Path, address: str, offline: bool = False) -> list[str] | str | None:
    """The versions of six in one run; None where there is no such project, and a text where that can't be said."""

    async def asked(made: Recording) -> list[str] | None:
        project = await made.project("six", DATE)
        return list(project.versions) if project else None

    return run(cache, address, asked, offline)


def aged(entry: Path) -> None:
    """Let the recorded page be an hour old."""
    header, *lines = entry.read_bytes().split(b"\n")[1:]
    data = json.loads(header)
    data["recorded"] = (dt.datetime.fromisoformat(data["recorded"]) + dt.timedelta(hours=-1)).isoformat()
    body = b"\n".join([json.dumps(data).encode(), *lines])
    entry.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def fetched(cache: Path, address: str, upload: Upload) -> bytes | str:
    """The file as one run gets it."""

    async def asked(made: Recording) -> bytes:
        file = await made.file(upload.path, DATE)
        assert file
        return (await made.whole(file)).read_bytes()

    return run(cache, address, asked)


def test_an_index_that_has_nothing_at_all_is_not_believed(tmp_path: Path) -> None:
    with served(Index(empty=True)) as index:
        address = f"{index.address}/simple"
        assert versions(tmp_path, address) == f"{address} (index-url in the user's pip configuration) {NOTHING}"
        index.add("pip", "1.0")
        index.add("six", "1.0")
        assert versions(tmp_path, address) == ["1.0"]


def test_a_wrong_address_is_named_and_poisons_nothing(index: Index, tmp_path: Path) -> None:
    index.add("six", "1.0")
    found = versions(tmp_path, f"{index.address}/typo/simple")
    assert found == f"{index.address}/typo/simple (index-url in the user's pip configuration) {NOTHING}"
    assert versions(tmp_path, f"{index.address}/simple") == ["1.0"]


def test_the_page_of_a_sandbox_says_the_same(index: Index, tmp_path: Path) -> None:
    index.place = "/elsewhere"
    with world(tmp_path, index.address) as running:
        link = running.open("page")
        with client(link) as web:
            answer = web.get(f"https://{running.hosts[0]}/simple/six/")
        assert (answer.status_code, NOTHING in answer.text) == (504, True)
        assert [NOTHING in refusal.why for refusal in link.refusals()] == [True]


def test_no_such_project_is_asked_again_with_the_network_and_repeated_without(index: Index, tmp_path: Path) -> None:
    address = f"{index.address}/simple"
    assert versions(tmp_path, address) is None
    assert versions(tmp_path, address, offline=True) is None
    index.broken = 1  # a passing fault: what was recorded stands
    assert versions(tmp_path, address) is None
    index.broken = 0
    index.add("six", "1.0")
    assert versions(tmp_path, address) == ["1.0"]
    before = index.asked["/simple/six/"]
    assert versions(tmp_path, address) == ["1.0"]  # what is there is asked for once
    assert index.asked["/simple/six/"] == before


def test_no_such_project_is_asked_once_a_run(index: Index, tmp_path: Path) -> None:
    async def twice(made: Recording) -> list[object]:
        first = await made.project("six", DATE)
        made._projects.clear()  # as where memory is full
        return [first, await made.project("six", DATE)]

    for run_number in (1, 2):
        assert run(tmp_path, f"{index.address}/simple", twice) == [None, None]
        assert index.asked["/simple/six/"] == run_number


def test_an_empty_list_is_no_better(index: Index, tmp_path: Path) -> None:
    address = f"{index.address}/simple"
    index.files["six"] = []
    assert versions(tmp_path, address) == []
    index.add("six", "1.0")
    assert versions(tmp_path, address) == ["1.0"]


def test_each_index_has_its_own_recording(index: Index, tmp_path: Path) -> None:
    index.add("six", "1.0")
    with served(Index()) as half:
        half.add("six", "1.0", "2.0")
        for _ in range(2):
            assert versions(tmp_path, f"{index.address}/simple") == ["1.0"]
            assert versions(tmp_path, f"{half.address}/simple/") == ["1.0", "2.0"]
        assert (index.asked["/simple/six/"], half.asked["/simple/six/"]) == (1, 1)
    assert versions(tmp_path, f"{half.address}/simple", offline=True) == ["1.0", "2.0"]


def test_what_was_recorded_before_indexes_were_told_apart_is_kept(index: Index, tmp_path: Path) -> None:
    index.add("six", "1.0")
    address = f"{index.address}/simple"
    assert versions(tmp_path, address) == ["1.0"]
    [folder] = (tmp_path / "pages").iterdir()
    for entry in folder.iterdir():
        entry.rename(tmp_path / "pages" / entry.name)
    folder.rmdir()
    assert versions(tmp_path, address, offline=True) == ["1.0"]
    assert versions(tmp_path, address) == ["1.0"]
    assert index.asked["/simple/six/"] == 1


def test_a_wrong_digest_on_the_index_page_is_asked_for_again(index: Index, tmp_path: Path) -> None:
    upload = index.add("six", "1.0")
    index.lies[upload.filename] = "0" * 64
    address = f"{index.address}/simple"
    words = f"{address} (index-url in the user's pip configuration)"
    found = fetched(tmp_path, address, upload)
    came = f"{upload.filename} came with SHA-256 {upload.sha256}, and PyPI's index page says {'0' * 64}; "
    assert found == came + f"so {words} contradicts itself: is that address right, and does it pass on all of PyPI?"
    assert index.asked["/simple/six/"] == 1  # of this very run: asking once more would say the same
    found = fetched(tmp_path, address, upload)
    assert found == came + f"so {words} contradicts itself: is that address right, and does it pass on all of PyPI?"
    assert index.asked["/simple/six/"] == 2
    index.lies.clear()
    found = fetched(tmp_path, address, upload)
    assert found == came + f"{words} says something else now that it was asked again: run this again"
    assert fetched(tmp_path, address, upload) == upload.body
    assert index.asked["/simple/six/"] == 3


def test_half_a_list_is_asked_for_again_after_a_red_page(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add("six", "1.0")
    index.add("idna", "1.0")
    address = f"{index.address}/simple"

    def red(young: bool) -> None:
        monkeypatch.setattr(pages, "CERTAIN", dt.timedelta(minutes=10 if young else 0))

        async def doubted(made: Recording) -> None:
            made.pages.doubt(["six", "never-asked"])

        run(tmp_path, address, doubted)

    assert versions(tmp_path, address) == ["1.0"]
    index.add("six", "2.0")
    red(young=True)
    assert versions(tmp_path, address) == ["1.0"]  # recorded a moment ago
    red(young=False)
    assert versions(tmp_path, address, offline=True) == ["1.0"]
    assert versions(tmp_path, address) == ["1.0", "2.0"]
    assert versions(tmp_path, address) == ["1.0", "2.0"]
    assert (index.asked["/simple/six/"], index.asked["/simple/idna/"]) == (2, 0)


def test_a_sandbox_doubts_what_it_was_shown(index: Index, tmp_path: Path) -> None:
    index.add("six", "1.0")
    index.add("idna", "1.0")
    with world(tmp_path, index.address) as running:
        link, other = running.open("red"), running.open("green")
        for sandbox, name in ((link, "six"), (other, "idna")):
            with client(sandbox) as web:
                assert web.get(f"https://{running.hosts[0]}/simple/{name}/").status_code == 200
        [folder] = (tmp_path / "pages").iterdir()
        for entry in folder.iterdir():
            aged(entry)
        link.doubt()
        other.close()
    assert {entry.name for entry in folder.iterdir() if b'"doubted": true' in entry.read_bytes()} == {"six"}


def test_metadata_of_something_else_is_not_taken(index: Index, tmp_path: Path) -> None:
    upload = index.add("six", "1.0", requires="idna")

    async def metadata(made: Recording) -> bytes | None:
        file = await made.file(upload.path, DATE)
        assert file
        return await made.metadata(file)

    for number, wrong in enumerate(
        (b"<html>Log in</html>", b"Metadata-Version: 2.1\nName: other\nVersion: 1.0\n", b"")
    ):
        index.metadata[upload.filename] = wrong
        found = run(tmp_path / str(number), f"{index.address}/simple", metadata)
        assert isinstance(found, bytes)
        assert b"Requires-Dist: idna" in found
