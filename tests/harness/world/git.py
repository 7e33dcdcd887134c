"""A git repository made of trees of files, and what a host answers to a client that fetches from it.

The commits depend on nothing but the trees: the same trees give the same digests everywhere.
The answers are those of git's smart HTTP protocol (https://git-scm.com/docs/http-protocol), by git's own server.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

SERVICE = "git-upload-pack"
# what GitHub allows beside git's defaults: fetches without file contents, and of commits by their digest
ALLOWED = {"uploadpack.allowFilter": "true", "uploadpack.allowAnySHA1InWant": "true"}


class Entry(NamedTuple):
    """A file of a tree."""

    body: bytes
    executable: bool = False


class Tagged(NamedTuple):
    """A commit with the tag ``tag``, made ``seconds`` after 1970 began, whose tree is ``files`` by their paths."""

    tag: str
    seconds: int
    author: str
    files: Mapping[str, Entry]


def make(folder: Path, commits: Iterable[Tagged]) -> None:
    """A bare repository in ``folder``, its branch ``main`` being ``commits``, oldest first."""
    part = folder.with_name(f"{folder.name}.part")
    run(folder.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(part))
    for key, value in ALLOWED.items():
        run(part, "config", key, value)
    run(part, "fast-import", "--quiet", given=b"".join(map(stream, commits)))
    part.rename(folder)


def stream(commit: Tagged) -> bytes:
    """``commit`` as ``git fast-import`` reads it."""
    who = f"{commit.author} <noreply@example.com> {commit.seconds} +0000"
    parts = [
        f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n".encode(),
        data(f"{commit.tag}\n".encode()),
        b"deleteall\n",
    ]
    for path, entry in sorted(commit.files.items()):
        parts += [f"M {755 if entry.executable else 644} inline {path}\n".encode(), data(entry.body)]
    return b"".join([*parts, f"\nreset refs/tags/{commit.tag}\nfrom refs/heads/main\n\n".encode()])


def data(body: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(body), body)


async def refs(request: Request, folder: Path) -> Response:
    """What branches and tags there are; 403 for a client that names no service, as the oldest ones don't."""
    if request.query_params.get("service") != SERVICE:
        return Response("Please upgrade your git client.\n", 403, media_type="text/plain")
    body = await upload_pack(request, folder, "--http-backend-info-refs")
    if "version=2" not in request.headers.get("git-protocol", ""):
        head = f"# service={SERVICE}\n"
        body = f"{len(head) + 4:04x}{head}0000".encode() + body
    return Response(body, media_type=f"application/x-{SERVICE}-advertisement", headers={"cache-control": "no-cache"})


async def pack(request: Request, folder: Path) -> Response:
    """The commits that the client asks for."""
    given = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        given = gzip.decompress(given)
    body = await upload_pack(request, folder, given=given)
    return Response(body, media_type=f"application/x-{SERVICE}-result", headers={"cache-control": "no-cache"})


async def upload_pack(request: Request, folder: Path, *options: str, given: bytes = b"") -> bytes:
    protocol = request.headers.get("git-protocol", "")
    return await asyncio.to_thread(
        run, folder, "upload-pack", "--stateless-rpc", *options, str(folder), given=given, protocol=protocol
    )


def run(folder: Path, *command: str, given: bytes = b"", protocol: str = "") -> bytes:
    """What ``git command`` prints, untouched by the settings of whoever runs the harness."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    mine |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_PROTOCOL": protocol}
    return subprocess.run(["git", *command], cwd=folder, env=mine, input=given, capture_output=True, check=True).stdout
