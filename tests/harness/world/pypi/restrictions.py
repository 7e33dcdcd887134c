"""What the restrictions in a token say: a number for the kind, then its values, as JSON; failures in warehouse's words.

Source: https://github.com/pypi/warehouse at 6b62157, warehouse/macaroons/caveats/__init__.py, _core.py, _legacy.py.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name

EXPIRATION, PROJECT_NAME, PROJECT_ID, REQUEST_USER, OIDC_PUBLISHER = range(5)
FIELDS = {EXPIRATION: (int, int), PROJECT_NAME: (list,), PROJECT_ID: (list,), REQUEST_USER: (str,)}
FIELDS[OIDC_PUBLISHER] = (str,)  # a second field, the claims, is no longer used

Caveat = Sequence[Any]


def number(kind: str, name: str) -> str:
    """The identifier that the index gave a user, a project or a publisher, always the same for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {name}"))


def project_caveats(project: str) -> list[Caveat]:
    """The restrictions of a token for the project of that normalised name."""
    return [[PROJECT_NAME, [project]], [PROJECT_ID, [number("project", project)]]]


@dataclass(frozen=True)
class Use:
    """A token in use: the bearer's number (a user's or a publisher's), and the project as its metadata spells it.

    ``own`` has the normalised names of the projects that a publisher is registered for.
    """

    bearer: str
    publisher: bool
    own: Iterable[str]
    name: str

    def failures(self, caveats: Iterable[bytes]) -> list[str]:
        """Why the restrictions don't allow this; empty where they do."""
        return [text for caveat in caveats if (text := self._failure(caveat))]

    def _failure(self, text: bytes) -> str:
        try:
            caveat = json.loads(text)
        except ValueError:
            return "unknown error"
        if not isinstance(caveat, list):
            return "caveat must be an array"
        if not caveat:
            return "caveat array cannot be empty"
        kind, *values = caveat
        if kind not in FIELDS:
            return f"caveat has unknown tag: {kind}"
        kinds = FIELDS[kind]
        if len(values) < len(kinds):
            return "Not enough values"
        if not all(map(isinstance, values, kinds)):
            return "invalid values for fields"
        return self._said(kind, values)

    def _said(self, kind: int, values: list[Any]) -> str:
        normal = str(canonicalize_name(self.name))
        if kind == EXPIRATION:
            end, start = values
            return "" if start <= int(time.time()) < end else "token is expired"
        if kind in (PROJECT_NAME, PROJECT_ID):
            allowed = (normal if kind == PROJECT_NAME else number("project", normal)) in values[0]
            return "" if allowed else f"project-scoped token is not valid for project: {self.name!r}"
        if kind == REQUEST_USER:
            if self.publisher:
                return "token with user restriction without a user"
            return "" if values[0] == self.bearer else "current user does not match user restriction in token"
        if not self.publisher:
            return "OIDC scoped token used outside of an OIDC identified request"
        if values[0] != self.bearer:
            return "current OIDC publisher does not match publisher restriction in token"
        return "" if normal in self.own else f"OIDC scoped token is not valid for project {self.name!r}"
