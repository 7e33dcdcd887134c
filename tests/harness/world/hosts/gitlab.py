"""gitlab.com, and a self-managed GitLab, as a runner meets them: the address at which it asks for a job.

The answer has the job's script and its variables, among them the identity tokens of its ``id_tokens``
(https://docs.gitlab.com/ci/secrets/id_token_authentication/). A runner has its own token, RUNNER, and says which
version it is; here it brings what GitLab would know: the ``config``, whose file name is the pipeline's, the name of the
``job``, and ``project``, PROJECT where it isn't given. The pipeline runs for the tag v1.2.0.
"""

from __future__ import annotations

from typing import Any

import yaml
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.world.host import Host
from harness.world.index.identity import Issuer
from harness.world.link import Link

HOSTS = "gitlab.com", "gitlab.example.com"
RUNNER, PROJECT, TAG, SHA = "token-of-the-runner", "acme/lantern-greeting", "v1.2.0", "0" * 40


def issuer(link: Link, host: str = HOSTS[0]) -> Issuer:
    return link.state((host, "issuer"), lambda: Issuer(f"https://{host}"))


def hosts(link: Link) -> list[Host]:
    async def job(request: Request) -> Response:
        async with request.form() as form:
            config, name = form.get("config"), str(form.get("job", ""))
            if form.get("token") != RUNNER:
                return JSONResponse({"message": "403 Forbidden"}, 403)
            if not isinstance(config, UploadFile) or not config.filename:
                return JSONResponse({"error": "config is missing, or has no file name"}, 400)
            found = yaml.safe_load(await config.read())
            wanted = found.get(name) if isinstance(found, dict) else None
            if not isinstance(wanted, dict):
                return JSONResponse({"error": f"{config.filename} has no job {name!r}"}, 400)
            host = request.headers["host"].partition(":")[0]
            known = claims(host, str(form.get("project", PROJECT)), config.filename, environment(wanted))
        tokens = wanted.get("id_tokens", {}).items()
        given = {key: issuer(link, host).sign(known, value["aud"]) for key, value in tokens}
        variables = {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_TAG": TAG, **given}
        shown = [{"key": key, "value": value, "masked": key in given} for key, value in variables.items()]
        steps = [{"name": "script", "script": wanted.get("script", [])}]
        return JSONResponse({"id": 1, "variables": shown, "steps": steps}, 201)

    routes = [Route("/api/v4/jobs/request", job, methods=["POST"])]
    return [Host(name, routes, "the jobs of runners") for name in HOSTS]


def environment(job: dict[str, Any]) -> str:
    """The name of a job's environment, empty where it has none."""
    given = job.get("environment", "")
    return str(given.get("name", "") if isinstance(given, dict) else given)


def claims(host: str, project: str, pipeline: str, name: str) -> dict[str, object]:
    """What GitLab says of a job in the environment of that name."""
    path = f"refs/tags/{TAG}"
    known: dict[str, object] = {
        "namespace_id": "72",
        "namespace_path": project.rpartition("/")[0],
        "project_id": "20",
        "project_path": project,
        "user_id": "1",
        "user_login": "ada",
        "user_email": "ada@example.com",
        "pipeline_id": "574",
        "pipeline_source": "push",
        "job_id": "302",
        "ref": TAG,
        "ref_type": "tag",
        "ref_path": path,
        "ref_protected": "true",
        "runner_id": 1,
        "runner_environment": "gitlab-hosted",
        "sha": SHA,
        "project_visibility": "public",
        "ci_config_ref_uri": f"{host}/{project}//{pipeline}@{path}",
        "ci_config_sha": SHA,
        "sub": f"project_path:{project}:ref_type:tag:ref:{TAG}",
    }
    where = {"environment": name, "environment_protected": "true", "deployment_tier": "production"}
    return known | where if name else known
