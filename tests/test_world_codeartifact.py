"""AWS CodeArtifact, as the service's own documents describe it.

Tokens: https://docs.aws.amazon.com/codeartifact/latest/ug/tokens-authentication.html
Operations: https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_GetAuthorizationToken.html and
https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_GetRepositoryEndpoint.html
Python: https://docs.aws.amazon.com/codeartifact/latest/ug/python-compatibility.html
"""

from __future__ import annotations

import datetime as dt

import httpx
from harness.world.hosts.codeartifact import HOST, KEY, REGION, SERVICE
from harness.world.world import Link, World
from world_support import DATE, Index, upload, wheel

REPOSITORY = f"https://{HOST}/pypi/python/"
TOKENS = f"https://{SERVICE}/v1/authorization-token"
ENDPOINTS = f"https://{SERVICE}/v1/repository/endpoint"
SIGNED_AT = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC)


def signature(key: str = KEY) -> dict[str, str]:
    """The headers of a request with Signature Version 4."""
    scope = f"Credential={key}/20260115/{REGION}/codeartifact/aws4_request"
    return {
        "authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
        "x-amz-date": f"{SIGNED_AT:%Y%m%dT%H%M%SZ}",
    }


def token(web: httpx.Client, **more: str) -> tuple[str, str]:
    """The login of a new token."""
    answer = web.post(TOKENS, params={"domain": "acme", **more}, headers=signature())
    token = answer.json()["authorizationToken"]
    assert token.startswith("eyJ")  # as a JWT does; Poetry and others take what begins with "-" for an option
    return "aws", token


def test_a_token_lives_for_twelve_hours_unless_fewer_are_asked_for(web: httpx.Client) -> None:
    for more, seconds in ({}, 43_200), ({"duration": "900", "domain-owner": "111122223333"}, 900):
        answer = web.post(TOKENS, params={"domain": "acme", **more}, headers=signature())
        assert (answer.status_code, answer.json()["expiration"]) == (200, int(SIGNED_AT.timestamp()) + seconds)
    for seconds in "899", "43201":
        answer = web.post(TOKENS, params={"domain": "acme", "duration": seconds}, headers=signature())
        assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (400, "ValidationException")


def test_the_service_asks_for_a_signature_of_a_key_that_it_knows(web: httpx.Client) -> None:
    for headers, code in (
        ({}, "MissingAuthenticationTokenException"),
        ({"authorization": f"AWS4-HMAC-SHA256 Credential={KEY}"}, "MissingAuthenticationTokenException"),
        (signature("AKIAANOTHER"), "UnrecognizedClientException"),
        ({"authorization": signature()["authorization"]}, "IncompleteSignatureException"),
    ):
        for answer in (
            web.post(TOKENS, params={"domain": "acme"}, headers=headers),
            web.get(ENDPOINTS, params={"domain": "acme", "repository": "python", "format": "pypi"}, headers=headers),
        ):
            assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (403, code)


def test_the_endpoint_of_a_repository_is_told_by_domain_and_owner(web: httpx.Client) -> None:
    asked = {"domain": "acme", "repository": "python", "format": "pypi"}
    answer = web.get(ENDPOINTS, params=asked, headers=signature())
    assert answer.json() == {"repositoryEndpoint": REPOSITORY}
    for wrong in {"domain": "other"}, {"repository": "other"}, {"domain-owner": "444455556666"}:
        answer = web.get(ENDPOINTS, params={**asked, **wrong}, headers=signature())
        assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (404, "ResourceNotFoundException")


def test_what_the_real_service_has_and_this_one_does_not_is_a_refusal(link: Link, web: httpx.Client) -> None:
    web.post(TOKENS, params={"domain": "acme", "duration": "0"}, headers=signature())
    asked = {"domain": "acme", "repository": "python"}
    web.get(ENDPOINTS, params={**asked, "format": "npm"}, headers=signature())
    web.get(ENDPOINTS, params={**asked, "format": "pypi", "endpointType": "dualstack"}, headers=signature())
    web.get(f"https://{SERVICE}/v1/domain", params={"domain": "acme"}, headers=signature())
    assert [refusal.why.partition("have ")[2] for refusal in link.refusals()] == [
        "tokens that live as long as a role's session",
        "the ipv4 address of the format npm",
        "the dualstack address of the format pypi",
        "",
    ]


def test_nobody_reads_or_uploads_without_a_living_token(link: Link, web: httpx.Client) -> None:
    body = wheel("acme_tools", "1.0")
    for login in None, ("aws", "no-token"), ("alice", token(web)[1]):
        assert web.get(f"{REPOSITORY}simple/six/", auth=login).status_code == 401
        assert upload(web, REPOSITORY, login, body, "acme-tools", "1.0").status_code == 401
    link.day(DATE - dt.timedelta(days=1))
    login = token(web)
    assert upload(web, REPOSITORY, login, body, "acme-tools", "1.0").status_code == 200
    assert web.get(f"{REPOSITORY}simple/acme-tools/", auth=login).status_code == 200
    link.day(DATE)
    answer = web.get(f"{REPOSITORY}simple/acme-tools/", auth=login)
    assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Basic ")
    assert upload(web, REPOSITORY, login, body, "acme-tools", "1.0").status_code == 401
    assert web.get(f"{REPOSITORY}simple/acme-tools/", auth=token(web)).status_code == 200


def test_a_file_that_is_there_is_a_conflict_and_a_broken_one_a_bad_request(web: httpx.Client) -> None:
    login, body = token(web), wheel("acme_tools", "1.0")
    assert upload(web, REPOSITORY, login, body, "acme-tools", "1.0").status_code == 200
    assert upload(web, REPOSITORY, login, body, "acme-tools", "1.0").status_code == 409
    assert upload(web, REPOSITORY, login, b"nonsense", "acme-tools", "1.1").status_code == 400


def test_own_names_are_exclusive_and_the_others_come_from_pypi(shared: tuple[Index, World], web: httpx.Client) -> None:
    index, login = shared[0], token(web)
    index.add("codeown", "99.0")
    public = index.add("codepassed", "1.0")
    upload(web, REPOSITORY, login, wheel("codeown", "1.0"), "codeown", "1.0")
    own = web.get(f"{REPOSITORY}simple/codeown/", auth=login).text
    assert "codeown-1.0" in own and "codeown-99.0" not in own
    headers = {"accept": "application/vnd.pypi.simple.v1+json"}
    [file] = web.get(f"{REPOSITORY}simple/codepassed/", auth=login, headers=headers).json()["files"]
    assert file["url"].startswith(REPOSITORY)
    assert web.get(file["url"], auth=login).content == public.body
    assert web.get(f"{REPOSITORY}simple/", auth=login).status_code == 404  # only the pages of projects exist
