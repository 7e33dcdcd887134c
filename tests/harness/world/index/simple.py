"""A project on an index: its files, as the simple API shows them (PEP 503, 592, 658, 691, 700, 714, 740)."""

from __future__ import annotations

import datetime as dt
import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

SUFFIXES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip", ".whl", ".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg")
TOGETHER = 500  # files

Item = TypeVar("Item")


class File(NamedTuple):
    """One file of a project; a tuple, since the pages that tools ask for have ten thousand of them.

    ``path`` is where the index's file host has it, starting with a slash; ``source`` is the address upstream.
    ``size`` is in bytes; ``uploaded`` is RFC 3339 in UTC; both are None where upstream doesn't tell.
    ``yanked`` is the reason, or whether; ``metadata`` is the SHA-256 of its ``.metadata``, or whether there is one.
    """

    filename: str
    path: str
    sha256: str
    size: int | None = None
    uploaded: str | None = None
    requires_python: str | None = None
    yanked: str | bool = False
    metadata: str | bool = False
    source: str = ""

    @property
    def wheel(self) -> bool:
        return self.filename.endswith(".whl")

    def before(self, moment: dt.datetime) -> bool:
        """Whether it was uploaded before ``moment``; a file of unknown age wasn't."""
        return self.uploaded is not None and dt.datetime.fromisoformat(self.uploaded) < moment


@dataclass
class Project:
    """A project's files in the index's order; ``name`` is normalised (PEP 503).

    ``provenance`` has the address of a file's provenance, None where it has none (PEP 740), for files of which that is
    known.

    The page that was asked for last is kept: pages can have ten thousand files, and tools ask again.
    """

    name: str
    files: list[File]
    provenance: Mapping[str, str | None] = field(default_factory=dict)
    _rendered: tuple[tuple[str, str], bytes] = field(default=(("", ""), b""), repr=False)

    @cached_property
    def versions(self) -> dict[str, list[File]]:
        """The files of each version, oldest version first; for ``files`` as they are when it is first asked for."""
        found: dict[str, list[File]] = {}
        for file in self.files:
            found.setdefault(version(file.filename, self.name), []).append(file)
        return dict(sorted(found.items(), key=lambda item: order(item[0])))

    def json(self, host: str) -> bytes:
        """The page as ``application/vnd.pypi.simple.v1+json``, files on https://``host``."""
        if self._rendered[0] != ("json", host):
            meta = {"api-version": self._version}
            head = {"meta": meta, "name": self.name, "versions": [v for v in self.versions if v]}
            entries = ([self._entry(file, host) for file in some] for some in batches(self.files))
            files = ", ".join(json.dumps(some)[1:-1] for some in entries)
            self._rendered = ("json", host), f'{json.dumps(head)[:-1]}, "files": [{files}]}}'.encode()
        return self._rendered[1]

    def html(self, host: str) -> bytes:
        """The page as ``application/vnd.pypi.simple.v1+html``, files on https://``host``."""
        if self._rendered[0] != ("html", host):
            links = [self._anchor(file, host) for file in self.files]
            self._rendered = ("html", host), document(f"Links for {self.name}", links, self._version)
        return self._rendered[1]

    def merged(self, files: Iterable[File]) -> Project:
        """This project and ``files`` too."""
        return Project(self.name, [*self.files, *files])

    def below(self, prefix: str) -> Project:
        """This project with its files' paths below ``prefix``, as an index that passes another on serves them."""
        return Project(self.name, [file._replace(path=prefix + file.path) for file in self.files])

    @property
    def _version(self) -> str:
        """Of the simple API: PEP 740 raised it."""
        return "1.3" if self.provenance else "1.1"

    def _entry(self, file: File, host: str) -> dict[str, object]:
        entry: dict[str, object] = {
            "filename": file.filename,
            "url": f"https://{host}{file.path}",
            "hashes": {"sha256": file.sha256},
            "requires-python": file.requires_python,
            "yanked": file.yanked,
        }
        if file.size is not None:
            entry["size"] = file.size
        if file.uploaded is not None:
            entry["upload-time"] = file.uploaded
        if file.filename in self.provenance:
            entry["provenance"] = self.provenance[file.filename]
        metadata = {"sha256": file.metadata} if isinstance(file.metadata, str) else file.metadata
        return entry | {"core-metadata": metadata, "data-dist-info-metadata": metadata}

    def _anchor(self, file: File, host: str) -> str:
        attributes = {"href": f"https://{host}{file.path}#sha256={file.sha256}"}
        if file.requires_python:
            attributes["data-requires-python"] = file.requires_python
        if file.metadata:
            value = f"sha256={file.metadata}" if isinstance(file.metadata, str) else "true"
            attributes |= {"data-dist-info-metadata": value, "data-core-metadata": value}
        if file.yanked is not False:
            attributes["data-yanked"] = "" if file.yanked is True else file.yanked
        if provenance := self.provenance.get(file.filename):
            attributes["data-provenance"] = provenance
        shown = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
        return f"<a {shown}>{html.escape(file.filename)}</a><br />"


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """``items`` some at a time: a call of json for each costs twice as much, and one for all of them memory."""
    for start in range(0, len(items), TOGETHER):
        yield items[start : start + TOGETHER]


def document(title: str, links: Iterable[str], api: str = "1.1") -> bytes:
    """A page of a simple index (PEP 503, with the version of PEP 629)."""
    lines = [
        "<!DOCTYPE html>",
        "<html>",
        "  <head>",
        f'    <meta name="pypi:repository-version" content="{api}">',
        f"    <title>{html.escape(title)}</title>",
        "  </head>",
        "  <body>",
        f"    <h1>{html.escape(title)}</h1>",
        *links,
        "  </body>",
        "</html>",
        "",
    ]
    return "\n".join(lines).encode()


def version(filename: str, project: str) -> str:
    """The version in the name of a file of ``project``, also where that follows no standard; else an empty string."""
    suffix = next((s for s in SUFFIXES if filename.endswith(s)), "")
    stem = filename.removesuffix(suffix)
    for place, letter in enumerate(stem):
        if letter == "-" and canonicalize_name(stem[:place]) == project:
            rest = stem[place + 1 :]
            return rest if suffix in SUFFIXES[:5] else rest.split("-")[0]
    return ""


def projects(filename: str) -> list[str]:
    """The normalised names that ``filename`` can belong to, likeliest first."""
    parts = filename.split("-")
    if filename.endswith(".whl"):
        return [str(canonicalize_name(parts[0]))]
    names = ["-".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
    return list(dict.fromkeys(str(canonicalize_name(name)) for name in names))


def order(text: str) -> tuple[bool, Version, str]:
    """Sort key for versions, those that follow no standard first."""
    try:
        return True, Version(text), text
    except InvalidVersion:
        return False, Version("0"), text
