"""PyPI's and TestPyPI's answers to logins: each in warehouse's words, with the place in its source."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from harness.world.hosts import testpypi
from harness.world.pypi.accounts import TOKENS, Accounts, written
from harness.world.pypi.macaroons import made, read
from harness.world.pypi.restrictions import EXPIRATION, OIDC_PUBLISHER, PROJECT_NAME, REQUEST_USER
from harness.world.world import Link, World
from world_support import Index, upload, wheel

# https://github.com/pypi/warehouse/blob/6b62157124ab7865029afeeadf282bce27d601d9/warehouse/…
READER, SCOPED, STRANGER, NEWCOMER = (f"pypi-AgEIcHlwaS5vcmcCJ{end}" for end in ("DU0", "DFm", "Ddh", "GUw"))
ELSEWHERE = "pypi-AgENdGVzdC5weXBpLm9yZwIkNTQ"
JSON = {"accept": "application/vnd.pypi.simple.v1+json"}


@pytest.fixture(scope="module", autouse=True)
def known(shared: tuple[Index, World]) -> None:
    """Projects that PyPI has."""
    for name in ("six", "idna"):
        shared[0].add(name, "1.0")


@pytest.fixture
def web(web: httpx.Client) -> httpx.Client:
    web.headers["accept"] = "text/plain"
    return web


def said(web: httpx.Client, link: Link, token: str, name: str, version: str = "1.0", user: str = "__token__") -> str:
    """Status and first line of PyPI's answer to an upload."""
    url = f"https://{link.world.hosts[2]}/legacy/"
    answer = upload(web, url, (user, token), wheel(name.replace("-", "_"), version), name, version)
    assert not answer.text or answer.text.startswith(str(answer.status_code))
    return (
        answer.text.splitlines()[0].removesuffix(" for more information.") if answer.text else str(answer.status_code)
    )


def test_the_tokens_that_pages_type_are_those_that_the_indexes_know() -> None:
    assert [written(testpypi.INDEX, end) for end in TOKENS] == [
        f"pypi-AgENdGVzdC5weXBpLm9yZwIk{end}" for end in ("NTQ", "MWY", "N2E", "ZTA")
    ]


def test_a_token_that_was_deleted_or_is_cut_off_or_another_indexs_is_no_login(web: httpx.Client, link: Link) -> None:
    """forklift/decorators.py, line 98"""
    for token in ("pypi-AgEIcHlwaS5vcmcCJGRl", READER[:-1], "pypi-", "", ELSEWHERE):
        answer = said(web, link, token, "acme")
        assert answer.startswith("403 Invalid or non-existent authentication information. See https://"), token
        assert answer.endswith("/help/#invalid-auth")
    assert said(web, link, f" {READER} ", "acme") == "200"  # white space around it is dropped


def test_a_user_and_a_password_are_told_to_migrate_to_tokens(web: httpx.Client, link: Link) -> None:
    """accounts/security_policy.py, line 150"""
    answer = said(web, link, "correct-horse-battery", "acme", user="reader")
    words = "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers"
    assert answer.startswith(f"403 {words} instead. See https://")
    assert answer.endswith("/help/#trusted-publishers")


def test_a_projects_token_uploads_to_that_project_alone(web: httpx.Client, link: Link) -> None:
    """macaroons/caveats/__init__.py, line 76, behind the words of macaroons/security_policy.py.

    The project's name and its number restrict it, each in the token and, since #20364, in the index's own copy.
    """
    assert said(web, link, SCOPED, "lantern-greeting") == "200"
    words = ", ".join(["project-scoped token is not valid for project: 'acme'"] * 4)
    assert said(web, link, SCOPED, "acme") == f"403 Invalid API Token: {words}"
    assert said(web, link, READER, "acme") == "200"
    assert said(web, link, SCOPED, "acme", "2.0") == f"403 Invalid API Token: {words}"


@pytest.mark.parametrize(
    ("caveats", "words"),
    [
        ([[PROJECT_NAME, ["acme"]], [EXPIRATION, 2**40, 0]], ""),
        ([[PROJECT_NAME, ["other"]]], "project-scoped token is not valid for project: 'acme'"),
        ([[EXPIRATION, 10, 0]], "token is expired"),
        ([[EXPIRATION, 2**40, 2**39]], "token is expired"),
        ([[OIDC_PUBLISHER, "x", None]], "OIDC scoped token used outside of an OIDC identified request"),
        ([[REQUEST_USER, "x"]], "current user does not match user restriction in token"),
        ([[7, "x"], []], "caveat has unknown tag: 7, caveat array cannot be empty"),
        ([[EXPIRATION, 10], [PROJECT_NAME, "acme"]], "Not enough values, invalid values for fields"),
    ],
)
def test_a_token_can_be_restricted_further_without_asking_the_index(
    web: httpx.Client, link: Link, caveats: list[list[object]], words: str
) -> None:
    """macaroons/services.py, verify; macaroons/caveats/_core.py, deserialize_obj"""
    token = Accounts(link.world.hosts[0], {}).whole("54")
    assert token.text.startswith(READER)
    for caveat in caveats:
        token = token.restricted(caveat)
    assert said(web, link, token.text, "acme") == (f"403 Invalid API Token: {words}" if words else "200")


