"""Who uploads to PyPI and to TestPyPI: accounts, their tokens, their projects; answers in warehouse's own words.

Each index has three accounts: ``reader`` is the reader's, ``stranger`` somebody else's, and ``newcomer`` hasn't
verified an address. A token names its index, and so one of TestPyPI means nothing to PyPI. Each is a macaroon, and its
first characters, as many as a page can show, count for the whole. Pages type these, PyPI's and TestPyPI's:

=========================  ================================  ================================================
pypi-AgEIcHlwaS5vcmcCJDU0  pypi-AgENdGVzdC5weXBpLm9yZwIkNTQ  the reader's, for the whole account
pypi-AgEIcHlwaS5vcmcCJDFm  pypi-AgENdGVzdC5weXBpLm9yZwIkMWY  the reader's, for the project lantern-greeting
pypi-AgEIcHlwaS5vcmcCJDdh  pypi-AgENdGVzdC5weXBpLm9yZwIkN2E  the stranger's, for the whole account
pypi-AgEIcHlwaS5vcmcCJGUw  pypi-AgENdGVzdC5weXBpLm9yZwIkZTA  the newcomer's, for the whole account
=========================  ================================  ================================================

``Accounts.whole`` has the whole of each; a page shows one of TestPyPI's at most, since scanners of secrets report those
of PyPI. A few pages have tokens in plain words (WORDS). Every other token was deleted, or never was one.

Sources, in https://github.com/pypi/warehouse at 6b62157: warehouse/forklift/decorators.py (no identity),
warehouse/forklift/legacy.py (permissions, addresses), warehouse/accounts/security_policy.py (passwords),
warehouse/macaroons/services.py (what a macaroon is checked for), warehouse/manage/views/__init__.py (the restrictions
of a new one), warehouse/packaging/services.py (names of new projects).
"""

from __future__ import annotations

import base64
import functools
import json
import re
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name
from pip._internal.models.index import PyPI
from stdlib_list import short_versions, stdlib_list

from harness.world.index.upload import Rejected
from harness.world.pypi.macaroons import Macaroon, made, read
from harness.world.pypi.restrictions import REQUEST_USER, Caveat, Use, number, project_caveats

IDENTIFIER = 36  # bytes that a macaroon's identifier has on PyPI; a page's token ends after two of them
PROHIBITED = {"requirements-txt", "rrequirements-txt"}  # and more, by PyPI's administrators (migration 1e2ccd34f539)


def publisher_number(publisher: Mapping[str, str]) -> str:
    """The number of a publisher, given as its object of PEP 740."""
    return number("publisher", json.dumps(publisher, sort_keys=True))


@dataclass(frozen=True)
class Token:
    """One that the index gave to ``user``; trusted publishing minted a ``publisher``'s, its object of PEP 740.

    The restrictions in ``caveats`` are in the macaroon as well: the index checks its own copy and what it was sent.
    """

    user: str
    caveats: tuple[Caveat, ...]
    publisher: Mapping[str, str] | None = None
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def bearer(self) -> str:
        """The number of who it belongs to."""
        return publisher_number(self.publisher) if self.publisher else number("user", self.user)


@dataclass(frozen=True)
class Shown:
    """The ``macaroon`` that came with a request, and the token that the index has under its identifier."""

    token: Token
    macaroon: Macaroon


def _account(user: str, *projects: str) -> Token:
    """A token with the same key wherever it is made, so that pages can have it as text."""
    caveats = [caveat for project in projects for caveat in project_caveats(project)]
    return Token(user, tuple(caveats or [[REQUEST_USER, number("user", user)]]), key=b"of the guide's world")


TOKENS = {"54": _account("reader"), "1f": _account("reader", "lantern-greeting"), "7a": _account("stranger")}
TOKENS["e0"] = _account("newcomer")
WORDS = {"pypi-a-token-of-yours": "54", "pypi-attackers-token": "7a", "pypi-strangers-token": "7a"}
UNVERIFIED = {"newcomer"}


def written(index: str, identifier: str) -> str:
    """The beginning of the token of that identifier, as the index on that host writes it."""
    place = index.encode()
    packet = bytes([2, 1, len(place)]) + place + bytes([2, IDENTIFIER]) + identifier.encode()
    return "pypi-" + base64.urlsafe_b64encode(packet).decode().rstrip("=")


