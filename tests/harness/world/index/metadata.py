"""A distribution's core metadata, and the documents that PyPI's JSON API makes from it."""

from __future__ import annotations

import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from packaging.metadata import parse_email
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from harness.world.index.simple import File, Project, projects, version

LIMIT = 16 << 20  # bytes of METADATA that are read; PyPI's own limit on a description is far below
TYPES = {".whl": "bdist_wheel", ".egg": "bdist_egg", ".exe": "bdist_wininst", ".msi": "bdist_msi", ".rpm": "bdist_rpm"}


class NoMetadata(Exception):
    """The file isn't a distribution, or has no metadata in it."""


def extract(file: Path | BinaryIO, filename: str) -> bytes:
    """METADATA of the wheel, or PKG-INFO of the source distribution, that ``file`` is."""
    try:
        if filename.endswith((".whl", ".zip")):
            return _from_zip(file, filename)
        return _from_tar(file, filename)
    except (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError) as error:
        raise NoMetadata(f"{filename} can't be read ({error})") from None


def describes(text: bytes, filename: str) -> bool:
    """Whether ``text`` is core metadata of the distribution in the file of that name."""
    raw = parse_email(text)[0]
    name, stated = canonicalize_name(raw.get("name", "")), raw.get("version", "")
    try:
        return name in projects(filename) and Version(stated) == Version(version(filename, name))
    except InvalidVersion:
        return False


def _from_zip(file: Path | BinaryIO, filename: str) -> bytes:
    place = re.compile(r"[^/]+\.dist-info/METADATA" if filename.endswith(".whl") else r"[^/]+/PKG-INFO")
    with zipfile.ZipFile(file) as archive:
        for name in filter(place.fullmatch, archive.namelist()):
            with archive.open(name) as entry:
                return entry.read(LIMIT)
    raise NoMetadata(f"{filename} has no {place.pattern.rpartition('/')[2]}")


def _from_tar(file: Path | BinaryIO, filename: str) -> bytes:
    with tarfile.open(file) if isinstance(file, Path) else tarfile.open(fileobj=file) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if name.count("/") == 1 and name.endswith("/PKG-INFO"):
                entry = archive.extractfile(member)
                if entry:
                    return entry.read(LIMIT)
    raise NoMetadata(f"{filename} has no PKG-INFO")


def carrier(files: list[File]) -> File | None:
    """The file of a version that its metadata is taken from: a wheel, else the source distribution."""
    wheels = sorted((file for file in files if file.wheel), key=lambda file: file.filename)
    sources = [file for file in files if file.filename.endswith((".tar.gz", ".zip"))]
    return next(iter([*wheels, *sources]), None)


def latest(project: Project) -> str | None:
    """The version that PyPI's project page would show: the newest final one with a file that isn't yanked."""

    def rank(item: tuple[str, list[File]]) -> tuple[bool, bool, Version]:
        try:
            number = Version(item[0])
        except InvalidVersion:
            return False, False, Version("0")
        return any(f.yanked is False for f in item[1]), not number.is_prerelease, number

    versions = project.versions
    return max(versions.items(), key=rank)[0] if versions else None


def release(project: Project, version: str, metadata: bytes, hosts: tuple[str, str]) -> dict[str, Any]:
    """The document at ``/pypi/NAME/VERSION/json``; ``hosts`` are the index and the file host."""
    files = project.versions[version]
    return {
        "info": _info(project.name, version, files, metadata, hosts[0]),
        "last_serial": 0,
        "urls": [_entry(file, hosts[1]) for file in files],
        "vulnerabilities": [],
    }


def releases(project: Project, host: str) -> dict[str, Any]:
    """What ``/pypi/NAME/json`` has besides: every version's files."""
    return {version: [_entry(file, host) for file in files] for version, files in project.versions.items()}


def _info(name: str, version: str, files: list[File], metadata: bytes, host: str) -> dict[str, Any]:
    raw = dict(parse_email(metadata)[0])
    urls: Any = raw.get("project_urls")
    keywords: Any = raw.get("keywords")
    yanked = [file.yanked for file in files]
    page = f"https://{host}/project/{name}/"
    return {
        "author": raw.get("author", ""),
        "author_email": raw.get("author_email", ""),
        "bugtrack_url": None,
        "classifiers": raw.get("classifiers", []),
        "description": raw.get("description", ""),
        "description_content_type": raw.get("description_content_type"),
        "docs_url": None,
        "download_url": raw.get("download_url", ""),
        "downloads": {"last_day": -1, "last_month": -1, "last_week": -1},
        "dynamic": raw.get("dynamic"),
        "home_page": raw.get("home_page", ""),
        "keywords": ",".join(keywords) if keywords else "",
        "license": raw.get("license"),
        "license_expression": raw.get("license_expression"),
        "license_files": raw.get("license_files"),
        "maintainer": raw.get("maintainer", ""),
        "maintainer_email": raw.get("maintainer_email", ""),
        "name": raw.get("name", name),
        "package_url": page,
        "platform": None,
        "project_url": page,
        "project_urls": urls or None,
        "provides_extra": raw.get("provides_extra"),
        "release_url": f"{page}{version}/",
        "requires_dist": raw.get("requires_dist"),
        "requires_python": raw.get("requires_python"),
        "summary": raw.get("summary", ""),
        "version": version,
        "yanked": bool(yanked) and all(reason is not False for reason in yanked),
        "yanked_reason": next((reason for reason in yanked if isinstance(reason, str)), None),
    }


def _entry(file: File, host: str) -> dict[str, Any]:
    digests = {"sha256": file.sha256}
    parts = file.path.split("/")[2:5]  # PyPI's file paths are made of the file's BLAKE2b-256
    if [len(part) for part in parts] == [2, 2, 60]:
        digests["blake2b_256"] = "".join(parts)
    moment = file.uploaded.removesuffix("Z") if file.uploaded else None
    kind = next((kind for suffix, kind in TYPES.items() if file.filename.endswith(suffix)), "sdist")
    return {
        "comment_text": "",
        "core-metadata": {"sha256": file.metadata} if isinstance(file.metadata, str) else file.metadata,
        "digests": digests,
        "downloads": -1,
        "filename": file.filename,
        "has_sig": False,
        "packagetype": kind,
        "python_version": file.filename.split("-")[-3] if file.wheel else "source",
        "requires_python": file.requires_python,
        "size": file.size,
        "upload_time": moment.partition(".")[0] if moment else None,
        "upload_time_iso_8601": file.uploaded,
        "url": f"https://{host}{file.path}",
        "yanked": file.yanked is not False,
        "yanked_reason": file.yanked if isinstance(file.yanked, str) else None,
    }
