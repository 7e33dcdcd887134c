"""Who uploads to PyPI and to TestPyPI: accounts, their tokens, their projects; answers in warehouse's own words.

Each index has three accounts: ``reader`` is the reader's, ``stranger`` somebody else's, and ``newcomer`` hasn't
verified an address. A token is the beginning of a macaroon, as long as a page can show: it names its index, and so
one of TestPyPI means nothing to PyPI. Pages type these, PyPI's first and TestPyPI's second:

=========================  ================================  ================================================
pypi-AgEIcHlwaS5vcmcCJDU0  pypi-AgENdGVzdC5weXBpLm9yZwIkNTQ  the reader's, for the whole account
pypi-AgEIcHlwaS5vcmcCJDFm  pypi-AgENdGVzdC5weXBpLm9yZwIkMWY  the reader's, for the project lantern-greeting
pypi-AgEIcHlwaS5vcmcCJDdh  pypi-AgENdGVzdC5weXBpLm9yZwIkN2E  the stranger's, for the whole account
pypi-AgEIcHlwaS5vcmcCJGUw  pypi-AgENdGVzdC5weXBpLm9yZwIkZTA  the newcomer's, for the whole account
=========================  ================================  ================================================

A few pages have tokens in plain words (WORDS). Every other token was deleted, or never was one.

Sources, in https://github.com/pypi/warehouse at 6b62157: warehouse/forklift/decorators.py (no identity),
warehouse/forklift/legacy.py (permissions, addresses), warehouse/accounts/security_policy.py (passwords),
warehouse/macaroons/caveats/__init__.py (scopes), warehouse/packaging/services.py (names of new projects).
"""

from __future__ import annotations

import base64
import re
import secrets
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name
from pip._internal.models.index import PyPI

from harness.world.index.upload import Rejected

MINTED = 900  # seconds that a minted token lives
IDENTIFIER = 36  # bytes that a macaroon's identifier has on PyPI; a page's token ends after two of them
NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE)
STDLIB = {canonicalize_name(name) for name in sys.stdlib_module_names}


@dataclass(frozen=True)
class Token:
    """What a token lets do: all that ``user`` may, or that for the normalised name ``project`` alone.

    A ``publisher``'s was minted by trusted publishing; it is PyPI's publisher object of PEP 740.
    """

    user: str
    project: str | None = None
    publisher: Mapping[str, str] | None = None


TOKENS = {"54": Token("reader"), "1f": Token("reader", "lantern-greeting"), "7a": Token("stranger")}
TOKENS["e0"] = Token("newcomer")
WORDS = {
    "pypi-a-token-of-yours": Token("reader"),
    "pypi-attackers-token": Token("stranger"),
    "pypi-strangers-token": Token("stranger"),
}
UNVERIFIED = {"newcomer"}


def written(index: str, identifier: str) -> str:
    """The token of that identifier as the index on that host writes it."""
    place = index.encode()
    packet = bytes([2, 1, len(place)]) + place + bytes([2, IDENTIFIER]) + identifier.encode()
    return "pypi-" + base64.urlsafe_b64encode(packet).decode().rstrip("=")


@dataclass(frozen=True)
class Accounts:
    """The accounts of the index on the host ``index``; ``owners`` has the user of each project made in the sandbox."""

    index: str
    owners: dict[str, str]
    minted: dict[str, tuple[Token, int]] = field(default_factory=dict)

    def mint(self, token: Token, end: int) -> str:
        """A fresh token that lives until ``end``, in seconds since 1970."""
        text = f"{written(self.index, '')}{secrets.token_urlsafe(120)}"
        self.minted[text] = token, end
        return text

    def burn(self, text: str) -> bool:
        """End a minted token before its time; whether it was one."""
        return self.minted.pop(text, None) is not None

    def identify(self, login: tuple[str, str] | None) -> Token:
        """The token that a login brings; raises Rejected where it brings none."""
        user, password = login or ("", "")
        if login and user != "__token__":
            raise Rejected(
                403,
                "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers "
                f"instead. See {self.help('apitoken')} and {self.help('trusted-publishers')}",
            )
        if password in self.minted:
            token, end = self.minted[password]
            if time.time() >= end:
                raise Rejected(403, "Invalid API Token: token is expired")
            return token
        known = WORDS | {written(self.index, identifier): token for identifier, token in TOKENS.items()}
        if password.strip() not in known:
            raise Rejected(403, f"Invalid or non-existent authentication information. {self.see('invalid-auth')}")
        return known[password.strip()]

    def permit(self, token: Token, name: str, taken: bool, others: Iterable[str]) -> None:
        """Let the token upload to the project ``name``, as its metadata spells it; raises Rejected.

        ``taken``: a project of that name exists that nobody in the sandbox made. ``others`` are the names of the
        projects that the sandbox asked for, while a real index compares with all that it has.
        """
        normal = str(canonicalize_name(name))
        new = not taken and normal not in self.owners
        if new and token.publisher:
            raise Rejected(
                400,
                "Non-user identities cannot create new projects. This was probably caused by successfully using a "
                "pending publisher but specifying the project name incorrectly (either in the publisher or in your "
                "project's metadata). Please ensure that both match. "
                f"See: https://docs.{PyPI.netloc}/trusted-publishers/troubleshooting/",
            )
        if new:
            self._verified(token.user)
            self._available(name, others)
        if token.project not in (None, normal):
            if token.publisher:
                raise Rejected(403, f"Invalid API Token: OIDC scoped token is not valid for project {normal!r}")
            scope = f"project-scoped token is not valid for project: {name!r}"
            raise Rejected(403, f"Invalid API Token: {scope}")
        if not new and self.owners.get(normal) != token.user:
            text = f"The user '{token.user}' isn't allowed to upload to project '{normal}'."
            raise Rejected(403, f"{text} {self.see('project-name')}")
        self._verified(token.user)

    def help(self, anchor: str) -> str:
        return f"https://{self.index}/help/#{anchor}"

    def see(self, anchor: str) -> str:
        return f"See {self.help(anchor)} for more information."

    def _verified(self, user: str) -> None:
        if user in UNVERIFIED:
            raise Rejected(
                403,
                f"User {user!r}, associated with the API token used, does not have a verified primary email address. "
                "Please add a verified primary email before attempting to upload to PyPI. "
                f"{self.see('verified-email')}",
            )

    def _available(self, name: str, others: Iterable[str]) -> None:
        """Whether a new project may have the name; raises Rejected."""
        if not NAME.fullmatch(name):
            raise Rejected(400, f"The name {name!r} is invalid.")
        if canonicalize_name(name) in STDLIB:
            why = "isn't allowed (conflict with Python Standard Library module name)"
            raise Rejected(400, f"The name {name!r} {why}. {self.see('project-name')}")
        if looks(name) in map(looks, [*others, *self.owners]):
            raise Rejected(400, f"The name {name!r} is too similar to an existing project. {self.see('project-name')}")


def looks(name: str) -> str:
    """The name as a hasty eye sees it, ``ultranormalize_name`` in warehouse's migration d18d443f89f0."""
    return re.sub("[li]", "1", re.sub(r"[._-]", "", name.lower())).replace("o", "0")
