"""A public index as PyPI is one: an index host, a file host, an upload host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name
from pip._internal.models.index import PyPI
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from harness.world.host import Host, missing, refuse
from harness.world.index import metadata, serving
from harness.world.index.identity import Issuer
from harness.world.index.login import credentials
from harness.world.index.negotiation import conditional
from harness.world.index.shelf import Shelf
from harness.world.index.simple import File, Project
from harness.world.index.upload import Rejected, receive, rejection
from harness.world.link import Link
from harness.world.pypi import advisories
from harness.world.pypi.accounts import Accounts, looks
from harness.world.pypi.attestations import Provenances
from harness.world.pypi.delivery import deliver
from harness.world.pypi.recording import Later, Recording
from harness.world.pypi.trusted import PROJECT, Refused, Trusted, carried, publishers
from harness.world.pypi.uploads import Demands


@dataclass(frozen=True)
class Public:
    """The hosts of a public index (one name may stand for several of them), and what one sandbox uploaded to it.

    It starts as ``recording`` has PyPI on the sandbox's day; without one it starts empty, as a test index would.
    Who may upload is in harness.world.pypi.accounts. With ``reasons`` the first line of a refusal says why:
    PyPI's does, TestPyPI's doesn't (https://github.com/pypi/warehouse/issues/16756).
    """

    name: str
    link: Link
    index: str
    files: str
    uploads: str
    recording: Recording | None = None
    audience: str = ""
    issuers: Mapping[str, Issuer] = field(default_factory=dict)  # "github", "gitlab" -> who signs for its jobs
    reasons: bool = False

    def shares(self) -> list[Host]:
        """Its share of each host."""
        pages = {
            "/simple/{name}/": self._simple,
            "/simple/{name}": self._simple,
            "/pypi/{name}/json": self._json,
            "/pypi/{name}/{version}/json": self._json,
            "/integrity/{name}/{version}/{filename}/provenance": self._provenance,
        }
        index = [Route(path, endpoint, methods=["GET"]) for path, endpoint in pages.items()]
        files = [Route("/packages/{path:path}", self._file, methods=["GET"])]
        uploads = [Route("/legacy/", self._upload, methods=["POST"])]
        index.append(Route("/{name}/json", self._nothing))
        if self.issuers:
            trust = [
                Route("/_/oidc/audience", self._audience, methods=["GET"]),
                Route("/_/oidc/mint-token", self._mint, methods=["POST"]),
                Route("/_/oidc/burn-token", self._burn, methods=["POST"]),
            ]
            index, uploads = index + trust, uploads + trust  # uv asks the upload host
        return [
            Host(self.index, index, f"{self.name}'s project pages and JSON API"),
            Host(self.files, files, f"{self.name}'s files"),
            Host(self.uploads, uploads, f"{self.name}'s upload address"),
        ]

    @property
    def shelf(self) -> Shelf:
        return self.link.state((self.index, "shelf"), lambda: Shelf(self.link.folder / self.index))

    @property
    def accounts(self) -> Accounts:
        return self.link.state((self.index, "accounts"), lambda: Accounts(self.index, {}))

    @property
    def provenances(self) -> Provenances:
        key = (self.index, "provenances")
        return self.link.state(key, lambda: Provenances(self.index, self.shelf, self.recording))

    @property
    def used(self) -> set[str]:
        """The names that this sandbox asked for."""
        return self.link.state((self.index, "used"), set)

    async def project(self, name: str) -> Project | None:
        """What was recorded and what this sandbox uploaded, together; raises Unavailable."""
        recorded = await self.recording.project(name, self.link.day) if self.recording else None
        self.used.add(name)
        own = self.shelf.project(name)
        return recorded.merged(own.files) if recorded and own else recorded or own

    async def _simple(self, request: Request) -> Response:
        name = serving.canonical(request)
        project = await self.project(name)
        if project is None:
            return missing(f"no project {name}")
        if addresses := self.provenances.addresses(project):
            project = Project(project.name, project.files, addresses)
        return serving.page(request, project, self.files, self._caching("max-age=600, public"))

    async def _json(self, request: Request) -> Response:
        given, version = request.path_params["name"], request.path_params.get("version")
        name = str(canonicalize_name(given))
        if name != given:
            return RedirectResponse(f"/pypi/{name}/{version}/json" if version else f"/pypi/{name}/json", 301)
        project = await self.project(name)
        chosen = version or (metadata.latest(project) if project else None)
        if project is None or chosen not in project.versions:
            return JSONResponse({"message": "Not Found"}, 404)
        source = metadata.carrier(project.versions[chosen])
        text = await self._metadata(source) if source else None
        document = metadata.release(project, chosen, text or b"", (self.index, self.files))
        if self.recording:
            document["vulnerabilities"] = [one.pypi() for one in advisories.of(name, chosen, self.link.day)]
        if version is None:
            document["releases"] = metadata.releases(project, self.files)
        body = json.dumps(document).encode()
        return conditional(request, body, "application/json", self._caching("max-age=900, public"))

    async def _provenance(self, request: Request) -> Response:
        asked = request.path_params
        project = await self.project(str(canonicalize_name(asked["name"])))
        files = project.versions.get(asked["version"], []) if project else []
        file = next((file for file in files if file.filename == asked["filename"]), None)
        return await self.provenances.answer(request, file) if file else missing(f"no file {asked['filename']}")

    def _caching(self, usual: str) -> str:
        """PyPI's own ``usual`` cache-control; where days pass in minutes, a client has to ask each time."""
        return "no-cache" if self.link.moving else usual

    async def _metadata(self, file: File) -> bytes | None:
        if self.shelf.find(file.path):
            return self.shelf.metadata(file)
        return await self.recording.metadata(file) if self.recording else None

    async def _file(self, request: Request) -> Response:
        return await self.file(request, request.url.path) or missing(f"no file {request.url.path}")

    async def file(self, request: Request, path: str) -> Response | None:
        """The file, or the metadata of the file, that the file host has at ``path``."""
        wanted = path.removesuffix(".metadata")
        uploaded = self.shelf.find(wanted)
        try:
            recording = None if uploaded else self.recording
            found = await recording.file(wanted, self.link.day) if recording else None
        except Later as error:
            refuse(self.link, request, str(error))
            return missing(str(error))
        file = uploaded or found
        if file is None:
            return None
        if path != wanted:
            text = await self._metadata(file) if file.wheel else None
            return serving.metadata(request, text) if text else None
        if found and recording:
            return await deliver(request, self.link, recording, found)
        return serving.kept(self.shelf.disk(file), file)

    async def _upload(self, request: Request) -> Response:
        try:
            await self._take(request)
        except Rejected as error:
            return rejection(request, error, self.reasons)
        return Response(status_code=200)

    async def _take(self, request: Request) -> None:
        accounts = self.accounts
        shown = accounts.identify(credentials(request))

        async def allow(given: str) -> None:
            name = str(canonicalize_name(given))
            taken = bool(self.recording and await self.recording.project(name, self.link.day))
            alike = [other for other in self.used - {name} if looks(other) == looks(name)]
            accounts.permit(shown, given, taken, [other for other in alike if await self.project(other)])

        async def attest(text: str, file: File) -> None:
            await self.provenances.take(shown.token, text, file, self.link.folder)

        now = self.link.now
        demands = Demands(PyPI.netloc, self.shelf, now, allow, attest, accounts.see)
        project = await receive(request, self.shelf, demands, now)
        accounts.owners.setdefault(project, shown.token.user)

    async def _audience(self, _: Request) -> Response:
        return JSONResponse({"audience": self.audience})

    async def _mint(self, request: Request) -> Response:
        key, known = (self.index, "trusted"), self.issuers
        trusted = self.link.state(key, lambda: Trusted(self.audience, self.accounts, publishers(known)))
        taken = bool(self.recording and await self.recording.project(PROJECT, self.link.day))
        try:
            return JSONResponse(trusted.mint(await request.body(), taken))
        except Refused as error:
            return JSONResponse(error.document, 422)

    async def _burn(self, request: Request) -> Response:
        """End a minted token once it is used, as uv asks for after an upload (pypi/warehouse#20197)."""
        token = carried(await request.body())
        if token is None or not self.accounts.burn(token):
            why = "the guide's world ends tokens that it minted, and this is none"
            refuse(self.link, request, why)
            return JSONResponse({"message": why}, 422)
        return Response(status_code=204)

    async def _nothing(self, request: Request) -> Response:
        """Pages that PyPI itself doesn't have, and that tools ask for (pip-tools does when it collects hashes)."""
        return missing(f"{self.name} has no page {request.url.path}")
