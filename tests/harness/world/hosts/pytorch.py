"""PyTorch's index, ``https://download.pytorch.org/whl/BUILD``, as the project's own program writes it.

https://github.com/pytorch/test-infra/blob/61a77570f45416dc425c17d4a648376541a84732/s3_management/manage_v2.py

A build is ``cpu`` or a version of CUDA, and is part of the versions: ``2.15.0+cu130``. The wheels for macOS, which are
for the CPU alone, have no such suffix. The pages are HTML only; the links have hashes, core metadata and
``data-upload-time``, which no standard has; they have neither sizes nor ``data-requires-python``.
The page of ``typing-extensions`` is a copy of PyPI's, with links to PyPI's files. A few packages, such as ``requests``,
are there in one old version, whose links here have no times.

The wheels named ``torch`` are made here, for the release days, Pythons and systems that PyPI has of these versions.
Each is one module that knows its version and its CUDA, and needs ``typing-extensions``; the real one needs more.
CUDA 12.6 ended with PyTorch 2.14, CUDA 13.0 and 13.2 stayed: https://github.com/pytorch/pytorch/issues/190385.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import html
from collections.abc import Iterable
from typing import NamedTuple

from packaging.utils import canonicalize_name
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.world.host import Host, missing, refuse
from harness.world.hosts.pypi import public
from harness.world.index import serving
from harness.world.index.negotiation import conditional
from harness.world.index.wheel import wheel
from harness.world.link import Link

HOST, FILES, COPIES = "download.pytorch.org", "download-r2.pytorch.org", "d21usjoq99fcb9.cloudfront.net"
CACHING = "max-age=600"
LINUX, WINDOWS, MACOS = ("manylinux_2_28_aarch64", "manylinux_2_28_x86_64"), "win_amd64", "macosx_14_0_arm64"
PASSED = frozenset({"typing-extensions"})
OLD = {
    "certifi": "2022.12.7",
    "charset-normalizer": "2.1.1",
    "idna": "3.4",
    "requests": "2.28.1",
    "urllib3": "1.26.13",
}


class Release(NamedTuple):
    """A version of torch: the day of its release, its Pythons (``cp314``) and its builds for CUDA (``cu130``)."""

    version: str
    day: str
    pythons: tuple[str, ...]
    cuda: tuple[str, ...]


RELEASES = (
    Release("2.14.1", "2026-09-30", ("cp310", "cp311", "cp312", "cp313", "cp314"), ("cu126", "cu130", "cu132")),
    Release("2.15.0", "2026-10-28", ("cp311", "cp312", "cp313", "cp314", "cp315"), ("cu130", "cu132")),
)
BUILDS = ("cpu", *sorted({build for release in RELEASES for build in release.cuda}))


class Built(NamedTuple):
    """One of the wheels, at /whl/BUILD/``filename`` since 00:00 UTC of the day ``uploaded``."""

    filename: str
    body: bytes
    metadata: bytes
    uploaded: str


def hosts(link: Link) -> list[Host]:
    index = Index(link)
    pages = [Route("/whl/{build}/{name}/", index.page, methods=["GET"])]
    files = [Route("/whl/{build}/{filename}", index.file, methods=["GET"])]
    copies = [Route("/whl/{filename}", index.copy, methods=["GET"])]
    return [
        Host(HOST, pages, f"the pages of some packages of PyTorch's builds {', '.join(BUILDS)}"),
        Host(FILES, files, "PyTorch's wheels"),
        Host(COPIES, copies, "the old packages of PyTorch's index"),
    ]


class Index:
    """The index as one sandbox sees it."""

    def __init__(self, link: Link) -> None:
        self.link, self.behind = link, public(link)

    async def page(self, request: Request) -> Response:
        build, name = request.path_params["build"], serving.canonical(request)
        if build not in BUILDS or name not in {"torch", *PASSED, *OLD}:
            why = f"the guide's index of PyTorch has no {name} for the build {build}"
            refuse(self.link, request, why)
            return missing(why)
        if name in PASSED:
            project = await self.behind.project(name)
            body = project.html(self.behind.files) if project else document(name, [])
        elif name in OLD:
            body = document(name, await self._old(name))
        else:
            body = document(name, [anchor(build, built) for built in self._there(build)])
        return conditional(request, body, "text/html", CACHING)

    async def file(self, request: Request) -> Response:
        build, filename = request.path_params["build"], request.path_params["filename"]
        for built in self._there(build):
            if filename == built.filename:
                return conditional(request, built.body, "binary/octet-stream", CACHING)
            if filename == f"{built.filename}.metadata":
                return conditional(request, built.metadata, "binary/octet-stream", CACHING)
        return self._no(request)

    async def copy(self, request: Request) -> Response:
        """An old package's file, which is PyPI's."""
        filename = request.path_params["filename"]
        name = str(canonicalize_name(filename.partition("-")[0]))
        project = await self.behind.project(name) if name in OLD else None
        for file in project.files if project else []:
            if file.filename == filename:
                return await self.behind.file(request, file.path) or self._no(request)
        return self._no(request)

    def _no(self, request: Request) -> Response:
        why = f"the guide's index of PyTorch has no file {request.url.path}"
        refuse(self.link, request, why)
        return missing(why)

    def _there(self, build: str) -> list[Built]:
        """The wheels of ``build`` that the sandbox's day knows."""
        return [built for built in wheels(build) if dt.date.fromisoformat(built.uploaded) < self.link.day]

    async def _old(self, name: str) -> list[str]:
        """The link to the one wheel of an old package."""
        project = await self.behind.project(name)
        files = project.versions.get(OLD[name], []) if project else []
        return [
            f'<a href="https://{COPIES}/whl/{file.filename}#sha256={file.sha256}">{file.filename}</a><br/>'
            for file in files
            if file.filename.endswith("-none-any.whl")
        ]