@dataclass(frozen=True)
class Accounts:
    """The accounts of the index on the host ``index``; ``owners`` has the user of each project made in the sandbox."""

    index: str
    owners: dict[str, str]
    minted: dict[str, Token] = field(default_factory=dict)
    published: dict[str, set[str]] = field(default_factory=dict)  # a publisher's number -> its projects

    def whole(self, identifier: str) -> Macaroon:
        """The token of TOKENS whose identifier begins so."""
        rest = number("token", f"{self.index} {identifier}")[len(identifier) :]
        return self._made(identifier + rest, TOKENS[identifier])

    def mint(self, token: Token) -> str:
        """The text of a fresh token."""
        identifier = str(uuid.uuid4())
        self.minted[identifier] = token
        return self._made(identifier, token).text

    def burn(self, text: str) -> bool:
        """End a minted token before its time; whether it was one."""
        shown = self._find(text)
        return bool(shown and self.minted.pop(shown.macaroon.identifier, None))

    def _made(self, identifier: str, token: Token) -> Macaroon:
        macaroon = made(self.index, identifier, token.key)
        for caveat in token.caveats:
            macaroon = macaroon.restricted(caveat)
        return macaroon

    def _find(self, text: str) -> Shown | None:
        short = WORDS | {written(self.index, identifier): identifier for identifier in TOKENS}
        if text in short:
            return Shown(TOKENS[short[text]], self.whole(short[text]))
        try:
            macaroon = read(text)
        except ValueError:
            return None
        token = self.minted.get(macaroon.identifier)
        if token is None and macaroon.identifier[:2] in TOKENS:
            known = self.whole(macaroon.identifier[:2])
            token = TOKENS[known.identifier[:2]] if known.identifier == macaroon.identifier else None
        return Shown(token, macaroon) if token else None

    def identify(self, login: tuple[str, str] | None) -> Shown:
        """The token that a login brings; raises Rejected where it brings none."""
        user, password = login or ("", "")
        if login and user != "__token__":
            raise Rejected(
                403,
                "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers "
                f"instead. See {self.help('apitoken')} and {self.help('trusted-publishers')}",
            )
        shown = self._find(password.strip())
        if shown is None:
            raise Rejected(403, f"Invalid or non-existent authentication information. {self.see('invalid-auth')}")
        return shown

    def permit(self, shown: Shown, name: str, taken: bool, others: Iterable[str]) -> None:
        """Let the token upload to the project ``name``, as its metadata spells it; raises Rejected.

        ``taken``: a project of that name exists that nobody in the sandbox made. ``others`` are the names of the
        projects that the sandbox asked for, while a real index compares with all that it has.
        """
        normal, token = str(canonicalize_name(name)), shown.token
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
        self._allowed(shown, name)
        if not token.publisher and not new and self.owners.get(normal) != token.user:
            text = f"The user '{token.user}' isn't allowed to upload to project '{normal}'."
            raise Rejected(403, f"{text} {self.see('project-name')}")
        if not token.publisher:
            self._verified(token.user)

    def _allowed(self, shown: Shown, name: str) -> None:
        """Whether the macaroon is whole and allows this project; raises Rejected.

        The index's own copy of the restrictions is checked behind that in the macaroon, and fails alike.
        """
        token, macaroon = shown.token, shown.macaroon
        use = Use(token.bearer, bool(token.publisher), self.published.get(token.bearer, ()), name)
        issued = [json.dumps(caveat).encode() for caveat in token.caveats]
        failures = use.failures([*macaroon.caveats, *issued])
        if not failures and not macaroon.signed(token.key):
            failures = ["signatures do not match"]
        if failures:
            raise Rejected(403, f"Invalid API Token: {', '.join(failures)}")

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
        if canonicalize_name(name) in standard():
            why = "isn't allowed (conflict with Python Standard Library module name)"
            raise Rejected(400, f"The name {name!r} {why}. {self.see('project-name')}")
        if canonicalize_name(name) in PROHIBITED:
            raise Rejected(400, f"The name {name!r} isn't allowed. {self.see('project-name')}")
        if looks(name) in map(looks, [*others, *self.owners]):
            raise Rejected(400, f"The name {name!r} is too similar to an existing project. {self.see('project-name')}")


@functools.cache
def standard() -> set[str]:
    """The normalised names of the standard library's modules, those of former Pythons too."""
    modules = {tuple(name.split(".")) for version in short_versions for name in stdlib_list(version)}
    names = {".".join(parts[: end + 1]) for parts in modules for end in range(len(parts))}
    return {str(canonicalize_name(name.strip("-_."))) for name in names}


def looks(name: str) -> str:
    """The name as a hasty eye sees it, ``ultranormalize_name`` in warehouse's migration d18d443f89f0."""
    return re.sub("[li]", "1", re.sub(r"[._-]", "", name.lower())).replace("o", "0")
