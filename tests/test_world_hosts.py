"""Stand-in hosts: one module and one line each, several on one name, each with a state of its own a sandbox."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path

import httpx
from harness.world.host import Host
from harness.world.hosts import company, pypi, spdx
from harness.world.hosts.table import HOSTS, Module, application
from harness.world.index.repository import Repository
from harness.world.index.shelf import Shelf
from harness.world.link import Common, Link
from harness.world.pypi.accounts import written
from harness.world.pypi.public import Public
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from world_support import DATE, upload, wheel

TOKEN = ("__token__", written("test.example.org", "54"))
VISITS = "visits"


def visitors(link: Link) -> list[Host]:
    """A tiny host that counts, on the company's name."""

    async def count(_: Request) -> Response:
        seen: list[dt.date] = link.state((company.HOST, VISITS), list)
        seen.append(link.day)
        return PlainTextResponse(f"{len(seen)} since {seen[0]}")

    return [Host(company.HOST, [Route("/visits", count)], "a count of visits")]


def sandbox_index(link: Link) -> list[Host]:
    """An index whose uploads go to the very host that it is asked at, as TestPyPI has it; it starts empty."""
    return Public("Test", link, "test.example.org", "files.test.example.org", "test.example.org").shares()


def cloud(link: Link) -> list[Host]:
    """A repository below a long prefix, with a token for a login, uploads at its root and its own texts."""
    tokens: set[str] = link.state(("cloud.example.com", "tokens"), lambda: {"first"})
    shelf = link.state(("cloud.example.com", "shelf"), lambda: Shelf(link.folder / "cloud"))
    own = Repository(
        "cloud.example.com",
        shelf,
        lambda user, password: user == "aws" and password in tokens,
        prefix="/pypi/my-repository",
        uploads="/",
        denied="Bad token.",
        again="{name} is there.",
    )
    return [own.share()]


class Sandbox:
    """A sandbox's application, without sockets; ``ask`` and ``put`` are requests to it."""

    def __init__(self, folder: Path, modules: Sequence[Module]) -> None:
        self.link = Link(folder / "link", Common(folder / "cache", DATE, {}, offline=True))
        self.transport = httpx.ASGITransport(app=application(self.link, modules), raise_app_exceptions=False)

    def ask(self, url: str, login: tuple[str, str] | None = None, accept: str = "*/*") -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport) as client:
                return await client.get(url, auth=login, headers={"accept": accept})

        return asyncio.run(asked())

    def put(self, url: str, login: tuple[str, str] | None, body: bytes, name: str, version: str) -> httpx.Response:
        async def sent() -> httpx.Response:
            # The same form as over a socket; only the client is another.
            prepared: list[httpx.Request] = []
            keep = httpx.MockTransport(lambda request: prepared.append(request) or httpx.Response(200))
            with httpx.Client(transport=keep) as client:
                upload(client, url, login, body, name, version)
            async with httpx.AsyncClient(transport=self.transport) as client:
                return await client.send(
                    httpx.Request("POST", url, headers=prepared[0].headers, content=prepared[0].read())
                )

        return asyncio.run(sent())


def test_the_real_table_serves_pypi_first_and_then_the_company(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, HOSTS)
    names = [host.name for module in HOSTS for host in module(sandbox.link)]
    assert names[0] == pypi.public(sandbox.link).index
    assert names[-1] == company.HOST
    assert sandbox.ask("https://nowhere.example.org/").status_code == 403


