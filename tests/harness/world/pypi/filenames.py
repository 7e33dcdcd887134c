"""Names of uploaded files as PyPI wants them.

Sources, in https://github.com/pypi/warehouse at 6b62157, warehouse/forklift/legacy.py: lines 110 to 226 (platforms),
240 to 283 (characters and suffixes), 1327 to 1405 (source distributions), 1424 to 1497 (wheels).
"""

from __future__ import annotations

import re

from packaging.metadata import Metadata
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from harness.world.index.upload import Rejected
from harness.world.pypi.fields import EXTENSIONS

_BOTH = "x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64"
_APPLE = "ppc64|ppc|i386|x86_64|arm64|intel|fat3|fat64|fat|universal2|universal"
PLATFORM = re.compile(
    "any|win32|win_arm64|win_amd64|win_ia64|manylinux(1|2010)_(x86_64|i686)|linux_armv[67]l|"
    "manylinux2014_(x86_64|i686|aarch64|armv7l|ppc64le|ppc64|s390x)|"
    rf"macosx_(10_\d+|(11|12|13|14|15|26)_0)_({_APPLE})|manylinux_\d+_\d+_({_BOTH}|ppc64)|musllinux_\d+_\d+_({_BOTH})|"
    r"ios_\d+_\d+_(arm64|x86_64)_(iphoneos|iphonesimulator)|android_\d+_(armeabi_v7a|arm64_v8a|x86|x86_64)|"
    r"pyemscripten_\d+_\d+_wasm32"
)


def allow(filename: str, kind: str) -> None:
    """Judge the characters and the suffix of a file of that filetype; raises Rejected."""
    if re.search(r"[\x00-\x1f\x7f]", filename):
        text = "non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name."
        raise Rejected(400, f"Cannot upload a file with {text}")
    if "/" in filename or "\\" in filename:
        raise Rejected(400, r"Cannot upload a file with '/' or '\' in the name.")
    known = re.fullmatch(r".+?(\.tar\.gz|\.zip|\.whl)", filename, re.IGNORECASE)
    if known is None:
        raise Rejected(
            400,
            "Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 "
            "and https://peps.python.org/pep-0715/ for more information",
        )
    if known[1] not in EXTENSIONS[kind]:
        raise Rejected(
            400,
            f"Invalid file extension: Extension {known[1]} is invalid for filetype {kind}. "
            "See https://www.python.org/dev/peps/pep-0527 for more information.",
        )


def source(filename: str, metadata: Metadata) -> None:
    """Judge the name of a source distribution (PEP 625) with that metadata; raises Rejected."""
    try:
        found: str = parse_sdist_filename(filename)[0]
    except InvalidSdistFilename:
        raise Rejected(400, f"Invalid source distribution filename: {filename}") from None
    name = canonicalize_name(metadata.name)
    if metadata.version.is_postrelease and found != name and filename.count("-") >= 2:
        found = filename.rpartition("-")[0].rpartition("-")[0]  # a version such as 1.0-1
    if canonicalize_name(found) != name:
        raise Rejected(400, _start(metadata))
    expected = f"{name.replace('-', '_')}-{metadata.version}.tar.gz"
    if filename != expected:
        raise Rejected(400, f"Filename {filename!r} is invalid, should be {expected!r}.")


def wheel(filename: str, metadata: Metadata) -> None:
    """Judge the name of a wheel with that metadata; raises Rejected."""
    try:
        found, version, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise Rejected(400, str(error)) from None
    for tag in sorted(tags, key=str):
        if not PLATFORM.fullmatch(tag.platform):
            text = f"Binary wheel '{filename}' has an unsupported platform tag '{tag.platform}'."
            raise Rejected(400, text)
    name = canonicalize_name(metadata.name)
    if found != name:
        raise Rejected(400, _start(metadata))
    normal, given = name.replace("-", "_"), filename.partition("-")[0]
    if given != normal:
        text = f"Filename {filename!r} should contain the normalized project name {normal!r}, not {given!r}."
        raise Rejected(400, text)
    if version != metadata.version:
        raise Rejected(400, f"Version in filename should be {str(metadata.version)!r} not {str(version)!r}.")


def _start(metadata: Metadata) -> str:
    return f"Start filename for {metadata.name!r} with {canonicalize_name(metadata.name).replace('-', '_')!r}."
