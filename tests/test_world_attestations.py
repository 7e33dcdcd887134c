"""Attestations: a real one is accepted and served as PyPI serves it, and everything else refused in warehouse's words.

Sigstore signed the file that is uploaded here, for its own publisher, in 2024; PyPI's library carries the file and the
attestation as its tests' data. Places are in https://github.com/pypi/warehouse at 6b62157.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import hashlib
import json
import sys
import tarfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness.machine import pip_config
from harness.project import Project
from harness.world.host import Unavailable
from harness.world.hosts import pypi, testpypi
from harness.world.hosts.table import application
from harness.world.link import Common, Link
from harness.world.pypi import attestations, signed
from harness.world.pypi.accounts import Accounts, Token
from harness.world.pypi.attestations import CARRIER, INTEGRITY
from harness.world.pypi.recording import recording
from harness.world.pypi.trusted import GITHUB, GITLAB
from pydantic import TypeAdapter
from pypi_attestations import Publisher

NAME, VERSION, FILE = "pypi-attestations", "0.0.19", "pypi_attestations-0.0.19.tar.gz"
PUBLISHER = {"kind": "GitHub", "repository": "trailofbits/pypi-attestations", "workflow": "release.yml"}
SIMPLE = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class Signed:
    """The real file, and its provenance as PyPI has it."""

    body: bytes
    provenance: dict[str, Any]

    @property
    def attestation(self) -> dict[str, Any]:
        [bundle] = self.provenance["attestation_bundles"]
        [found] = bundle["attestations"]
        return dict(found)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Sandbox:
    """One with the recorded PyPI of this project, and a client in it."""

    link: Link
    web: httpx.AsyncClient

    def token(self, publisher: dict[str, str] | None) -> str:
        """One for uploads of the project to TestPyPI, which has no project of that name yet."""
        accounts = self.link.state((testpypi.INDEX, "accounts"), lambda: Accounts(testpypi.INDEX, {NAME: "reader"}))
        return accounts.mint(Token("reader", (), publisher))

    async def upload(self, file: Signed, token: str, *attestations: object) -> httpx.Response:
        form = {":action": "file_upload", "name": NAME, "version": VERSION, "filetype": "sdist"}
        form |= {"metadata_version": "2.4", "sha256_digest": hashlib.sha256(file.body).hexdigest()}
        form |= {"attestations": json.dumps(attestations)} if attestations else {}
        content = {"content": (FILE, file.body, "application/octet-stream")}
        url, login = f"https://{testpypi.INDEX}/legacy/", ("__token__", token)
        return await self.web.post(url, data=form, files=content, auth=login, headers={"accept": "text/plain"})

    async def simple(self, accept: str = SIMPLE) -> httpx.Response:
        return await self.web.get(f"https://{testpypi.INDEX}/simple/{NAME}/", headers={"accept": accept})


@pytest.fixture
def inside(project: Project, tmp_path: Path) -> Callable[[Callable[[Sandbox], Awaitable[None]]], None]:
    """Runs a test's coroutine in a sandbox."""
    registry = pip_config.configured(sys.executable)

    async def within(test: Callable[[Sandbox], Awaitable[None]]) -> None:
        link = Link(tmp_path / "link", Common(project.work / "cache", project.date, registry, offline=False))
        link.folder.mkdir()
        transport = httpx.ASGITransport(app=application(link))
        async with recording(link.common).upstream.client, httpx.AsyncClient(transport=transport) as web:
            await test(Sandbox(link, web))

    return lambda test: asyncio.run(within(test))


@pytest.fixture(scope="module")
def real(project: Project) -> Signed:
    common = Common(project.work / "cache", project.date, pip_config.configured(sys.executable), offline=False)
    recorded = recording(common)

    async def carrier() -> Path:
        async with recorded.upstream.client:
            found = await recorded.project(NAME, common.date)
            assert found
            [file] = [file for file in found.files if file.filename == CARRIER]
            return await recorded.whole(file)

    try:
        path = asyncio.run(carrier())
    except Unavailable as error:
        pytest.skip(str(error))
    with tarfile.open(path) as archive:
        read = functools.partial(_member, archive)
        return Signed(read(FILE), json.loads(read(f"{FILE}.provenance")))


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(f"{CARRIER.removesuffix('.tar.gz')}/test/assets/{name}")
    assert found
    return found.read()


def test_what_its_publisher_signed_is_accepted_and_its_provenance_served(inside: Any, real: Signed) -> None:
    """warehouse/forklift/legacy.py, line 1629; warehouse/api/integrity.py; warehouse/packaging/utils.py, line 109"""

    async def test(sandbox: Sandbox) -> None:
        answer = await sandbox.upload(real, sandbox.token(PUBLISHER), real.attestation)
        assert (answer.status_code, answer.text) == (200, "")
        page = (await sandbox.simple()).json()
        assert page["meta"] == {"api-version": "1.3"}
        [file] = page["files"]
        address = f"https://{testpypi.INDEX}/integrity/{NAME}/{VERSION}/{FILE}/provenance"
        assert (file["hashes"], file["provenance"]) == ({"sha256": real.sha256}, address)
        assert f'data-provenance="{address}"' in (await sandbox.simple("text/html")).text
        for accept, kind in (("*/*", INTEGRITY), (INTEGRITY, INTEGRITY), ("application/json", "application/json")):
            answer = await sandbox.web.get(address, headers={"accept": accept})
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
            assert answer.json() == real.provenance
        answer = await sandbox.web.get(address, headers={"accept": "text/html"})
        assert (answer.status_code, answer.json()) == (406, {"message": "Request not acceptable"})
        assert sandbox.link.drain() == []

    inside(test)


