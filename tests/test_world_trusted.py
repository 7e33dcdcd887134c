"""Trusted publishing: a job's identity token, PyPI's upload token for it, and PyPI's refusals in warehouse's words."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from harness.world.hosts import gitlab
from harness.world.hosts.actions import BEARER, HOST
from harness.world.pypi.macaroons import read
from harness.world.pypi.restrictions import EXPIRATION, OIDC_PUBLISHER, PROJECT_ID
from harness.world.pypi.trusted import ENVIRONMENT, PIPELINE, PROJECT, REPOSITORY, WORKFLOW
from harness.world.world import Link
from world_support import upload, wheel

RIGHT = {"repository": REPOSITORY, "workflow": WORKFLOW, "environment": ENVIRONMENT}


@pytest.fixture
def web(web: httpx.Client) -> httpx.Client:
    web.headers["accept"] = "text/plain"
    return web


def identity(web: httpx.Client, audience: str = "pypi", **claims: str) -> str:
    answer = web.get(
        f"https://{HOST}/idtoken",
        params={**claims, "audience": audience},
        headers={"authorization": f"bearer {BEARER}"},
    )
    return str(answer.json()["value"])


def mint(web: httpx.Client, link: Link, token: object) -> httpx.Response:
    return web.post(f"https://{link.world.hosts[0]}/_/oidc/mint-token", json={"token": token})


def refusal(web: httpx.Client, link: Link, token: object) -> dict[str, str]:
    answer = mint(web, link, token)
    assert (answer.status_code, answer.json()["message"]) == (422, "Token request failed")
    [error] = answer.json()["errors"]
    return dict(error)


def test_a_job_publishes_its_own_project_and_no_other_without_a_password(web: httpx.Client, link: Link) -> None:
    """warehouse/oidc/views.py, mint_token; warehouse/macaroons/caveats/__init__.py, line 148"""
    pypi, _, uploads = link.world.hosts[:3]
    assert web.get(f"https://{pypi}/_/oidc/audience").json() == {"audience": "pypi"}
    first = identity(web, **RIGHT)
    token = mint(web, link, first).json()["token"]
    assert refusal(web, link, first) == {"code": "invalid-reuse-token", "description": "invalid token: already used"}
    url, login = f"https://{uploads}/legacy/", ("__token__", token)
    assert upload(web, url, login, wheel("lantern_greeting", "1.0"), PROJECT, "1.0").status_code == 200
    answer = upload(web, url, login, wheel("acme", "1.0"), "acme", "1.0")
    assert (answer.status_code, "Non-user identities cannot create new projects." in answer.text) == (400, True)


@pytest.mark.parametrize(
    "change", [{"repository": "acme/other"}, {"workflow": "publish.yml"}, {"environment": "release"}]
)
def test_a_job_that_is_not_the_publisher_gets_no_token(web: httpx.Client, link: Link, change: dict[str, str]) -> None:
    """warehouse/oidc/models/github.py, lookup_by_claims"""
    assert refusal(web, link, identity(web, **{**RIGHT, **change})) == {
        "code": "invalid-publisher",
        "description": "valid token, but no corresponding publisher (Publisher with matching claims was not found)",
    }


@pytest.mark.parametrize(
    "token, codes",
    [
        ("pypi-AgEIcHlwaS5vcmcCJDU0", ["invalid-pending-publisher", "invalid-publisher"]),
        ("pypi-AgEIcHlwaS5vcmcCJDdh", ["invalid-publisher"]),
    ],
)
def test_an_upload_that_makes_the_project_ends_its_pending_publisher(
    web: httpx.Client, link: Link, token: str, codes: list[str]
) -> None:
    """warehouse/packaging/services.py, create_project, line 650; warehouse/oidc/views.py, mint_token"""
    url, login = f"https://{link.world.hosts[2]}/legacy/", ("__token__", token)
    assert upload(web, url, login, wheel("lantern_greeting", "1.0"), PROJECT, "1.0").status_code == 200
    assert [refusal(web, link, identity(web, **RIGHT))["code"] for _ in codes] == codes


def job(web: httpx.Client, config: str, file: str = PIPELINE, host: str = gitlab.HOSTS[0], **more: str) -> str:
    """The identity token that a runner gets for the job ``publish`` of a pipeline."""
    form = {"token": gitlab.RUNNER, "job": "publish", **more}
    answer = web.post(f"https://{host}/api/v4/jobs/request", data=form, files={"config": (file, config.encode())})
    assert answer.status_code == 201, answer.text
    found = {one["key"]: one["value"] for one in answer.json()["variables"]}
    return str(found["PYPI_ID_TOKEN"])


def pipeline(audience: str = "pypi", environment: str = "pypi") -> str:
    return f"publish: {{environment: {environment}, id_tokens: {{PYPI_ID_TOKEN: {{aud: {audience}}}}}}}\n"


def test_a_job_of_gitlab_publishes_its_project_too(web: httpx.Client, link: Link) -> None:
    """warehouse/oidc/models/gitlab.py, lookup_by_claims"""
    token = mint(web, link, job(web, pipeline())).json()["token"]
    url, login = f"https://{link.world.hosts[2]}/legacy/", ("__token__", token)
    assert upload(web, url, login, wheel("lantern_greeting", "1.0"), PROJECT, "1.0").status_code == 200
    [error] = mint(web, link, identity(web, **RIGHT)).json()["errors"]
    assert error["code"] == "invalid-pending-publisher"  # the project exists now: GitHub's publisher isn't pending


@pytest.mark.parametrize(
    ("config", "more", "words"),
    [
        (pipeline(environment="release"), {}, "invalid-publisher: valid token, but no corresponding publisher"),
        (pipeline(), {"project": "acme/other"}, "invalid-publisher: valid token, but no corresponding publisher"),
        (pipeline(), {"file": "ci/release.yml"}, "invalid-publisher: valid token, but no corresponding publisher"),
        (pipeline(audience="testpypi"), {}, "invalid-token: malformed or invalid token"),
        (pipeline(), {"host": gitlab.HOSTS[1]}, "invalid-payload: unknown trusted publishing issuer"),
    ],
)
def test_a_job_of_gitlab_that_is_not_the_publisher_gets_no_token(
    web: httpx.Client, link: Link, config: str, more: dict[str, str], words: str
) -> None:
    """warehouse/oidc/models/gitlab.py; warehouse/oidc/views.py, mint_token_from_oidc"""
    found = refusal(web, link, job(web, config, **more))
    assert f"{found['code']}: {found['description']}".startswith(words)


def test_a_runner_without_a_token_or_a_job_gets_none(web: httpx.Client, link: Link) -> None:
    url = f"https://{gitlab.HOSTS[0]}/api/v4/jobs/request"
    assert web.post(url, data={"token": "another"}).status_code == 403
    for config in ("[]", "other: {}"):
        form = {"token": gitlab.RUNNER, "job": "publish"}
        assert web.post(url, data=form, files={"config": (PIPELINE, config.encode())}).status_code == 400
    assert web.post(url, data={"token": gitlab.RUNNER}).status_code == 400
    assert link.refusals() == []


def test_a_minted_token_ends_fifteen_minutes_later_and_restricts_itself_to_the_project(
    web: httpx.Client, link: Link
) -> None:
    """warehouse/oidc/views.py, mint_token"""
    answer = mint(web, link, identity(web, **RIGHT)).json()
    macaroon = read(answer["token"])
    publisher, project, (kind, end, start) = (json.loads(caveat) for caveat in macaroon.caveats)
    assert (publisher[0], project[0], kind) == (OIDC_PUBLISHER, PROJECT_ID, EXPIRATION)
    assert (end, end - start) == (answer["expires"], 900)
    late = macaroon.restricted([EXPIRATION, start, 0]).text
    url, body = f"https://{link.world.hosts[2]}/legacy/", wheel("lantern_greeting", "1.0")
    assert (
        "403 Invalid API Token: token is expired\n" in upload(web, url, ("__token__", late), body, PROJECT, "1.0").text
    )


def test_a_token_that_ends_between_two_files_leaves_the_rest_to_the_next_token(web: httpx.Client, link: Link) -> None:
    """A job that uploads longer than its token lives: what was taken stays, and is taken again."""
    url = f"https://{link.world.hosts[2]}/legacy/"

    def answer(number: int, token: str) -> httpx.Response:
        version = f"{number}.0"
        return upload(web, url, ("__token__", token), wheel("lantern_greeting", version), PROJECT, version)

    macaroon = read(mint(web, link, identity(web, **RIGHT)).json()["token"])
    token = macaroon.restricted([EXPIRATION, int(time.time()) + 3, 0]).text
    numbers = itertools.count(1)
    refused = next(number for number in numbers if answer(number, token).status_code != 200)
    assert "403 Invalid API Token: token is expired\n" in answer(refused, token).text
    fresh = mint(web, link, identity(web, **RIGHT)).json()["token"]
    assert [answer(number, fresh).status_code for number in range(1, refused + 1)] == [200] * refused
    document = web.get(f"https://{link.world.hosts[0]}/pypi/{PROJECT}/json").json()
    assert len(document["releases"]) == refused


def test_a_token_that_is_forged_or_for_another_index_gets_nothing(web: httpx.Client, link: Link) -> None:
    """warehouse/oidc/views.py, invalid-token and invalid-payload"""
    good = identity(web, **RIGHT)
    forged = identity(web, **{**RIGHT, "repository": "acme/other"}).rpartition(".")[0] + "." + good.rpartition(".")[2]
    for token in (forged, identity(web, "testpypi", **RIGHT)):
        assert refusal(web, link, token)["code"] == "invalid-token"
    for token in ("nonsense", "a.b.c", 1):
        assert refusal(web, link, token)["code"] == "invalid-payload"
    assert web.get(f"https://{HOST}/idtoken", params=RIGHT).status_code == 401


def test_a_burned_token_uploads_nothing_more(web: httpx.Client, link: Link) -> None:
    """https://github.com/pypi/warehouse/pull/20197"""
    pypi, _, uploads = link.world.hosts[:3]
    token = mint(web, link, identity(web, **RIGHT)).json()["token"]
    assert web.post(f"https://{pypi}/_/oidc/burn-token", json={"token": token}).status_code == 204
    answer = upload(
        web, f"https://{uploads}/legacy/", ("__token__", token), wheel("lantern_greeting", "1.0"), PROJECT, "1.0"
    )
    assert (answer.status_code, "Invalid or non-existent" in answer.text) == (403, True)
    assert link.refusals() == []
    assert web.post(f"https://{pypi}/_/oidc/burn-token", json={"token": token}).status_code == 422
    assert [refusal.why for refusal in link.refusals()] == [
        "the guide's world ends tokens that it minted, and this is none"
    ]


def test_uv_publishes_as_a_job(web: httpx.Client, link: Link, tmp_path: Path) -> None:
    uv = pytest.importorskip("uv").find_uv_bin()
    file = tmp_path / "lantern_greeting-1.0-py3-none-any.whl"
    file.write_bytes(wheel("lantern_greeting", "1.0"))
    job = {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"https://{HOST}/idtoken?api-version=2.0&{httpx.QueryParams(RIGHT)}",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": BEARER,
    }
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "UV_CACHE_DIR": str(tmp_path / "uv")} | job
    environment |= {"HTTPS_PROXY": link.proxy(), "SSL_CERT_FILE": str(link.world.certificate)}
    command = [uv, "publish", "--trusted-publishing", "always", str(file)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert link.refusals() == []  # it burns its token, too
    document = web.get(f"https://{link.world.hosts[0]}/pypi/{PROJECT}/json").json()
    assert document["info"]["version"] == "1.0"