def test_a_restriction_that_is_taken_out_of_a_token_is_noticed(web: httpx.Client, link: Link) -> None:
    """macaroons/caveats/__init__.py, verify: signatures do not match"""
    token = Accounts(link.world.hosts[0], {}).whole("54")
    narrow = token.restricted([PROJECT_NAME, ["other"]])
    forged = replace(narrow, caveats=token.caveats)
    assert said(web, link, forged.text, "acme") == "403 Invalid API Token: signatures do not match"
    assert said(web, link, token.text[:-1], "acme").startswith("403 Invalid or non-existent authentication")


def test_a_token_is_written_and_read_as_pypitoken_does() -> None:
    """The texts are of pypitoken 7.1.1 with pymacaroons 0.13.0."""
    token = made("example.org", "00000000-0000-0000-0000-000000000000", b"secret")
    begin = "pypi-AgELZXhhbXBsZS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMAAA"
    assert token.text == f"{begin}BiBiAV9MtC3Z0fcAKu3T5kPUnKf63TTYtnCEfd4G8fM4Rg"
    restricted = f"{begin[:-1]}CGVsxLCBbImxhbnRlcm4tZ3JlZXRpbmciXV0AAAYgyh_M1r5RCssWAhmTTXYrl-Ocwna5PNPapXOat08As5s"
    other = read(restricted)
    assert other.caveats == (b'[1, ["lantern-greeting"]]',)
    assert (other.signed(b"secret"), other.signed(b"another"), other.text) == (True, False, restricted)
    for text in ("", "pypi-", begin, restricted[:-1], restricted + "AAAA", restricted.replace("pypi-", "")):
        with pytest.raises(ValueError, match="."):
            read(text)


def test_a_name_that_is_somebody_elses_is_refused(web: httpx.Client, link: Link) -> None:
    """forklift/legacy.py, line 819"""
    assert "403 The user 'reader' isn't allowed to upload to project 'six'. See" in said(web, link, READER, "six")
    assert said(web, link, STRANGER, "acme") == "200"
    assert "403 The user 'reader' isn't allowed to upload to project 'acme'. See" in said(
        web, link, READER, "acme", "2.0"
    )
    assert said(web, link, STRANGER, "acme", "2.0") == "200"


def test_a_user_without_a_verified_address_uploads_nothing(web: httpx.Client, link: Link) -> None:
    """forklift/legacy.py, line 584"""
    words = "403 User 'newcomer', associated with the API token used, does not have a verified primary email address."
    answer = said(web, link, NEWCOMER, "acme")
    assert answer.startswith(f"{words} Please add a verified primary email before attempting to upload to PyPI. See")
    assert "403 The user 'newcomer' isn't allowed to upload" in said(web, link, NEWCOMER, "six")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("idn-a", "400 The name 'idn-a' is too similar to an existing project. See"),
        ("1dna", "400 The name '1dna' is too similar to an existing project. See"),
        ("json", "400 The name 'json' isn't allowed (conflict with Python Standard Library module name). See"),
    ],
)
def test_a_new_project_needs_a_name_of_its_own(web: httpx.Client, link: Link, name: str, words: str) -> None:
    """packaging/services.py, lines 572 and 582; a name is close to those of projects that the sandbox asked for"""
    assert web.get(f"https://{link.world.hosts[0]}/simple/idna/", headers=JSON).status_code == 200
    assert said(web, link, READER, name).startswith(words)


def test_testpypi_is_an_index_of_its_own(web: httpx.Client, link: Link) -> None:
    url, body = f"https://{testpypi.INDEX}/legacy/", wheel("acme", "1.0")
    assert upload(web, url, ("__token__", READER), body, "acme", "1.0").status_code == 403
    assert upload(web, url, ("__token__", ELSEWHERE), body, "acme", "1.0").status_code == 200
    page = web.get(f"https://{testpypi.INDEX}/simple/acme/", headers=JSON).json()
    [file] = page["files"]
    assert file["url"].startswith(f"https://{testpypi.FILES}/packages/")
    assert (file["size"], file["yanked"], bool(file["core-metadata"]["sha256"])) == (len(body), False, True)
    assert file["upload-time"].endswith("Z")
    assert web.get(file["url"]).content == body
    assert web.get(f"https://{link.world.hosts[0]}/simple/acme/", headers=JSON).status_code == 404
    assert web.get(f"https://{testpypi.INDEX}/simple/six/", headers=JSON).status_code == 404