def test_a_file_without_attestations_says_that_it_has_none(inside: Any, real: Signed) -> None:
    """warehouse/api/integrity.py, line 60"""

    async def test(sandbox: Sandbox) -> None:
        assert (await sandbox.upload(real, sandbox.token(PUBLISHER))).status_code == 200
        assert (await sandbox.simple()).json()["files"][0]["provenance"] is None
        assert "data-provenance" not in (await sandbox.simple("text/html")).text
        place = f"https://{testpypi.INDEX}/integrity/{NAME}"
        answer = await sandbox.web.get(f"{place}/{VERSION}/{FILE}/provenance")
        assert (answer.status_code, answer.json()) == (404, {"message": f"No provenance available for {FILE}"})
        assert (await sandbox.web.get(f"{place}/0.0.20/{FILE}/provenance")).status_code == 404
        assert sandbox.link.drain() == []

    inside(test)


def test_an_upload_with_attestations_that_do_not_count_leaves_nothing(inside: Any, real: Signed) -> None:
    """warehouse/attestations/services.py, lines 37 and 139"""
    other = PUBLISHER | {"repository": "acme/lantern-greeting"}

    async def test(sandbox: Sandbox) -> None:
        for publisher, why in (
            (None, "Attestations are only supported when using Trusted Publishing"),
            (other, "Could not verify the uploaded artifact using the included attestation: Verification failed: "),
        ):
            answer = await sandbox.upload(real, sandbox.token(publisher), real.attestation)
            assert answer.status_code == 400
            assert answer.text.startswith(f"400 Invalid attestations supplied during upload: {why}")
            assert (await sandbox.simple()).status_code == 404

    inside(test)


def changed(real: Signed, *keys: str, to: object) -> dict[str, Any]:
    """The attestation with something else in one place."""
    made = copy.deepcopy(real.attestation)
    inner = functools.reduce(dict.__getitem__, keys[:-1], made)
    inner[keys[-1]] = to
    return made


UNVERIFIED = "Could not verify the uploaded artifact using the included attestation: Verification failed: "
REFUSALS: dict[str, tuple[Callable[[Signed], list[object]], dict[str, str], str]] = {
    "an empty list": (lambda real: [], {}, "Malformed attestations: an empty attestation set is not permitted"),
    "another shape": (lambda real: [{"version": 1}], {}, "Malformed attestations: 2 validation errors for list"),
    "too many": (lambda real: [real.attestation] * 3, {}, "A maximum of 2 attestations per file are supported"),
    "one twice": (
        lambda real: [real.attestation] * 2,
        {},
        "Multiple attestations for the same file with the same predicate type "
        "(https://docs.pypi.org/attestations/publish/v1) are not supported",
    ),
    "another signature": (
        lambda real: [changed(real, "envelope", "signature", to="MEUCIQCUVQ==")],
        {},
        UNVERIFIED,
    ),
    "another statement": (
        lambda real: [changed(real, "envelope", "statement", to="e30=")],
        {},
        UNVERIFIED,
    ),
    "another workflow": (lambda real: [real.attestation], {"workflow": "publish.yml"}, UNVERIFIED),
    "another file": (
        lambda real: [real.attestation],
        {"sha256": "0" * 64},
        f"{UNVERIFIED}subject does not match distribution digest",
    ),
    "another name": (
        lambda real: [real.attestation],
        {"filename": "pypi_attestations-0.0.20.tar.gz"},
        f"{UNVERIFIED}subject does not match distribution name: {FILE} != pypi_attestations-0.0.20.tar.gz",
    ),
}


@pytest.mark.parametrize(("made", "change", "why"), REFUSALS.values(), ids=list(REFUSALS))
def test_attestations_are_refused_in_the_words_of_pypi(
    real: Signed,
    made: Callable[[Signed], list[object]],
    change: dict[str, str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """warehouse/attestations/services.py, lines 48 to 75 and 139 to 180"""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    publisher = PUBLISHER | {name: change[name] for name in change if name in PUBLISHER}
    filename, sha256 = change.get("filename", FILE), change.get("sha256", real.sha256)
    with pytest.raises(signed.Refused) as refused:
        signed.provenance(json.dumps(made(real)), publisher, filename, sha256)
    assert str(refused.value).startswith(why)


@pytest.mark.parametrize("described", [GITHUB, GITLAB], ids=["GitHub", "GitLab"])
def test_the_publishers_of_the_stand_ins_are_described_as_pypi_does(described: dict[str, str]) -> None:
    """warehouse/oidc/models/github.py, line 279, and gitlab.py, line 303: attestation_identity"""
    assert TypeAdapter(Publisher).validate_python(described).model_dump() == described


def test_pypi_has_the_provenance_that_its_library_carries_and_no_other_is_known(inside: Any, real: Signed) -> None:
    async def test(sandbox: Sandbox) -> None:
        index = pypi.public(sandbox.link).index
        page = await sandbox.web.get(f"https://{index}/simple/{NAME}/", headers={"accept": SIMPLE})
        told = {file["filename"]: file["provenance"] for file in page.json()["files"] if "provenance" in file}
        assert list(told) == list(attestations.CARRIED) == [FILE]
        assert (await sandbox.web.get(told[FILE])).json() == real.provenance
        assert sandbox.link.drain() == []
        answer = await sandbox.web.get(told[FILE].replace(".tar.gz", "-py3-none-any.whl"))
        assert answer.status_code == 504
        [(_, _, why)] = sandbox.link.drain()
        assert why.endswith(f"isn't known in the guide's world, which has that of {FILE} and of what is uploaded")

    inside(test)
