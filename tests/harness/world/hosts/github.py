"""github.com, with the repositories from which pre-commit installs the hooks that pages use.

The real ones aren't asked: these are made of what PyPI has on the sandbox's day. A tool's repository is its source
distribution, its mirror's is the two files by which a mirror names the package. Each has a commit and a tag for the
versions in ``older`` and for the newest one, dated by the upload, so that ``autoupdate`` finds the newest.
The ids, entries, types and stages of hooks are those of the real ``.pre-commit-hooks.yaml`` files; of pre-commit-hooks,
the hooks of which pages use one are here. black's source distribution has the file itself.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import tarfile
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from harness.world import git
from harness.world.host import Host
from harness.world.hosts.pypi import public
from harness.world.index.simple import File
from harness.world.link import Link
from harness.world.pypi.recording import Recording

HOST, MANIFEST = "github.com", ".pre-commit-hooks.yaml"
RENAMED = Version("5")  # pre-commit-hooks: the stages have had git's names since, which pre-commit 3.2 introduced
COMMON = """\
- {{id: trailing-whitespace, name: trim trailing whitespace, entry: trailing-whitespace-fixer, language: python, \
types: [text], {stages}}}
- {{id: end-of-file-fixer, name: fix end of files, entry: end-of-file-fixer, language: python, types: [text], {stages}}}
- {{id: check-yaml, name: check yaml, entry: check-yaml, language: python, types: [yaml]}}
- {{id: check-toml, name: check toml, entry: check-toml, language: python, types: [toml]}}
- {{id: check-added-large-files, name: check for added large files, entry: check-added-large-files, \
language: python, {stages}}}
"""
FLAKE8 = "- {id: flake8, name: flake8, entry: flake8, language: python, types: [python], require_serial: true}\n"
ISORT = """\
- {id: isort, name: isort, entry: isort, args: [--filter-files], language: python, types_or: [cython, pyi, python], \
require_serial: true}
"""
MYPY = """\
- {id: mypy, name: mypy, entry: mypy, args: [--ignore-missing-imports, --scripts-are-modules], language: python, \
types_or: [python, pyi], require_serial: true}
"""
RUFF = "".join(
    f"- {{id: {name}, name: {words}, entry: {entry} --force-exclude, language: python, "
    "types_or: [python, pyi, jupyter], require_serial: true}\n"
    for name, words, entry in (
        ("ruff-check", "ruff check", "ruff check"),
        ("ruff-format", "ruff format", "ruff format"),
        ("ruff", "ruff (legacy alias)", "ruff check"),
    )
)


@dataclass(frozen=True)
class Source:
    """A repository: ``path`` in lower case, the package on PyPI, and its versions beside the newest.

    ``hooks`` is its file of hooks, empty where the source distribution has one.
    """

    path: str
    package: str
    older: tuple[str, ...] = ()
    hooks: str = ""
    prefix: str = ""
    mirror: bool = False

    def manifest(self, version: str) -> str:
        if self.package != "pre-commit-hooks":
            return self.hooks
        old = Version(version) < RENAMED
        names = "commit, push" if old else "pre-commit, pre-push"
        return self.hooks.format(stages=f"stages: [{names}, manual]")


SOURCES = (
    Source("pre-commit/pre-commit-hooks", "pre-commit-hooks", ("4.4.0",), COMMON, "v"),
    Source("psf/black", "black", ("23.11.0",)),
    Source("pycqa/flake8", "flake8", ("6.1.0",), FLAKE8),
    Source("pycqa/isort", "isort", ("5.12.0",), ISORT),
    Source("pre-commit/mirrors-mypy", "mypy", ("1.7.1",), MYPY, "v", mirror=True),
    Source("astral-sh/ruff-pre-commit", "ruff", ("0.14.0",), RUFF, "v", mirror=True),
)


def hosts(link: Link) -> list[Host]:
    repositories = Repositories(link)
    routes = [
        Route("/{owner}/{name}/info/refs", repositories.refs, methods=["GET"]),
        Route("/{owner}/{name}/git-upload-pack", repositories.pack, methods=["POST"]),
    ]
    return [Host(HOST, routes, "the git repositories of some hooks for pre-commit")]


class Repositories:
    """The repositories as one sandbox sees them."""

    def __init__(self, link: Link) -> None:
        self.link = link

    async def refs(self, request: Request) -> Response:
        folder = await self._folder(request)
        return await git.refs(request, folder) if folder else self._no(request)

    async def pack(self, request: Request) -> Response:
        folder = await self._folder(request)
        return await git.pack(request, folder) if folder else self._no(request)

    def _no(self, request: Request) -> Response:
        """GitHub's answer for a repository that isn't there or is private, which makes git ask for a name."""
        why = f"the guide's world has no repository {_path(request)} on this host"
        self.link.refuse(HOST, f"{request.method} https://{HOST}{request.url.path}", why)
        return PlainTextResponse("Repository not found.", 404)

    async def _folder(self, request: Request) -> Path | None:
        """The repository that is asked for, made first where it isn't there yet; None for an unknown one."""
        path = _path(request)
        source = next((source for source in SOURCES if source.path == path), None)
        if source is None:
            return None
        key = (HOST, path, self.link.day)
        async with self.link.state(key, asyncio.Lock):
            folder = self.link.folder / HOST / self.link.day.isoformat() / path
            if not folder.exists():
                folder.parent.mkdir(parents=True, exist_ok=True)
                commits = [await self._commit(source, *chosen) for chosen in await self._versions(source)]
                await asyncio.to_thread(git.make, folder, commits)
        return folder

    async def _versions(self, source: Source) -> list[tuple[str, File]]:
        """The versions of which there is a commit, each with its source distribution, oldest first."""
        project = await public(self.link).project(source.package)
        found = {
            version: next((file for file in files if file.filename.endswith(".tar.gz") and not file.yanked), None)
            for version, files in (project.versions if project else {}).items()
        }
        there = {version: file for version, file in found.items() if file and version}
        final = [version for version in there if not Version(version).is_prerelease]
        return [(version, there[version]) for version in there if version in (*source.older, *final[-1:])]

    async def _commit(self, source: Source, version: str, file: File) -> git.Tagged:
        if source.mirror:
            named = f'[project]\nname = "placeholder"\nversion = "0"\ndependencies = ["{source.package}=={version}"]\n'
            files = {"pyproject.toml": git.Entry(named.encode())}
        else:
            recording = public(self.link).recording
            assert isinstance(recording, Recording)
            files = await asyncio.to_thread(unpacked, await recording.whole(file))
        if hooks := source.manifest(version):
            files[MANIFEST] = git.Entry(hooks.encode())
        made = dt.datetime.fromisoformat(file.uploaded or "1970-01-01T00:00:00Z")
        return git.Tagged(f"{source.prefix}{version}", int(made.timestamp()), source.package, files)


def _path(request: Request) -> str:
    asked = request.path_params
    return f"{asked['owner']}/{asked['name'].removesuffix('.git')}".lower()


def unpacked(archive: Path) -> dict[str, git.Entry]:
    """The files of a source distribution by their paths below its one folder."""
    found = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            body = tar.extractfile(member) if member.isfile() else None
            if body:
                path = member.name.partition("/")[2]
                found[path] = git.Entry(body.read(), bool(member.mode & 0o100))
    return found
