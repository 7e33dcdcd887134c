"""PyPI's side of trusted publishing: the audience, and identity tokens of GitHub Actions changed for upload tokens.

Each index has one publisher, pending until its first token makes the project, as the reader would register it:
project PROJECT, repository REPOSITORY, workflow WORKFLOW, environment ENVIRONMENT.

Sources, in https://github.com/pypi/warehouse at 6b62157: warehouse/oidc/views.py (both addresses),
warehouse/oidc/models/github.py and _core.py (how claims find a publisher), warehouse/oidc/services.py (signatures).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from harness.world.index.identity import Issuer, Untrusted
from harness.world.pypi.accounts import MINTED, Accounts, Token

PROJECT, REPOSITORY, WORKFLOW, ENVIRONMENT = "lantern-greeting", "acme/lantern-greeting", "release.yml", "pypi"
PUBLISHER = {"kind": "GitHub", "repository": REPOSITORY, "workflow": WORKFLOW, "environment": ENVIRONMENT}
UNKNOWN = "Publisher with matching claims was not found"


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
class Trusted:
    """Trusted publishing on one index; ``audience`` is the index's own, ``seen`` has the identifiers of used tokens."""

    audience: str
    accounts: Accounts
    issuer: Issuer
    seen: set[str] = field(default_factory=set)
    pending: bool = True
    dropped: bool = False

    def mint(self, body: bytes, taken: bool) -> dict[str, Any]:
        """The answer to a body; raises Refused. ``taken``: PROJECT exists and nobody in the sandbox made it."""
        given = carried(body)
        if given is None:
            raise Refused("invalid-payload", "the body has no text 'token'")
        try:
            claims = self.issuer.verify(given, self.audience)
        except Untrusted as error:
            raise Refused(error.code, error.description) from None
        if why := _mismatch(claims):
            raise Refused("invalid-publisher", f"valid token, but no corresponding publisher ({why})")
        if self.pending:
            self._pending(taken)
        if claims["jti"] in self.seen:
            raise Refused("invalid-reuse-token", "invalid token: already used")
        self.seen.add(claims["jti"])
        if self.pending:
            self.pending = False
            self.accounts.owners[PROJECT] = "reader"
        end = int(time.time()) + MINTED
        token = self.accounts.mint(Token("reader", PROJECT, PUBLISHER), end)
        return {"success": True, "token": token, "expires": end}

    def _pending(self, taken: bool) -> None:
        """Refuse where the project was made without this publisher; raises Refused (warehouse/packaging/services.py).

        Another user's new project drops the publisher at once, the reader's own one when the publisher is used.
        """
        own = self.accounts.owners.get(PROJECT)
        if self.dropped or own not in (None, "reader"):
            raise Refused("invalid-publisher", f"valid token, but no corresponding publisher ({UNKNOWN})")
        if own or taken:
            self.dropped = True
            raise Refused("invalid-pending-publisher", "valid token, but project already exists")


def carried(body: bytes) -> str | None:
    """The token that a JSON body carries as text, None where it has none."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    given = document.get("token") if isinstance(document, dict) else None
    return given if isinstance(given, str) else None


def _mismatch(claims: dict[str, Any]) -> str:
    """Why the claims are no publisher's, in PyPI's words; empty where they are."""
    if claims["event_name"] == "pull_request_target":
        return "Publishing from a workflow invoked via 'pull_request_target' is not supported."
    place = claims["job_workflow_ref"].partition("@")[0]
    found = claims["repository"], place.rpartition("/")[2], claims.get("environment", "").lower()
    same = found == (REPOSITORY, WORKFLOW, ENVIRONMENT)
    return "" if same else UNKNOWN
