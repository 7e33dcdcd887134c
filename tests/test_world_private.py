"""Indexes that sandboxes upload to: a company's with a login, and PyPI."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from harness.world.hosts.company import HOST, PASSWORD, USER
from harness.world.world import Link, World
from world_support import Index, client, upload, wheel

LOGIN = (USER, PASSWORD)
TOKEN = ("__token__", "pypi-AgEIcHlwaS5vcmcCJDU0")
LEGACY = f"https://{HOST}/legacy/"


@pytest.fixture
def index(shared: tuple[Index, World]) -> Index:
    return shared[0]


def test_a_download_without_the_login_is_challenged(web: httpx.Client) -> None:
    for path in ("/simple/", "/simple/six/", "/proxy/simple/six/", "/packages/00/00/0/x.whl", "/proxy/packages/x"):
        for login in (None, (USER, "wrong"), ("bob", PASSWORD)):
            answer = web.get(f"https://{HOST}{path}", auth=login)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith('Basic realm="')


def test_an_uploaded_file_is_listed_with_hash_and_metadata(web: httpx.Client) -> None:
    body = wheel("acme_billing", "1.0", requires="six")
    assert upload(web, LEGACY, LOGIN, body, "acme-billing", "1.0").status_code == 200
    assert 'href="/simple/acme-billing/"' in web.get(f"https://{HOST}/simple/", auth=LOGIN).text
    headers = {"accept": "application/vnd.pypi.simple.v1+json"}
    assert web.get(f"https://{HOST}/simple/", auth=LOGIN, headers=headers).json()["projects"] == [
        {"name": "acme-billing"}
    ]
    [file] = web.get(f"https://{HOST}/simple/acme-billing/", auth=LOGIN, headers=headers).json()["files"]
    assert file["hashes"] == {"sha256": hashlib.sha256(body).hexdigest()}
    assert web.get(file["url"], auth=LOGIN).content == body
    metadata = web.get(file["url"] + ".metadata", auth=LOGIN).content
    assert b"Requires-Dist: six" in metadata
    assert file["core-metadata"] == {"sha256": hashlib.sha256(metadata).hexdigest()}


def test_an_upload_is_refused_as_real_indexes_refuse_it(web: httpx.Client) -> None:
    body = wheel("acme", "1.0")
    assert upload(web, LEGACY, None, body, "acme", "1.0").status_code == 401
    answer = upload(web, LEGACY, (USER, "wrong"), body, "acme", "1.0")
    assert (answer.status_code, "Invalid or non-existent authentication" in answer.text) == (403, True)
    assert upload(web, LEGACY, LOGIN, body, "acme", "1.0").status_code == 200
    answer = upload(web, LEGACY, LOGIN, body, "acme", "1.0")
    assert (answer.status_code, "400 File already exists" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("name", "version", "fields", "words"),
    [
        ("acme", "1.0", {"sha256_digest": "0" * 64}, "digest supplied does not match"),
        ("acme", "1.0", {"name": "other"}, "doesn't belong to other"),
        ("acme", "1.0", {"version": "2"}, "doesn't belong to acme 2"),
        ("acme", "one", {}, "Invalid distribution filename"),
        ("acme", "1.0", {":action": "submit"}, "Invalid value for :action"),
    ],
)
def test_an_upload_that_contradicts_itself_is_refused(
    web: httpx.Client, name: str, version: str, fields: dict[str, str], words: str
) -> None:
    answer = upload(web, LEGACY, LOGIN, wheel("acme", "1.0"), name, version, fields)
    assert (answer.status_code, words in answer.text.replace("&#x27;", "'")) == (400, True), answer.text


def test_a_file_that_is_no_wheel_is_refused_and_leaves_nothing(web: httpx.Client) -> None:
    answer = upload(web, LEGACY, LOGIN, b"nonsense", "acme", "1.0")
    assert (answer.status_code, "Invalid distribution file" in answer.text) == (400, True)
    assert web.get(f"https://{HOST}/simple/acme/", auth=LOGIN).status_code == 404


def test_the_virtual_repository_has_its_own_names_exclusively_and_others_from_pypi(
    index: Index, web: httpx.Client
) -> None:
    index.add("acmevirtual", "99.0")
    public = index.add("passed", "1.0")
    upload(web, LEGACY, LOGIN, wheel("acmevirtual", "1.0"), "acmevirtual", "1.0")
    own = web.get(f"https://{HOST}/proxy/simple/acmevirtual/", auth=LOGIN).text
    assert "acmevirtual-1.0" in own and "acmevirtual-99.0" not in own
    headers = {"accept": "application/vnd.pypi.simple.v1+json"}
    [file] = web.get(f"https://{HOST}/proxy/simple/passed/", auth=LOGIN, headers=headers).json()["files"]
    assert file["url"].startswith(f"https://{HOST}/")
    assert web.get(file["url"], auth=LOGIN).content == public.body
    assert web.get(f"https://{HOST}/simple/passed/", auth=LOGIN).status_code == 404


def test_every_sandbox_starts_with_empty_shelves(link: Link, web: httpx.Client) -> None:
    upload(web, LEGACY, LOGIN, wheel("acme", "1.0"), "acme", "1.0")
    with client(link.world.open("another")) as other:
        assert other.get(f"https://{HOST}/simple/acme/", auth=LOGIN).status_code == 404
    assert web.get(f"https://{HOST}/simple/acme/", auth=LOGIN).status_code == 200


def test_a_company_builds_others_packages_as_local_versions(web: httpx.Client) -> None:
    body = wheel("acme", "1.0+acme.1")
    assert upload(web, LEGACY, LOGIN, body, "acme", "1.0+acme.1").status_code == 200


def test_pypi_takes_new_names_and_refuses_what_is_not_the_users(index: Index, link: Link, web: httpx.Client) -> None:
    pypi, files, uploads = link.world.hosts[:3]
    url = f"https://{uploads}/legacy/"
    index.add("six", "1.0")
    body = wheel("acme", "99.0")
    for login in (None, ("__token__", "wrong")):
        answer = upload(web, url, login, body, "acme", "99.0")
        assert (answer.status_code, "Invalid or non-existent authentication" in answer.text) == (403, True)
    assert upload(web, url, TOKEN, body, "acme", "99.0").status_code == 200
    assert upload(web, url, TOKEN, body, "acme", "99.0").status_code == 200  # PyPI takes the very same file again
    answer = upload(web, url, TOKEN, wheel("acme", "99.0", requires="six"), "acme", "99.0")
    assert (answer.status_code, "File already exists" in answer.text) == (400, True)
    answer = upload(web, url, TOKEN, wheel("six", "2.0"), "six", "2.0")
    assert (answer.status_code, "isn&#x27;t allowed to upload to project" in answer.text) == (403, True)
    answer = upload(web, url, TOKEN, wheel("acme", "99.1+acme.1"), "acme", "99.1+acme.1")
    assert (answer.status_code, "The use of local versions in &#x27;99.1+acme.1&#x27; is not" in answer.text) == (
        400,
        True,
    )
    document = web.get(f"https://{pypi}/pypi/acme/json").json()
    assert document["info"]["version"] == "99.0"
    assert web.get(document["urls"][0]["url"]).content == body
    assert document["urls"][0]["url"].startswith(f"https://{files}/")


def test_an_answer_comes_in_the_form_that_the_client_asks_for(link: Link, web: httpx.Client) -> None:
    for accept, start in (("application/json;q=0.9, text/html;q=0.7", '{"message":'), ("text/plain", "403 Invalid")):
        web.headers["accept"] = accept
        answer = upload(web, f"https://{link.world.hosts[2]}/legacy/", None, b"", "acme", "1.0")
        assert answer.text.startswith(start)


def pip(link: Link, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The real pip, without the machine's configuration, in the world of ``link``."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "HTTPS_PROXY": link.proxy(), "PIP_NO_INPUT": "1"}
    environment |= {"SSL_CERT_FILE": str(link.world.certificate), "PIP_CONFIG_FILE": os.devnull}
    environment |= {"PIP_CERT": str(link.world.certificate), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--target", str(home / "site"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=home)


@pytest.mark.parametrize("way", ["in the address", "in netrc", "nowhere", "wrong"])
def test_pip_logs_in_as_its_manual_says(way: str, link: Link, web: httpx.Client, tmp_path: Path) -> None:
    upload(web, LEGACY, LOGIN, wheel("acme", "1.0"), "acme", "1.0")
    login = {"in the address": f"{USER}:{PASSWORD}@", "wrong": f"{USER}:wrong@"}.get(way, "")
    if way == "in netrc":
        (tmp_path / ".netrc").write_text(f"machine {HOST} login {USER} password {PASSWORD}\n")
        (tmp_path / ".netrc").chmod(0o600)
    done = pip(link, tmp_path, "--index-url", f"https://{login}{HOST}/simple/", "acme")
    assert (done.returncode == 0) is way.startswith("in "), done.stdout + done.stderr
    assert (tmp_path / "site" / "acme.py").exists() is way.startswith("in ")
    assert link.refusals() == []


def test_dependency_confusion_succeeds_and_is_prevented(link: Link, web: httpx.Client, tmp_path: Path) -> None:
    upload(web, LEGACY, LOGIN, wheel("acme", "1.0"), "acme", "1.0")
    upload(web, f"https://{link.world.hosts[2]}/legacy/", TOKEN, wheel("acme", "99.0"), "acme", "99.0")
    for number, (option, path, expected) in enumerate(
        [("--extra-index-url", "/simple/", "99.0"), ("--index-url", "/proxy/simple/", "1.0")]
    ):
        home = tmp_path / str(number)
        home.mkdir()
        done = pip(link, home, option, f"https://{USER}:{PASSWORD}@{HOST}{path}", "acme")
        assert done.returncode == 0, done.stderr
        assert (home / "site" / "acme.py").read_text() == f"version = '{expected}'\n"


def test_uv_publishes_and_installs(link: Link, tmp_path: Path) -> None:
    uv = pytest.importorskip("uv").find_uv_bin()
    (tmp_path / "acme-1.0-py3-none-any.whl").write_bytes(wheel("acme", "1.0"))
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HTTPS_PROXY": link.proxy(), "UV_NO_CONFIG": "1"}
    environment |= {"SSL_CERT_FILE": str(link.world.certificate), "UV_PYTHON": sys.executable}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [uv, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)

    publish = ("publish", "--publish-url", LEGACY, "-u", USER, "-p")
    assert "403" in run(*publish, "wrong", "acme-1.0-py3-none-any.whl").stderr
    done = run(*publish, PASSWORD, "acme-1.0-py3-none-any.whl")
    assert done.returncode == 0, done.stderr
    assert "File already exists" in run(*publish, PASSWORD, "acme-1.0-py3-none-any.whl").stderr
    source = f"https://{USER}:{PASSWORD}@{HOST}/simple/"
    done = run("pip", "install", "--target", "site", "--index-url", source, "acme")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "acme.py").exists()
