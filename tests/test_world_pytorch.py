"""PyTorch's index, as the program that writes it does and as the uv.lock files of its users show it.

https://github.com/pytorch/test-infra/blob/61a77570f45416dc425c17d4a648376541a84732/s3_management/manage_v2.py
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from harness.world.hosts.pytorch import BUILDS, COPIES, FILES, HOST, OLD
from harness.world.index.metadata import describes, extract
from harness.world.world import Link, World
from packaging.utils import parse_wheel_filename
from pypi_simple import DistributionPackage, parse_links_stream
from world_support import Index, Upload, served, wheel, world

DAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, World]]:
    """The world of a day on which both versions of torch are out."""
    with served(Index()) as index, world(tmp_path_factory.mktemp("cache"), index.address, DAY) as running:
        yield index, running


def links(web: httpx.Client, build: str, name: str = "torch") -> list[DistributionPackage]:
    address = f"https://{HOST}/whl/{build}/{name}/"
    answer = web.get(address, headers={"accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.1"})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")
    return [
        DistributionPackage.from_link(link, name) for link in parse_links_stream([answer.content], address, "utf-8")
    ]


@pytest.mark.parametrize("build", BUILDS)
def test_every_wheel_of_a_build_is_whole_and_what_its_link_says(web: httpx.Client, build: str) -> None:
    found = links(web, build)
    assert len(found) in (15, 30, 40)
    for package in found:
        body = web.get(package.url).content
        assert package.digests == {"sha256": hashlib.sha256(body).hexdigest()}
        metadata = web.get(package.metadata_url).content
        assert package.metadata_digests == {"sha256": hashlib.sha256(metadata).hexdigest()}
        assert metadata == extract(io.BytesIO(body), package.filename)
        assert describes(metadata, package.filename)
        name, version, _, tags = parse_wheel_filename(package.filename)
        mac = any("macosx" in tag.platform for tag in tags)
        assert (name, version.local) == ("torch", None if mac else build)
        assert package.url.startswith(f"https://{FILES}/whl/{build}/torch-")
        assert (package.size, package.requires_python) == (None, None)
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            assert not archive.testzip()
            assert repr(str(version)) in archive.read("torch/__init__.py").decode()


def test_macos_has_wheels_for_the_cpu_alone(web: httpx.Client) -> None:
    assert {build for build in BUILDS if any("macosx" in package.filename for package in links(web, build))} == {"cpu"}


def test_cuda_12_6_ended_before_the_newest_release(web: httpx.Client) -> None:
    assert {package.version for package in links(web, "cu126")} == {"2.14.1+cu126"}
    assert {package.version for package in links(web, "cu132")} == {"2.14.1+cu132", "2.15.0+cu132"}


def test_the_links_say_when_their_files_came_and_none_is_there_before(link: Link, web: httpx.Client) -> None:
    page = web.get(f"https://{HOST}/whl/cu130/torch/").text
    assert page.count('data-upload-time="2026-10-28T00:00:00Z">torch-2.15.0+cu130-') == 15
    link.day(dt.date(2026, 10, 28))
    assert {package.version for package in links(web, "cu130")} == {"2.14.1+cu130"}


def test_what_torch_needs_is_listed_with_the_links_of_pypi(shared: tuple[Index, World], web: httpx.Client) -> None:
    added = Upload("typing_extensions-4.15.0-py3-none-any.whl", wheel("typing_extensions", "4.15.0"))
    shared[0].files["typing-extensions"] = [added]
    [package] = links(web, "cpu", "typing-extensions")
    assert package.url.endswith(added.path) and web.get(package.url).content == added.body


def test_some_names_are_there_in_one_old_version(shared: tuple[Index, World], web: httpx.Client) -> None:
    shared[0].add("idna", OLD["idna"], "99.0")
    added = shared[0].files["idna"][0]
    [package] = links(web, "cu130", "idna")
    assert package.url == f"https://{COPIES}/whl/idna-3.4-py3-none-any.whl"
    assert web.get(package.url).content == added.body


def test_what_the_real_index_has_and_this_one_does_not_is_a_refusal(link: Link, web: httpx.Client) -> None:
    for address in (f"{HOST}/whl/cpu/torchvision/", f"{HOST}/whl/rocm7.2/torch/", f"{HOST}/whl/cpu/"):
        assert web.get(f"https://{address}").status_code == 404
    for address in (f"{FILES}/whl/cpu/torch-1.0.whl", f"{COPIES}/whl/idna-2.0-py3-none-any.whl"):
        assert web.get(f"https://{address}").status_code == 404
    assert len(link.refusals()) == 5