@functools.cache
def wheels(build: str) -> list[Built]:
    """All wheels of ``build``, by name; none for a build that isn't there."""
    return sorted(
        _build(release, build, python, platform)
        for release in RELEASES
        if build == "cpu" or build in release.cuda
        for python in release.pythons
        for platform in (*LINUX, WINDOWS, *([MACOS] if build == "cpu" else []))
    )


def _build(release: Release, build: str, python: str, platform: str) -> Built:
    version = release.version if platform == MACOS else f"{release.version}+{build}"
    tag = f"{python}-{python}-{platform}"
    cuda = None if build == "cpu" else f"{build[2:-1]}.{build[-1]}"
    code = {
        "torch/__init__.py": f"from torch import version\n\n__version__ = {version!r}\n",
        "torch/version.py": f"cuda = {cuda!r}\n",
    }
    oldest = f">={release.pythons[0].replace('cp3', '3.')}"
    fields = {
        "Summary": "One module, in place of PyTorch",
        "Requires-Python": oldest,
        "Requires-Dist": "typing-extensions>=4.10.0",
    }
    body, metadata = wheel("torch", version, tag, code, fields)
    return Built(f"torch-{version}-{tag}.whl", body, metadata, release.day)


def anchor(build: str, built: Built) -> str:
    sha256, metadata = (hashlib.sha256(part).hexdigest() for part in (built.body, built.metadata))
    address = f"https://{FILES}/whl/{build}/{built.filename.replace('+', '%2B')}#sha256={sha256}"
    told = f'data-dist-info-metadata="sha256={metadata}" data-core-metadata="sha256={metadata}"'
    return f'<a href="{address}" {told} data-upload-time="{built.uploaded}T00:00:00Z">{built.filename}</a><br/>'


def document(name: str, links: Iterable[str]) -> bytes:
    lines = ["<!DOCTYPE html>", "<html>", "  <body>", f"    <h1>Links for {html.escape(name)}</h1>"]
    return "\n".join([*lines, *(f"    {link}" for link in links), "  </body>", "</html>", ""]).encode()
