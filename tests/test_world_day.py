"""A sandbox sees PyPI as of a day of its own, which moves on while its page runs."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from harness.problem import Problem
from harness.world.world import Link, World
from world_support import DATE, JSON, Index, client, served, upload, wheel, world

FIRST, SECOND = DATE - dt.timedelta(days=60), DATE - dt.timedelta(days=30)


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """1.0 is there on the first day, 2.0 appears between the two, 3.0 on the world's date itself and so never."""
    with served(Index()) as running:
        running.add("six", "1.0", uploaded=f"{FIRST - dt.timedelta(days=1)}T12:00:00Z")
        running.add("six", "2.0", uploaded=f"{FIRST}T00:00:00Z")
        running.add("six", "3.0", uploaded=f"{DATE}T00:00:00Z")
        running.add("young", "1.0", uploaded=f"{FIRST}T00:00:00Z")
        yield running


@pytest.fixture(scope="module")
def running(index: Index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("cache"), index.address) as made:
        yield made


@pytest.fixture
def link(running: World) -> Iterator[Link]:
    opened = running.open("page")
    yield opened
    opened.close()


def seen(web: httpx.Client, link: Link, index: Index) -> list[str]:
    """The versions of six that every way to ask for them agrees on."""
    pypi, files = link.world.hosts[:2]
    page = web.get(f"https://{pypi}/simple/six/", headers={"accept": JSON}).json()
    versions: list[str] = page["versions"]
    html = web.get(f"https://{pypi}/simple/six/", headers={"accept": "text/html"}).text
    document = web.get(f"https://{pypi}/pypi/six/json").json()
    assert [file["filename"].split("-")[1] for file in page["files"]] == versions
    assert html.count("</a>") == len(versions)
    assert (document["info"]["version"], list(document["releases"])) == (versions[-1], versions)
    for file in index.files["six"]:
        version = file.filename.split("-")[1]
        expected = 200 if version in versions else 404
        assert web.get(f"https://{files}{file.path}").status_code == expected
        assert web.get(f"https://{files}{file.path}.metadata").status_code == expected
        assert web.get(f"https://{pypi}/pypi/six/{version}/json").status_code == expected
    return versions


def test_every_answer_is_of_the_sandboxs_day_which_moves_on(link: Link, index: Index) -> None:
    with client(link) as web:
        assert seen(web, link, index) == ["1.0", "2.0"]
        link.day(FIRST)
        assert seen(web, link, index) == ["1.0"]
        assert web.get(f"https://{link.world.hosts[0]}/simple/young/").status_code == 404
        link.day(SECOND)
        assert seen(web, link, index) == ["1.0", "2.0"]
        assert web.get(f"https://{link.world.hosts[0]}/simple/young/").status_code == 200
        link.day(DATE)
        assert seen(web, link, index) == ["1.0", "2.0"]


def test_a_file_from_after_the_day_is_a_refusal_that_names_both_days(link: Link, index: Index) -> None:
    link.day(FIRST)
    with client(link) as web:
        answer = web.get(f"https://{link.world.hosts[1]}{index.files['six'][1].path}")
    why = f"six-2.0-py3-none-any.whl was uploaded {FIRST}T00:00:00.000000Z, and PyPI is seen as of {FIRST}"
    assert (answer.status_code, answer.text) == (404, f"404 Not Found: {why}\n")
    assert [refusal.why for refusal in link.refusals()] == [why]


def test_another_sandbox_keeps_its_own_day(running: World, link: Link, index: Index) -> None:
    link.day(FIRST)
    other = running.open("another")
    with client(link) as web, client(other) as beside:
        assert seen(web, link, index) == ["1.0"]
        assert seen(beside, other, index) == ["1.0", "2.0"]
    other.close()


def test_what_the_sandbox_uploaded_stays_on_every_day(link: Link) -> None:
    pypi, _, uploads = link.world.hosts[:3]
    with client(link) as web:
        for day in (FIRST, SECOND):
            link.day(day)
            name = f"acme{day.month}"
            body = wheel(name, "1.0")
            answer = upload(
                web, f"https://{uploads}/legacy/", ("__token__", "pypi-AgEIcHlwaS5vcmcCJDU0"), body, name, "1.0"
            )
            assert answer.status_code == 200
        for day in (FIRST, SECOND):
            link.day(day)
            for name in (f"acme{FIRST.month}", f"acme{SECOND.month}"):
                [file] = web.get(f"https://{pypi}/simple/{name}/", headers={"accept": JSON}).json()["files"]
                assert web.get(file["url"]).status_code == 200


def test_a_day_after_the_worlds_date_is_an_error(link: Link) -> None:
    with pytest.raises(Problem) as raised:
        link.day(DATE + dt.timedelta(days=1))
    assert (raised.value.found, raised.value.expected) == (
        "PyPI as of 2026-01-16",
        "a day up to the world's date, 2026-01-15",
    )
    with pytest.raises(Problem, match="2026-01-16 is after the world's date, 2026-01-15"):  # the gateway's own word
        link.world.ask("day", link.number, day="2026-01-16")


def test_pages_are_kept_for_ten_minutes_as_pypi_says_unless_the_day_moves(link: Link) -> None:
    address = f"https://{link.world.hosts[0]}/simple/six/"
    with client(link) as web:
        assert web.get(address).headers["cache-control"] == "max-age=600, public"
        link.day(FIRST)
        first = web.get(address).headers
        again = web.get(address, headers={"if-none-match": first["etag"]})
        link.day(SECOND)
        second = web.get(address, headers={"if-none-match": first["etag"]})
    assert first["cache-control"] == "no-cache"
    assert (again.status_code, second.status_code) == (304, 200)


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_an_installer_with_a_warm_cache_sees_the_new_day(tool: str, link: Link, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HTTPS_PROXY": link.proxy(), "UV_NO_CONFIG": "1"}
    environment |= {"SSL_CERT_FILE": str(link.world.certificate), "PIP_CERT": str(link.world.certificate)}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "UV_PYTHON": sys.executable}
    uv = [pytest.importorskip("uv").find_uv_bin(), "pip"]
    command = uv if tool == "uv" else [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    for day, version in ((FIRST, "1.0"), (SECOND, "2.0")):
        link.day(day)
        target = tmp_path / day.isoformat()
        done = subprocess.run([*command, "install", "--target", str(target), "six"], env=environment, cwd=tmp_path)
        assert done.returncode == 0
        assert (target / "six.py").read_text() == f"version = '{version}'\n"
    assert link.refusals() == []