def test_the_licence_that_hatch_fetches_is_served_and_no_other_file_of_github(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, HOSTS)
    texts = f"https://{spdx.HOST}/spdx/license-list-data/v3.27.0/text"
    answer = sandbox.ask(f"{texts}/MIT.txt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert "Copyright (c) <year> <copyright holders>" in answer.text.splitlines()
    refused = sandbox.ask(f"{texts}/Apache-2.0.txt")
    assert refused.status_code == 404
    assert "the MIT licence of SPDX's license list" in refused.text
    assert [entry[1] for entry in sandbox.link.drain()] == [f"GET {texts}/Apache-2.0.txt"]


def test_a_host_that_shares_a_name_adds_to_it_and_takes_nothing_from_it(tmp_path: Path) -> None:
    login = (company.USER, company.PASSWORD)
    for modules in ((company.hosts, visitors), (visitors, company.hosts)):
        sandbox = Sandbox(tmp_path, modules)
        assert sandbox.ask(f"https://{company.HOST}/visits").text == "1 since 2026-01-15"
        assert sandbox.ask(f"https://{company.HOST}/visits").text == "2 since 2026-01-15"
        assert sandbox.ask(f"https://{company.HOST}/simple/").status_code == 401
        assert sandbox.ask(f"https://{company.HOST}/simple/", login).status_code == 200
        assert sandbox.ask(f"https://{company.HOST}/elsewhere").status_code == 401  # the company's index is whole
        assert sandbox.ask(f"https://{company.HOST}/elsewhere", login).status_code == 404
        assert sandbox.link.drain() == []


def test_state_is_one_sandboxs_and_one_keys(tmp_path: Path) -> None:
    first, second = (Sandbox(tmp_path / name, (visitors,)) for name in ("first", "second"))
    assert [first.ask(f"https://{company.HOST}/visits").text[0] for _ in range(2)] == ["1", "2"]
    assert second.ask(f"https://{company.HOST}/visits").text[0] == "1"
    assert first.link.state((company.HOST, "other"), list) == []
    common = first.link.common
    assert common.state("key", list) is common.state("key", dict)


def test_what_nobody_on_a_shared_host_serves_is_a_refusal_that_says_what_all_of_them_do(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, (sandbox_index,))
    answer = sandbox.ask("https://test.example.org/elsewhere")
    why = "the guide's world has Test's project pages and JSON API and Test's upload address on this host"
    assert (answer.status_code, answer.text) == (404, f"404 Not Found: {why}, and not /elsewhere\n")
    assert [entry[:2] for entry in sandbox.link.drain()] == [
        ("test.example.org", "GET https://test.example.org/elsewhere")
    ]


def test_an_index_whose_upload_host_is_its_own_serves_what_it_took(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, (pypi.hosts, sandbox_index))
    body = wheel("acme", "1.0")
    assert sandbox.ask("https://test.example.org/simple/acme/").status_code == 404
    assert sandbox.put("https://test.example.org/legacy/", None, body, "acme", "1.0").status_code == 403
    assert sandbox.put("https://test.example.org/legacy/", TOKEN, body, "acme", "1.0").status_code == 200
    page = sandbox.ask("https://test.example.org/simple/acme/", accept="application/vnd.pypi.simple.v1+json").json()
    assert page["files"][0]["url"].startswith("https://files.test.example.org/packages/")
    assert sandbox.ask(page["files"][0]["url"]).content == body
    assert sandbox.ask("https://test.example.org/pypi/acme/json").json()["info"]["version"] == "1.0"
    assert sandbox.ask(f"https://{pypi.public(sandbox.link).index}/simple/acme/").status_code == 504  # another index


def test_an_index_with_a_login_has_its_own_prefix_login_and_texts(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, (cloud,))
    root, login, body = "https://cloud.example.com/pypi/my-repository", ("aws", "first"), wheel("acme", "1.0")
    assert sandbox.ask(f"{root}/simple/acme/", ("aws", "second")).status_code == 401
    denied = sandbox.put(f"{root}/", ("aws", "second"), body, "acme", "1.0")
    assert (denied.status_code, "Bad token." in denied.text) == (403, True)
    assert sandbox.put(f"{root}/", login, body, "acme", "1.0").status_code == 200
    again = sandbox.put(root, login, body, "acme", "1.0")
    assert (again.status_code, "acme-1.0-py3-none-any.whl&#x27; is there." in again.text) == (400, True)
    moved = sandbox.ask(f"{root}/simple/Acme", login)
    assert (moved.status_code, moved.headers["location"]) == (301, "/pypi/my-repository/simple/acme/")
    assert 'href="/pypi/my-repository/simple/acme/"' in sandbox.ask(f"{root}/simple/", login).text
    page = sandbox.ask(f"{root}/simple/acme/", login, "application/vnd.pypi.simple.v1+json").json()
    [file] = page["files"]
    assert file["url"].startswith(f"{root}/packages/")
    assert file["hashes"]["sha256"] == hashlib.sha256(sandbox.ask(file["url"], login).content).hexdigest()
    assert sandbox.ask(file["url"] + ".metadata", login).status_code == 200
    assert sandbox.ask(file["url"]).status_code == 401
    sandbox.link.state(("cloud.example.com", "tokens"), set).add("second")
    assert sandbox.ask(f"{root}/simple/acme/", ("aws", "second")).status_code == 200
