"""The gateway reaches PyPI the way the user's pip does: index, login, proxy, certificates, patience."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme
from harness.problem import Problem
from harness.world.host import Unavailable
from harness.world.link import Common
from harness.world.pypi.recording import recording
from harness.world.pypi.upstream import Upstream
from patience import until
from world_support import DATE, JSON, Index, client, served, world

INDEX = "the user's pip configuration"


@pytest.fixture
def index() -> Iterator[Index]:
    with served(Index()) as running:
        running.add("six", "1.0")
        yield running


def asked(cache: Path, **registry: str) -> tuple[int, str]:
    """Status and text for six's page where the user's pip has these settings (_ for -), without a gateway around."""
    settings = {name.replace("_", "-"): value for name, value in registry.items()}

    async def page() -> tuple[int, str]:
        made = recording(Common(cache, DATE, settings, offline=False))
        try:
            project = await made.project("six", DATE)
        except Unavailable as error:
            return 504, str(error)
        finally:
            await made.upstream.client.aclose()
        return (200, project.json("files.example.org").decode()) if project else (404, "")

    return asyncio.run(page())


@pytest.mark.parametrize(
    ("place", "document", "given"),
    [
        ("/simple", "/pypi/{}/json", "/simple"),
        ("/simple", "/pypi/{}/json", "/simple/"),
        ("/root/pypi/+simple", "/root/pypi/pypi/{}/json", "/root/pypi/+simple/"),
        ("/api/pypi/remote/simple", "/api/pypi/remote/pypi/{}/json", "/api/pypi/remote/simple"),
        ("/pypi", "/pypi/{}/json", "/pypi/"),
        ("/pypi", "/pypi/{}/json", "/pypi"),
        ("", "/{}/json", "/"),
        ("", "/{}/json", ""),
    ],
)
@pytest.mark.parametrize("dated", [True, False])
def test_an_index_of_any_form_is_asked(
    place: str, document: str, given: str, dated: bool, index: Index, tmp_path: Path
) -> None:
    index.place, index.document, index.json, index.dated = place, document, dated, dated
    status, text = asked(tmp_path, index_url=index.address + given)
    assert (status, "six-1.0" in text) == (200, True), text
    assert f"{place}/six/" in index.asked


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"index-url": "file:///srv/mirror/simple"}, "index-url = file:///srv/mirror/simple"),
        ({"index-url": "./mirror"}, "index-url = ./mirror"),
        ({"index-url": "mirror.example.com/simple"}, "index-url = mirror.example.com/simple"),
        ({"index-url": "ftp://alice:secret@mirror.example.com/"}, "index-url = ftp://****@mirror.example.com/"),
        ({"index-url": "https://mirror.example.com:many/simple"}, "index-url = https://mirror.example.com:many/simple"),
        ({"index-url": "https://mirror.example.com/simple", "no-index": "1"}, "no-index = 1"),
        ({"cert": "/no/such/bundle.pem"}, "cert = '/no/such/bundle.pem' can't be used: [Errno 2]"),
        ({"client-cert": "/no/such/key.pem"}, "client-cert = '/no/such/key.pem' can't be used: [Errno 2]"),
        ({"timeout": "soon"}, "timeout = 'soon'"),
        ({"retries": "some"}, "retries = 'some'"),
        ({"proxy": "gopher://alice:secret@proxy:70"}, "{'proxy': 'gopher://****@proxy:70'} can't be used"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_an_error_that_names_it(
    settings: dict[str, str], found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Problem) as raised:
        Upstream(settings, offline=False)
    assert raised.value.where == INDEX
    assert raised.value.found.startswith(found)
    assert "secret" not in str(raised.value)
    assert Upstream(settings, offline=True).offline  # nothing is asked of it


def test_such_an_error_comes_out_of_the_gateway_whole(tmp_path: Path) -> None:
    settings = {"index-url": "file:///srv/mirror/simple"}
    with pytest.raises(Problem) as raised, world(tmp_path, more=settings):
        pass
    assert (raised.value.where, raised.value.found) == (INDEX, "index-url = file:///srv/mirror/simple")
    assert "OFFLINE=1" in raised.value.todo
    with world(tmp_path, offline=True, more=settings) as running:
        assert running.hosts


def test_a_login_goes_to_the_index_and_is_written_nowhere(index: Index, tmp_path: Path) -> None:
    address = index.address.replace("//", "//alice:p%40ss@")
    status, text = asked(tmp_path, index_url=f"{address}/simple")
    assert status == 200, text
    assert index.heard["/simple/six/"]["authorization"] == "Basic " + base64.b64encode(b"alice:p@ss").decode()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"alice" in path.read_bytes() or b"p@ss" in path.read_bytes()]


def test_a_login_does_not_go_to_another_host(index: Index, tmp_path: Path) -> None:
    with served(Index()) as other:
        other.add("six", "1.0")
        port = other.address.rpartition(":")[2]
        index.address, own = f"http://localhost:{port}", index.address  # its page leads to the other's files
        registry = {"index-url": own.replace("//", "//alice:secret@") + "/simple"}
        with world(tmp_path, more=registry) as running, client(running.open("page")) as web:
            page = web.get(f"https://{running.hosts[0]}/simple/six/", headers={"accept": JSON}).json()
            assert web.get(page["files"][0]["url"]).status_code == 200
        assert index.heard["/simple/six/"]["authorization"]
        assert other.heard[other.files["six"][0].path]["authorization"] is None


def test_a_login_comes_from_netrc(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login bob password word\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert asked(tmp_path / "cache", index_url=f"{index.address}/simple")[0] == 200
    assert index.heard["/simple/six/"]["authorization"] == "Basic " + base64.b64encode(b"bob:word").decode()


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_the_proxy_is_used(scheme: str, index: Index, tmp_path: Path) -> None:
    proxy = scheme + "alice:word@" + index.address.removeprefix("http://")
    registry = {"index-url": "http://mirror.invalid/simple", "proxy": proxy}
    with world(tmp_path, more=registry) as running, client(running.open("page")) as web:
        page = web.get(f"https://{running.hosts[0]}/simple/six/", headers={"accept": JSON}).json()
    assert [file["filename"] for file in page["files"]] == ["six-1.0-py3-none-any.whl"]
    assert index.heard["/simple/six/"]["host"] == "mirror.invalid"
    assert index.heard["/simple/six/"]["proxy-authorization"] == "Basic " + base64.b64encode(b"alice:word").decode()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that no system knows; ``ca.pem`` is its certificate, ``client.pem`` a client's with its key."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    mine = made.issue_cert("client@example.com")
    mine.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "client.pem"))
    return made


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Index]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with served(Index(), context) as running:
        running.add("six", "1.0")
        yield running


def test_a_certificate_is_believed_where_pips_bundle_says_so(
    secure: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = f"{secure.address}/simple"
    status, text = asked(tmp_path / "1", index_url=given)
    assert status == 504
    assert f"{given} (index-url in {INDEX}) can't be reached: [SSL: CERTIFICATE_VERIFY_FAILED]" in text
    assert asked(tmp_path / "1", index_url=given, cert=str(tmp_path / "ca.pem"))[0] == 200
    assert asked(tmp_path / "2", index_url=given, trusted_host="other.example.com 127.0.0.1")[0] == 200
    assert asked(tmp_path / "3", index_url=given, trusted_host="other.example.com")[0] == 504
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    assert asked(tmp_path / "4", index_url=given)[0] == 200


def test_a_client_shows_its_own_certificate(authority: trustme.CA, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with served(Index(), context) as index:
        index.add("six", "1.0")
        given, bundle = f"{index.address}/simple", str(tmp_path / "ca.pem")
        status, text = asked(tmp_path / "1", index_url=given, cert=bundle, retries="0")
        assert status == 504
        assert f"{given} (index-url in {INDEX}) can't be reached" in text
        own = str(tmp_path / "client.pem")
        assert asked(tmp_path / "2", index_url=given, cert=bundle, client_cert=own)[0] == 200


def test_a_refusal_that_comes_after_the_handshake_is_reported_as_any_other(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In TLS 1.3 the alert reaches a client that already reads its answer, or finds the connection reset: by chance."""

    async def refused(*_: object, **__: object) -> httpx.Response:
        raise ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required")

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", refused)
    given = f"{index.address}/simple"
    status, text = asked(tmp_path, index_url=given, retries="0")
    assert status == 504
    assert f"{given} (index-url in {INDEX}) can't be reached: [SSL: TLSV13_ALERT" in text


@pytest.mark.parametrize("retries", [0, 1])
def test_pips_time_limit_and_retries_are_kept_to(retries: int, index: Index, tmp_path: Path) -> None:
    index.deaf = True
    given = f"{index.address}/simple"
    status, text = asked(tmp_path, index_url=given, timeout="2", retries=str(retries))
    assert status == 504
    assert text.endswith(f"{given} (index-url in {INDEX}) can't be reached: ReadTimeout")
    until(lambda: index.asked["/simple/six/"] >= 1 + retries)  # a busy machine's index may count late
    assert index.asked["/simple/six/"] == 1 + retries


def test_an_unreachable_index_is_named_with_its_origin_and_the_cause(tmp_path: Path) -> None:
    status, text = asked(tmp_path, index_url="http://alice:secret@127.0.0.1:9/simple", retries="0")
    assert (status, "secret" in text) == (504, False)
    assert f"http://127.0.0.1:9/simple (index-url in {INDEX}) can't be reached: All connection attempts failed" in text
