"""What PyPI's JSON API and OSV say of known vulnerabilities, from the project's own records."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import httpx
import pytest
from harness.world.hosts import osv
from harness.world.hosts.table import application
from harness.world.link import Common, Link
from harness.world.pypi.advisories import advisories, of
from packaging.utils import canonicalize_name
from packaging.version import Version
from world_support import DATE, Index, client, served, world

QUERY = {"package": {"name": "requests", "ecosystem": "PyPI"}, "version": "2.30.0"}


@pytest.fixture
def link(tmp_path: Path) -> Link:
    return Link(tmp_path / "link", Common(tmp_path / "cache", DATE, {}, offline=True))


class Client:
    """A client of the sandbox's OSV, without sockets."""

    def __init__(self, link: Link) -> None:
        self.transport = httpx.ASGITransport(app=application(link, (osv.hosts,)))

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path))

    def post(self, path: str, json: object = None, content: bytes | None = None) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, json=json, content=content))

    async def _ask(self, method: str, path: str, json: object = None, content: bytes | None = None) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.transport, base_url=f"https://{osv.HOST}") as client:
            return await client.request(method, path, json=json, content=content)


@pytest.fixture
def web(link: Link) -> Client:
    return Client(link)


def test_every_record_has_its_own_identifier_a_normal_name_and_ranges_that_end_after_they_begin() -> None:
    records = advisories()
    assert len(records) == 61
    assert len({one.id for one in records}) == len(records)
    assert len({one.package for one in records}) == 14
    for one in records:
        assert one.package == canonicalize_name(one.package)
        assert one.affected
        assert one.aliases
        assert all(Version(first) < Version(fixed) for first, fixed in one.affected), one.id


def test_a_version_is_affected_from_the_first_of_a_range_up_to_the_one_that_fixes_it() -> None:
    found = {v: [one.id for one in of("urllib3", v, DATE)] for v in ("1.26.17", "1.26.18", "2.0.6", "2.0.7", "dev")}
    both = "PYSEC-2023-212"
    assert found == {"1.26.17": [both], "1.26.18": [], "2.0.6": [both], "2.0.7": [], "dev": []}


def test_osv_answers_a_query_with_the_whole_records_and_with_nothing_where_none_is_known(web: Client) -> None:
    [record] = web.post("/v1/query", json=QUERY).json()["vulns"]
    assert record == web.get("/v1/vulns/PYSEC-2023-74").json()
    assert (record["id"], record["aliases"]) == ("PYSEC-2023-74", ["CVE-2023-32681", "GHSA-j8r2-6x86-q33q"])
    [range_] = record["affected"][0]["ranges"]
    assert range_ == {"type": "ECOSYSTEM", "events": [{"introduced": "2.3.0"}, {"fixed": "2.31.0"}]}
    assert web.post("/v1/query", json=QUERY | {"version": "2.31.0"}).json() == {}


def test_osv_answers_many_queries_in_their_order_with_identifiers_alone(link: Link, web: Client) -> None:
    several = [QUERY, QUERY | {"version": "2.31.0"}, QUERY]
    brief = {"vulns": [{"id": "PYSEC-2023-74", "modified": "2023-05-26T00:00:00Z"}]}
    assert web.post("/v1/querybatch", json={"queries": several}).json() == {"results": [brief, {}, brief]}
    assert link.drain() == []


def test_a_record_is_unknown_until_the_day_after_it_was_published(link: Link, web: Client) -> None:
    link.move(dt.date(2023, 5, 26))
    assert web.post("/v1/query", json=QUERY).json() == {}
    assert web.get("/v1/vulns/PYSEC-2023-74").status_code == 404
    link.drain()
    link.move(dt.date(2023, 5, 27))
    assert web.get("/v1/vulns/PYSEC-2023-74").status_code == 200
    assert link.drain() == []


@pytest.mark.parametrize(
    "body",
    [
        b"not JSON",
        b"[]",
        b'{"commit": "6879efc2"}',
        b'{"package": {"name": "requests", "ecosystem": "npm"}, "version": "2.30.0"}',
        b'{"package": {"purl": "pkg:pypi/requests@2.30.0"}}',
        b'{"package": {"name": "requests", "ecosystem": "PyPI"}}',
    ],
)
def test_what_osv_here_cant_answer_is_a_refusal_and_no_empty_answer(link: Link, web: Client, body: bytes) -> None:
    assert web.post("/v1/query", content=body).status_code == 400
    assert web.post("/v1/querybatch", content=b'{"queries": [%s]}' % body).status_code == 400
    assert len(link.drain()) == 2


def test_pypis_json_has_the_vulnerabilities_of_the_version_that_is_asked_for(tmp_path: Path) -> None:
    index = Index()
    index.add("requests", "2.30.0", "2.31.0")
    with served(index), world(tmp_path, index.address) as running, client(running.open("page")) as inside:
        place = f"https://{running.hosts[0]}/pypi/requests"
        [one] = inside.get(f"{place}/2.30.0/json").json()["vulnerabilities"]
        newest = [inside.get(f"{place}{version}/json").json()["vulnerabilities"] for version in ("/2.31.0", "")]
    assert (one["id"], one["fixed_in"]) == ("PYSEC-2023-74", ["2.31.0"])
    assert one["link"] == "https://osv.dev/vulnerability/PYSEC-2023-74"
    assert newest == [[], []]
