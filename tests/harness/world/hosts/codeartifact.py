"""AWS CodeArtifact: the service that gives tokens, and a repository with PyPI behind it, empty for every sandbox.

The account has one user (the access key of AWS' own examples), one domain and one repository. Signatures have to be
there (Signature Version 4) and aren't recomputed: of the key alone the identifier counts.
A token lives as long as it was asked for, on the page's days: one of yesterday has expired.
Files are below ``/packages/`` of the repository, and not where the real service has them.

AWS documents the two operations, their errors' names and statuses, the lifetimes of tokens, and what a repository
answers to which Accept header (docs.aws.amazon.com/codeartifact/latest: APIReference/API_GetAuthorizationToken.html,
APIReference/API_GetRepositoryEndpoint.html, ug/tokens-authentication.html, ug/python-compatibility.html).
Users' logs show 409 for a file that is there (https://github.com/DeytaHQ/khora/pull/498), 401 for a token that is no
longer valid (https://github.com/actions/setup-python/issues/733) and, in one report, 404
(https://github.com/astral-sh/uv/issues/11899).
No document has the texts of ValidationException and ResourceNotFoundException, of the 401 and of the 409, nor the
answer to a request without X-Amz-Date: those are made up, and pages leave them out.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass, field
from typing import NoReturn

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from harness.world.host import Endpoint, Host, Instead, refuse
from harness.world.hosts.pypi import public
from harness.world.index.login import challenge
from harness.world.index.repository import Repository
from harness.world.index.shelf import Shelf
from harness.world.index.upload import Rejected
from harness.world.link import Link

KEY = "AKIAIOSFODNN7EXAMPLE"
REGION, OWNER, DOMAIN, REPOSITORY = "eu-central-1", "111122223333", "acme", "python"
SERVICE = f"codeartifact.{REGION}.amazonaws.com"
HOST = f"{DOMAIN}-{OWNER}.d.{SERVICE}"
SHORTEST, LONGEST = 900, 43_200  # seconds that a token lives
SIGNED = re.compile(
    rf"AWS4-HMAC-SHA256 Credential=(\w+)/\d{{8}}/{REGION}/codeartifact/aws4_request, "
    r"SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}"
)
SIGNED_AT = "%Y%m%dT%H%M%SZ"
TAKEN = "This file is in the package version already."


@dataclass
class Tokens:
    """The tokens that one sandbox was given, each with the moment at which it ends, in the page's time."""

    link: Link
    ends: dict[str, dt.datetime] = field(default_factory=dict)

    def give(self, seconds: int) -> str:
        # real ones are about as long and begin so, as JWTs do; one that began with "-" would be an option of a command
        token = "eyJ" + secrets.token_urlsafe(600)
        self.ends[token] = self._now() + dt.timedelta(seconds=seconds)
        return token

    def login(self, user: str, password: str) -> bool:
        """Whether it is a token that still lives; 401 where it isn't, for uploads as for downloads."""
        if user != "aws" or password not in self.ends or self.ends[password] <= self._now():
            raise challenge(HOST)
        return True

    def _now(self) -> dt.datetime:
        """The machine's time of day, on the sandbox's day."""
        return dt.datetime.combine(self.link.day, dt.datetime.now(dt.UTC).timetz())


def hosts(link: Link) -> list[Host]:
    tokens = link.state((HOST, "tokens"), lambda: Tokens(link))
    shelf = link.state((HOST, "shelf"), lambda: Shelf(link.folder / HOST))
    repository = Repository(
        HOST, shelf, tokens.login, f"/pypi/{REPOSITORY}", uploads="/", behind=public(link), again=TAKEN
    ).share()
    routes = [
        Route(route.path, _conflicts(route.endpoint), methods=["POST"]) if "POST" in (route.methods or ()) else route
        for route in repository.routes
    ]
    return [
        Host(SERVICE, _operations(tokens), "CodeArtifact's GetAuthorizationToken and GetRepositoryEndpoint"),
        Host(HOST, routes, repository.served, repository.otherwise),
    ]


def _conflicts(upload: Endpoint) -> Endpoint:
    """``upload``, with the status that CodeArtifact has for a file that is there already: 409."""

    async def answer(request: Request) -> Response:
        try:
            return await upload(request)
        except Rejected as error:
            if error.text != TAKEN:
                raise
            return PlainTextResponse(f"409 Conflict: {TAKEN}\n", 409)

    return answer


def _operations(tokens: Tokens) -> list[Route]:
    async def token(request: Request) -> Response:
        signed = _signed(request)
        _known(request, "domain", DOMAIN)
        seconds = int(request.query_params.get("duration", LONGEST))
        if not seconds:
            _unserved(tokens.link, request, "tokens that live as long as a role's session")
        if not SHORTEST <= seconds <= LONGEST:
            _fail(400, "ValidationException", f"durationSeconds must be 0 or between {SHORTEST} and {LONGEST}")
        end = signed + dt.timedelta(seconds=seconds)
        return JSONResponse({"authorizationToken": tokens.give(seconds), "expiration": int(end.timestamp())})

    async def endpoint(request: Request) -> Response:
        _signed(request)
        _known(request, "domain", DOMAIN)
        _known(request, "repository", REPOSITORY)
        kind, network = request.query_params.get("format"), request.query_params.get("endpointType", "ipv4")
        if (kind, network) != ("pypi", "ipv4"):
            _unserved(tokens.link, request, f"the {network} address of the format {kind}")
        return JSONResponse({"repositoryEndpoint": f"https://{HOST}/pypi/{REPOSITORY}/"})

    return [
        Route("/v1/authorization-token", token, methods=["POST"]),
        Route("/v1/repository/endpoint", endpoint, methods=["GET"]),
    ]


def _signed(request: Request) -> dt.datetime:
    """When the request was signed, by the client's clock; ends it with 403 where the known key didn't sign it."""
    found = SIGNED.fullmatch(request.headers.get("authorization", ""))
    if not found:
        _fail(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    if found[1] != KEY:
        _fail(403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    try:
        return dt.datetime.strptime(request.headers.get("x-amz-date", ""), SIGNED_AT).replace(tzinfo=dt.UTC)
    except ValueError:
        _fail(403, "IncompleteSignatureException", "The request has no X-Amz-Date.")


def _known(request: Request, kind: str, name: str) -> None:
    """End the request with 404 unless it names the one that there is."""
    given, owner = request.query_params.get(kind), request.query_params.get("domain-owner", OWNER)
    if given != name or owner != OWNER:
        _fail(404, "ResourceNotFoundException", f"{kind.title()} not found. {kind.title()}: {given}, account: {owner}")


def _unserved(link: Link, request: Request, what: str) -> NoReturn:
    """End a request for something that the real service has."""
    why = f"the guide's CodeArtifact doesn't have {what}"
    refuse(link, request, why)
    _fail(400, "ValidationException", why)


def _fail(status: int, code: str, message: str) -> NoReturn:
    raise Instead(JSONResponse({"message": message}, status, {"x-amzn-errortype": code}))
