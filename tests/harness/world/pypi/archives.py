"""What is in an uploaded file, judged as PyPI judges it.

Sources, in https://github.com/pypi/warehouse at 6b62157: warehouse/forklift/legacy.py, lines 285 to 467 (the archive),
1382 to 1405 and 1514 to 1602 (what it must have), and warehouse/utils/wheel.py (RECORD and entry points). PyPI also
looks for known malware, which nothing here does.
"""

from __future__ import annotations

import configparser
import csv
import os.path
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.world.index.upload import Rejected
from harness.world.pypi import zips

RATIO, LEAST = 50, 64 << 20  # more than RATIO times smaller when packed is refused, from LEAST bytes on


def judge(path: Path, filename: str, host: str) -> None:
    """Judge the archive that the file is; ``host`` is PyPI's. Raises Rejected."""
    packed = zipfile.is_zipfile(path), tarfile.is_tarfile(path)
    if all(packed):
        raise _invalid("File is both a zip and a tar file")
    what = "zipfile" if filename.endswith((".zip", ".whl")) else "tarfile"
    if not packed[what == "tarfile"]:
        raise _invalid(f"File is not a {what}")
    try:
        if what == "tarfile":
            _tarred(path, host)
        else:
            _zipped(path, filename, host)
    except (zipfile.BadZipFile, tarfile.ReadError, EOFError, zlib.error):
        raise _invalid("None") from None  # its very words


def source(path: Path, filename: str, licences: Iterable[str]) -> None:
    """Judge whether a source distribution has those licence files; raises Rejected."""
    with tarfile.open(path, "r:gz") as archive:
        names = archive.getnames()
    for licence in licences:
        if (place := f"{os.path.commonpath(names)}/{licence}") not in names:
            raise _unlicensed(licence, filename, place)


def content(path: Path, filename: str, licences: Iterable[str]) -> None:
    """Judge what a wheel with those licence files has in its ``.dist-info``; raises Rejected."""
    info = _info(filename)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for licence in licences:
            if f"{info}/licenses/{licence}" not in names:
                raise _unlicensed(licence, filename, f"{info}/licenses/{licence}")
        try:
            list(csv.reader(archive.read(f"{info}/RECORD").decode().splitlines()))
        except (KeyError, UnicodeError, csv.Error):
            raise Rejected(
                400, f"Wheel '{filename}' does not contain the required RECORD file: {info}/RECORD"
            ) from None
        if f"{info}/entry_points.txt" in names and not _commands(archive.read(f"{info}/entry_points.txt")):
            raise Rejected(400, f"Wheel '{filename}' has invalid entry points defined in the entry_points.txt file")
        if f"{info}/METADATA" not in names:
            raise Rejected(400, f"Wheel '{filename}' does not contain the required METADATA file: {info}/METADATA")


def _info(filename: str) -> str:
    name, version, _ = filename.split("-", 2)
    return f"{name}-{version}.dist-info"


def _invalid(why: str) -> Rejected:
    return Rejected(400, f"Invalid distribution file. {why}")


def _unlicensed(licence: str, filename: str, place: str) -> Rejected:
    return Rejected(400, f"License-File {licence} does not exist in distribution file {filename} at {place}")


def _tarred(path: Path, host: str) -> None:
    with tarfile.open(path, "r:gz") as archive:
        members = archive.getmembers()
    names = [member.name for member in members]
    if any(member.issparse() for member in members):
        raise _invalid(f"tar archive not accepted: Sparse members are not allowed. {_see(host)}")
    if (wanted := f"{_top(names)}/PKG-INFO") not in names:
        raise _invalid(f"PKG-INFO not found at {wanted}")


def _zipped(path: Path, filename: str, host: str) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > LEAST and unpacked / path.stat().st_size > RATIO:
            raise _invalid(f"File exceeds compression ratio of {RATIO}")
        if {entry.compress_type for entry in entries} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _invalid("File does not use a supported compression type")
        if filename.endswith(".zip"):
            wanted = f"{_top(archive.namelist())}/PKG-INFO"
        elif filename.count("-") < 2:
            raise _invalid("Unable to parse name and version from wheel filename")
        else:
            wanted = f"{_info(filename)}/WHEEL"
        if wanted not in archive.namelist():
            raise _invalid(f"{wanted.rpartition('/')[2]} not found at {wanted}")
        try:
            zips.judge(archive)
        except zips.Unclear as error:
            raise _invalid(f"ZIP archive not accepted: {error}. {_see(host)}") from None


def _top(names: Sequence[str]) -> str:
    """The one folder that a source distribution is in."""
    top = os.path.commonpath(names) if names else ""
    if top in (".", "/", ""):
        raise _invalid("Incorrect number of top-level directories in sdist")
    return top


def _see(host: str) -> str:
    return f"See https://docs.{host}/archives for more information"


class _Names(configparser.ConfigParser):
    """Keeps the case of names."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def _commands(text: bytes) -> bool:
    """Whether the entry points can be read, and every command has a name that is no path."""
    parser = _Names(delimiters=("=",))
    try:
        parser.read_string(text.decode())
    except (UnicodeError, configparser.Error):
        return False
    commands = [name for group in ("console_scripts", "gui_scripts") if group in parser for name in parser[group]]
    return all(re.fullmatch(r"[\w.-]+", name) for name in commands)
