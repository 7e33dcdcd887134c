"""The address at which a job of GitHub Actions gets its identity token, with ``permissions: id-token: write``.

The runner gives a job its address and a bearer token in ACTIONS_ID_TOKEN_REQUEST_URL and
ACTIONS_ID_TOKEN_REQUEST_TOKEN (https://docs.github.com/en/actions/reference/security/oidc), and neither without the
permission. A page sets both; in the address's query it says which job this is: ``repository``, ``workflow`` and
perhaps ``environment``, ``event_name``. The bearer token is BEARER.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.world.host import Host
from harness.world.index.identity import Issuer
from harness.world.link import Link

HOST = "pipelines.actions.githubusercontent.com"
ISSUER = "https://token.actions.githubusercontent.com"
BEARER = "token-of-the-job"


def issuer(link: Link) -> Issuer:
    return link.state((HOST, "issuer"), lambda: Issuer(ISSUER))


def hosts(link: Link) -> list[Host]:
    async def identity(request: Request) -> Response:
        asked = request.query_params
        if request.headers.get("authorization", "").lower() != f"bearer {BEARER}":
            return JSONResponse({"message": "Unauthorized"}, 401)
        repository, workflow = asked.get("repository", ""), asked.get("workflow", "")
        owner, environment = repository.partition("/")[0], asked.get("environment")
        place = f"{repository}/.github/workflows/{workflow}@refs/tags/v1.2.0"
        claims = {
            "sub": f"repo:{repository}:" + (f"environment:{environment}" if environment else "ref:refs/tags/v1.2.0"),
            "repository": repository,
            "repository_owner": owner,
            "repository_owner_id": "1",
            "workflow_ref": place,
            "job_workflow_ref": place,
            "ref": "refs/tags/v1.2.0",
            "sha": "0" * 40,
            "event_name": asked.get("event_name", "push"),
        }
        claims |= {"environment": environment} if environment else {}
        audience = asked.get("audience", f"https://github.com/{owner}")
        return JSONResponse({"value": issuer(link).sign(claims, audience)})

    return [Host(HOST, [Route("/idtoken", identity, methods=["GET"])], "the identity tokens of jobs")]
