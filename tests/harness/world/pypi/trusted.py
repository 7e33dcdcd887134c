"""PyPI's side of trusted publishing: the audience, and identity tokens of CI jobs changed for upload tokens.

Each index has two publishers of project PROJECT, pending until the first token of theirs makes it, as the reader would
register them: on GitHub the repository REPOSITORY with the workflow WORKFLOW, on gitlab.com the project REPOSITORY with
the pipeline PIPELINE; both demand the environment ENVIRONMENT. The issuer that signs for each is in hosts/pypi.py.

Sources, in https://github.com/pypi/warehouse at 6b62157: warehouse/oidc/views.py (both addresses),
warehouse/oidc/models/github.py, gitlab.py and _core.py (how claims find a publisher), warehouse/oidc/services.py
(signatures); https://github.com/pypi/warehouse/pull/20197 (the end of a token).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.world.index.identity import Issuer, Untrusted, signer
from harness.world.pypi.accounts import Accounts, Token, publisher_number
from harness.world.pypi.restrictions import EXPIRATION, OIDC_PUBLISHER, PROJECT_ID, number

PROJECT, REPOSITORY, ENVIRONMENT = "lantern-greeting", "acme/lantern-greeting", "pypi"
WORKFLOW, PIPELINE = "release.yml", ".gitlab-ci.yml"
UNKNOWN = "Publisher with matching claims was not found"
MINTED = 900  # seconds that a minted token lives

Claims = dict[str, Any]


class Refused(Exception):
    """No token: ``code`` and description as PyPI's JSON has them."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description

    @property
    def document(self) -> dict[str, Any]:
        errors = [{"code": self.code, "description": self.description}]
        return {"message": "Token request failed", "errors": errors}


@dataclass
class Publisher:
    """One that the reader registered for PROJECT, ``described`` as PEP 740 has it.

    ``mismatch`` says why a job's claims are not the publisher's, nothing where they are.
    ``dropped``: it was pending when the project was made without it, and so is none any more.
    """

    issuer: Issuer
    described: Mapping[str, str]
    mismatch: Callable[[Claims], str]
    pending: bool = True
    dropped: bool = False

    @property
    def number(self) -> str:
        return publisher_number(self.described)


@dataclass
class Trusted:
    """Trusted publishing on one index; ``audience`` is the index's own, ``seen`` has the identifiers of used tokens."""

    audience: str
    accounts: Accounts
    publishers: list[Publisher]
    seen: set[str] = field(default_factory=set)

    def mint(self, body: bytes, taken: bool) -> dict[str, Any]:
        """The answer to a body; raises Refused. ``taken``: PROJECT exists and nobody in the sandbox made it."""
        given = carried(body)
        if given is None:
            raise Refused("invalid-payload", "the body has no text 'token'")
        try:
            publisher = self._publisher(signer(given))
            claims = publisher.issuer.verify(given, self.audience)
        except Untrusted as error:
            raise Refused(error.code, error.description) from None
        if why := publisher.mismatch(claims):
            raise Refused("invalid-publisher", f"valid token, but no corresponding publisher ({why})")
        if publisher.pending:
            self._pending(publisher, taken)
        if claims["jti"] in self.seen:
            raise Refused("invalid-reuse-token", "invalid token: already used")
        self.seen.add(claims["jti"])
        if publisher.pending:
            publisher.pending = False
            self.accounts.owners[PROJECT] = "reader"
            self.accounts.published[publisher.number] = {PROJECT}
        start = int(time.time())
        end = start + MINTED
        caveats = [OIDC_PUBLISHER, publisher.number, None], [PROJECT_ID, [number("project", PROJECT)]]
        token = self.accounts.mint(Token("reader", (*caveats, [EXPIRATION, end, start]), publisher.described))
        return {"success": True, "token": token, "expires": end}

    def _publisher(self, name: str) -> Publisher:
        """The one whose jobs the issuer of that name signs for; raises Refused."""
        found = next((publisher for publisher in self.publishers if publisher.issuer.name == name), None)
        if found is None:
            raise Refused("invalid-payload", "unknown trusted publishing issuer")
        return found

    def _pending(self, publisher: Publisher, taken: bool) -> None:
        """Refuse where the project was made without this publisher; raises Refused (warehouse/packaging/services.py).

        Another user's new project drops the publisher at once, the reader's own one when the publisher is used.
        """
        own = self.accounts.owners.get(PROJECT)
        if publisher.dropped or own not in (None, "reader"):
            raise Refused("invalid-publisher", f"valid token, but no corresponding publisher ({UNKNOWN})")
        if own or taken:
            publisher.dropped = True
            raise Refused("invalid-pending-publisher", "valid token, but project already exists")


def carried(body: bytes) -> str | None:
    """The token that a JSON body carries as text, None where it has none."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    given = document.get("token") if isinstance(document, dict) else None
    return given if isinstance(given, str) else None


def github(claims: Claims) -> str:
    """Whether a job of GitHub Actions is the publisher's: why not, in PyPI's words."""
    if claims["event_name"] == "pull_request_target":
        return "Publishing from a workflow invoked via 'pull_request_target' is not supported."
    place = claims["job_workflow_ref"].partition("@")[0]
    found = claims["repository"], place.rpartition("/")[2], claims.get("environment", "").lower()
    same = found == (REPOSITORY, WORKFLOW, ENVIRONMENT)
    return "" if same else UNKNOWN


def gitlab(claims: Claims) -> str:
    """Whether a job of GitLab CI/CD is the publisher's: why not, in PyPI's words."""
    place = re.search(r"(?<=//)(.*[^/]\.(yml|yaml))(?=@)", claims["ci_config_ref_uri"])
    if not place:
        return "Could not extract workflow filename from OIDC claims"
    found = claims["project_path"].lower(), place[0], claims.get("environment", "")
    return "" if found == (REPOSITORY, PIPELINE, ENVIRONMENT) else UNKNOWN


GITHUB = {"kind": "GitHub", "repository": REPOSITORY, "workflow": WORKFLOW, "environment": ENVIRONMENT}
GITLAB = {"kind": "GitLab", "repository": REPOSITORY, "workflow_filepath": PIPELINE, "environment": ENVIRONMENT}


def publishers(issuers: Mapping[str, Issuer]) -> list[Publisher]:
    """Those that are registered with an index which knows these issuers: "github", "gitlab"."""
    known = {"github": (GITHUB, github), "gitlab": (GITLAB, gitlab)}
    return [Publisher(issuer, *known[name]) for name, issuer in issuers.items()]
