"""Upstream's index page, in whichever form it comes, as files."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from pypi_simple import DistributionPackage, UnsupportedRepoVersionError, parse_links_stream

from harness.world.host import Unavailable
from harness.world.index.simple import File

PLACE = re.compile(r"/packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/[^/\\]+$")


def read(name: str, answer: httpx.Response) -> list[File]:
    """The files of project ``name``, without those that have no SHA-256 to check them by; raises Unavailable.

    One entry at a time, since a page can have ten thousand of them.
    """
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind.endswith("json"):
            packages = _from_json(answer)
        elif kind.endswith("html"):
            packages = _from_html(name, answer)
        else:
            raise ValueError(f"it is {kind or 'of no type'}")
        files = [_file(package) for package in packages if "sha256" in package.digests]
    except (ValueError, TypeError, KeyError, UnsupportedRepoVersionError) as error:
        raise Unavailable(f"PyPI's answer for {name} is no index page: {error}") from None
    if not files and kind.endswith("html"):  # a page for logging in to the network, say
        raise Unavailable(f"PyPI's answer for {name} is no index page: it has no link to a file with its SHA-256")
    return files


def _from_json(answer: httpx.Response) -> Iterator[DistributionPackage]:
    data = json.loads(answer.content)
    version = data["meta"]["api-version"]
    if version.partition(".")[0] != "1":
        raise ValueError(f"its version of the simple API is {version}")
    return (DistributionPackage.from_json_data(entry, base_url=str(answer.url)) for entry in data["files"])


def _from_html(name: str, answer: httpx.Response) -> Iterator[DistributionPackage]:
    links = parse_links_stream([answer.content], str(answer.url), answer.charset_encoding or "utf-8")
    return (DistributionPackage.from_link(link, name) for link in links)


def _file(package: DistributionPackage) -> File:
    sha256 = package.digests["sha256"].lower()
    hashes = package.metadata_digests or {}
    moment = package.upload_time
    return File(
        filename=package.filename,
        path=place(package.url, package.filename, sha256),
        sha256=sha256,
        size=package.size,
        uploaded=moment.astimezone(dt.UTC).isoformat(timespec="microseconds")[:-6] + "Z" if moment else None,
        requires_python=package.requires_python,
        yanked=(package.yanked_reason or True) if package.is_yanked else False,
        # A mirror's silence doesn't mean that there is none: it is asked for, and else taken from the wheel.
        metadata=hashes.get("sha256", package.filename.endswith(".whl")),
        source=package.url,
    )


def complete(files: list[File], answer: httpx.Response | None) -> list[File]:
    """``files`` with sizes and upload times from the project JSON, where upstream has it."""
    try:
        listed = [entry for entries in answer.json()["releases"].values() for entry in entries] if answer else []
    except (ValueError, KeyError, AttributeError):
        return files
    known = {entry["filename"]: entry for entry in listed}

    def completed(file: File) -> File:
        entry = known.get(file.filename, {})
        return file._replace(
            size=file.size if file.size is not None else entry.get("size"),
            uploaded=file.uploaded or entry.get("upload_time_iso_8601"),
        )

    return [completed(file) for file in files]


def place(url: str, filename: str, sha256: str) -> str:
    """The path that PyPI's file host has for ``url``; a made-up one of the same form where a mirror's says nothing."""
    found = PLACE.search(urlsplit(url).path)
    return found[0] if found else f"/packages/{sha256[:2]}/{sha256[2:4]}/{sha256[4:]}/{filename}"
