"""What PyPI refuses of a file or its metadata, in its own words.

Beside each case is the place of the words in https://github.com/pypi/warehouse at 6b62157, below warehouse/: lines of
forklift/legacy.py where nothing else is named.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
import struct
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness.world.hosts import testpypi
from harness.world.index.shelf import Shelf
from harness.world.index.simple import File
from harness.world.index.upload import Plain, Rejected, receive
from harness.world.world import Link, World
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from world_support import DATE, Index, client, wheel

TOKEN = ("__token__", "pypi-AgEIcHlwaS5vcmcCJDU0")
WHEEL, SDIST = "acme-1.0-py3-none-any.whl", "acme-1.0.tar.gz"
SEE = "See https://packaging.python.org/specifications/core-metadata for more information."
Parts = dict[str, bytes]


def packed(change: Callable[[Parts], object] | None = None, **more: Any) -> bytes:
    """A wheel of acme 1.0 whose files ``change`` has changed."""
    with zipfile.ZipFile(io.BytesIO(wheel("acme", "1.0", **more))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if change:
        change(parts)
    return zipped(parts)


def zipped(parts: Parts, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body, kind)
    return buffer.getvalue()


def tarred(parts: Parts | None = None, sparse: bool = False) -> bytes:
    """A source distribution of acme 1.0, or of those files."""
    text = b"Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        for name, body in (
            parts if parts is not None else {"acme-1.0/PKG-INFO": text, "acme-1.0/acme.py": b""}
        ).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            entry.type = tarfile.GNUTYPE_SPARSE if sparse else tarfile.REGTYPE
            archive.addfile(entry, io.BytesIO(body))
    return buffer.getvalue()


def sent(
    web: httpx.Client,
    link: Link,
    body: bytes,
    filename: str = WHEEL,
    kind: str = "application/octet-stream",
    **more: Any,
) -> str:
    """Status and text of PyPI's answer; ``more`` are fields of the form, None for one that isn't there."""
    source = filename.endswith((".tar.gz", ".zip"))
    form: dict[str, Any] = {":action": "file_upload", "protocol_version": "1", "metadata_version": "2.4"}
    form |= {"name": "acme", "version": "1.0", "filetype": "sdist" if source else "bdist_wheel"}
    form |= {"pyversion": "source" if source else "py3", "sha256_digest": hashlib.sha256(body).hexdigest()} | more
    answer = web.post(
        f"https://{link.world.hosts[2]}/legacy/",
        data={name: value for name, value in form.items() if value is not None},
        files={"content": (filename, body, kind)},
        auth=TOKEN,
        headers={"accept": "text/plain"},
    )
    return answer.text.splitlines()[0] if answer.text else str(answer.status_code)


@pytest.fixture(scope="module")
def refusing(shared: tuple[Index, World]) -> Iterator[tuple[httpx.Client, Link]]:
    """A client in a sandbox for the tests of what is refused, which leave nothing behind."""
    link = shared[1].open("refusing")
    with client(link) as web:
        yield web, link
    link.close()


def stored(web: httpx.Client, link: Link) -> list[str]:
    """The names of acme's files."""
    page = web.get(
        f"https://{link.world.hosts[0]}/simple/acme/", headers={"accept": "application/vnd.pypi.simple.v1+json"}
    )
    return [file["filename"] for file in page.json()["files"]] if page.status_code == 200 else []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        # forklift/forms.py, lines 23 to 121, and 643 to 684
        ({"protocol_version": "2"}, "Unknown protocol version."),
        ({"name": None}, f"'' is an invalid value for Name. Error: This field is required. {SEE}"),
        (
            {"name": "acme lamp"},
            "'acme lamp' is an invalid value for Name. Error: Start and end with a letter or numeral containing only "
            f"ASCII numeric and '.', '_' and '-'. {SEE}",
        ),
        ({"filetype": "bdist_egg"}, "Invalid value for filetype. Error: Use a known file type."),
        (
            {"pyversion": None},
            "Invalid value for pyversion. Error: Python version is required for binary distribution uploads.",
        ),
        ({"sha256_digest": None}, "Error: Include at least one message digest."),
        (
            {"sha256_digest": "abc"},
            "Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest.",
        ),
        ({"sha256_digest": "0" * 64}, "The digest supplied does not match a digest calculated from the uploaded file."),
        # packaging/metadata.py in https://github.com/pypa/packaging at 26.3, and forklift/metadata.py, lines 97 to 108
        ({"metadata_version": None}, f"None is not a valid metadata version. {SEE}"),
        ({"metadata_version": "0.9"}, f"'0.9' is not a valid metadata version. {SEE}"),
        ({"metadata_version": "2.6"}, f"'2.6' is not a valid metadata version. {SEE}"),
        ({"metadata_version": "UNKNOWN"}, f"None is not a valid metadata version. {SEE}"),
        ({"version": "one"}, f"'one' is invalid for 'version'. {SEE}"),
        ({"requires_python": "3.10+"}, f"'3.10+' is invalid for 'requires-python'. {SEE}"),
        ({"requires_dist": ["idna >= three"]}, f"'idna >= three' is invalid for 'requires-dist'. {SEE}"),
        ({"license_expression": "Apache"}, f"'Apache' is invalid for 'license-expression'. {SEE}"),
        (
            {"license_expression": "MIT", "metadata_version": "2.1"},
            f"license-expression introduced in metadata version 2.4, not 2.1. {SEE}",
        ),
        ({"summary": "two\nlines"}, f"'summary' must be a single line. {SEE}"),
        ({"summary": ["one", "two"]}, f"'summary' has invalid data. {SEE}"),
        (
            {"project_urls": ["Home, https://a.example.com", "Home, https://b.example.com"]},
            "'project_urls' has invalid",
        ),
        # forklift/metadata.py, lines 110 to 287
        (
            {"version": "1.0+acme"},
            "The use of local versions in '1.0+acme' is not allowed. See https://packaging.python.org/en/latest/"
            "specifications/version-specifiers/#local-version-identifiers for more information.",
        ),
        ({"summary": "a" * 513}, f"'summary' field must be 512 characters or less. {SEE}"),
        (
            {"author_email": "Ada <ada@localhost>"},
            "'ada@localhost' is not a valid email address: The part after the @-sign is not valid. It should",
        ),
        ({"classifiers": ["Framework :: Acme"]}, f"'Framework :: Acme' is not a valid classifier. {SEE}"),
        (
            {"classifiers": ["Private :: Do Not Upload"]},
            f"'Private :: Do Not Upload' is not a valid classifier. {SEE}",
        ),
        (
            {"classifiers": ["Natural Language :: Ukranian"]},
            "The classifier 'Natural Language :: Ukranian' has been deprecated, use one of ['Natural Language :: "
            f"Ukrainian'] instead. {SEE}",
        ),
        ({"home_page": "www.example.com"}, f"'www.example.com' is not a valid url. {SEE}"),
        ({"project_urls": ["Home, ftp://example.com"]}, f"'ftp://example.com' is not a valid url. {SEE}"),
        ({"project_urls": ["Home"]}, f"Must have a URL. {SEE}"),
        ({"project_urls": [", https://example.com"]}, f"Must have a label. {SEE}"),
        ({"project_urls": [f"{'a' * 33}, https://example.com"]}, f"'{'a' * 33}' must be 32 characters or less. {SEE}"),
        (
            {"requires_dist": ["lamp @ git+https://git.example.com/lamp"]},
            f"Can't have direct dependency: lamp @ git+https://git.example.com/lamp. {SEE}",
        ),
        (
            {"provides_dist": ["lamp @ https://a.example.com"]},
            "Can't have direct dependency: 'lamp @ https://a.example",
        ),
        ({"obsoletes_dist": ["lamp >"]}, "'lamp >' is invalid: "),
        ({"dynamic": ["Dynamic"]}, f"Dynamic field 'dynamic' is not a valid dynamic field. {SEE}"),
        (
            {"license": "MIT", "license_expression": "MIT"},
            "License is deprecated when License-Expression is present. Only License-Expression should be present. ",
        ),
        # the order of lines 691 to 709: version, name and metadata version first, then the alphabet
        ({"summary": "a" * 513, "classifiers": ["Acme"]}, f"'Acme' is not a valid classifier. {SEE}"),
        ({"version": "one", "classifiers": ["Acme"]}, f"'one' is invalid for 'version'. {SEE}"),
        # 885 to 920
        (
            {"description": ".. toctree::", "description_content_type": "text/x-rst; charset=UTF-8"},
            "The description failed to render for 'text/x-rst; charset=UTF-8'. See https://",
        ),
        (
            {"description": "A\n=\n\n.. toctree::"},
            "The description failed to render in the default format of reStructuredText. See https://",
        ),
    ],
)
def test_a_form_with_a_fault_is_refused(
    refusing: tuple[httpx.Client, Link], fields: dict[str, Any], words: str
) -> None:
    assert sent(*refusing, packed(), **fields).startswith(f"400 {words}")
    assert stored(*refusing) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "# Acme\n\n.. toctree::", "description_content_type": "text/markdown"},
        {"description": "Acme\n====\n\n.. code:: python\n\n   x = 1", "description_content_type": "text/x-rst"},
        {"description": "*", "description_content_type": "text/plain"},
        {"author_email": "Ada <ada@example.com>, Bob <bob@example.com>", "home_page": "https://example.com"},
        {"project_urls": ["Home, https://example.com"], "keywords": "a, b", "platform": ["any"], "comment": "x"},
        {"classifiers": ["Typing :: Typed", "Natural Language :: Ukrainian"], "requires_python": ">=3.10"},
        {"requires_dist": ["idna"], "provides_extra": ["x"], "dynamic": ["Version"][:0], "license": "MIT"},
        {"sha256_digest": None, "md5_digest": hashlib.md5(packed()).hexdigest()},
    ],
)
def test_a_form_without_a_fault_is_taken(web: httpx.Client, link: Link, fields: dict[str, Any]) -> None:
    assert sent(web, link, packed(), **fields) == "200"
    assert stored(web, link) == [WHEEL]


EXTENSION = "Invalid file extension: "
START = "Start filename for 'acme' with 'acme'."


@pytest.mark.parametrize(
    ("filename", "fields", "words"),
    [
        # 240 to 283
        (
            "acme-1.0.tar.bz2",
            {"filetype": "sdist", "pyversion": "source"},
            f"{EXTENSION}Use .tar.gz, .whl or .zip extension. See https://www",
        ),
        (
            WHEEL,
            {"filetype": "sdist", "pyversion": "source"},
            f"{EXTENSION}Extension .whl is invalid for filetype sdist",
        ),
        (
            SDIST,
            {"filetype": "bdist_wheel", "pyversion": "py3"},
            f"{EXTENSION}Extension .tar.gz is invalid for filetype",
        ),
        ("a/" + WHEEL, {}, "Cannot upload a file with '/' or '\\' in the name."),
        # 1327 to 1405
        ("acme.tar.gz", {}, "Invalid source distribution filename: acme.tar.gz"),
        ("lamp-1.0.tar.gz", {}, START),
        ("acme-2.0.tar.gz", {}, "Filename 'acme-2.0.tar.gz' is invalid, should be 'acme-1.0.tar.gz'."),
        ("Acme-1.0.tar.gz", {}, "Filename 'Acme-1.0.tar.gz' is invalid, should be 'acme-1.0.tar.gz'."),
        (
            "acme-lamp-1.0.tar.gz",
            {"name": "acme-lamp"},
            "Filename 'acme-lamp-1.0.tar.gz' is invalid, should be 'acme_lamp-1.0.tar.gz'.",
        ),
        (
            "acme-1.0-1.tar.gz",
            {"version": "1.0-1"},
            "Filename 'acme-1.0-1.tar.gz' is invalid, should be 'acme-1.0.post1.tar.gz'.",
        ),
        # 1424 to 1497
        (
            "acme-1.0-cp313-cp313-linux_x86_64.whl",
            {},
            "Binary wheel 'acme-1.0-cp313-cp313-linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'.",
        ),
        ("lamp-1.0-py3-none-any.whl", {}, START),
        (
            "Acme-1.0-py3-none-any.whl",
            {},
            "Filename 'Acme-1.0-py3-none-any.whl' should contain the normalized project name 'acme', not 'Acme'.",
        ),
        ("acme-2.0-py3-none-any.whl", {}, "Version in filename should be '1.0' not '2.0'."),
        ("acme-1.0-py3-any.whl", {}, "Invalid wheel filename (wrong number of parts): 'acme-1.0-py3-any'"),
    ],
)
def test_a_file_name_with_a_fault_is_refused(
    refusing: tuple[httpx.Client, Link], filename: str, fields: dict[str, str], words: str
) -> None:
    prefix = filename.rsplit(".tar", 1)[0]
    first = "-".join(filename.split("-")[:2])
    body = (
        tarred({f"{prefix}/PKG-INFO": b"", f"{prefix}/acme.py": b""})
        if ".tar" in filename
        else zipped({f"{first}.dist-info/WHEEL": b""})
    )
    assert sent(*refusing, body, filename, **fields).startswith(f"400 {words}")


@pytest.mark.parametrize(
    ("tag", "taken"),
    [  # 110 to 226
        ("any", True),
        ("win_arm64", True),
        ("manylinux1_x86_64", True),
        ("manylinux_2_28_riscv64", True),
        ("musllinux_1_2_aarch64", True),
        ("linux_armv7l", True),
        ("macosx_10_9_universal2", True),
        ("macosx_26_0_arm64", True),
        ("ios_13_0_arm64_iphoneos", True),
        ("android_21_arm64_v8a", True),
        ("pyemscripten_2026_0_wasm32", True),
        ("linux_aarch64", False),
        ("manylinux_2_28_mips", False),
        ("musllinux_1_2_ppc64", False),
        ("macosx_11_1_arm64", False),
        ("macosx_16_0_arm64", False),
        ("wasi_0_0_wasm32", False),
    ],
)
def test_pypi_takes_wheels_for_platforms_that_say_what_they_need(
    web: httpx.Client, link: Link, tag: str, taken: bool
) -> None:
    answer = sent(web, link, packed(), f"acme-1.0-py3-none-{tag}.whl")
    assert answer == "200" if taken else f"has an unsupported platform tag '{tag}'." in answer


INFO = "acme-1.0.dist-info"
ZIP = "ZIP archive not accepted: "


def doubled(body: bytes) -> bytes:
    """A wheel that has a file twice, as ``zipfile`` writes it with a warning."""
    buffer = io.BytesIO(zipped({f"{INFO}/WHEEL": b"once"}, zipfile.ZIP_STORED))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(f"{INFO}/WHEEL", body)
    return buffer.getvalue()


def streamed() -> bytes:
    """A wheel written without going back, as to a pipe."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.body = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.body += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        archive.writestr(f"{INFO}/WHEEL", b"")
    return pipe.body


def without(name: str) -> Callable[[Parts], object]:
    return lambda parts: parts.pop(f"{INFO}/{name}")


def having(name: str, body: bytes) -> Callable[[Parts], object]:
    return lambda parts: parts.update({f"{INFO}/{name}": body})


def commented() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo(f"{INFO}/WHEEL")
        entry.comment = b"mine"
        archive.writestr(entry, b"")
    return buffer.getvalue()


def extra(*fields: tuple[int, bytes], tail: bytes = b"") -> bytes:
    """A wheel with these extra fields at its first file."""
    entry = zipfile.ZipInfo(f"{INFO}/WHEEL")
    entry.extra = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in fields) + tail
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, b"")
    return buffer.getvalue()


def large() -> bytes:
    """A wheel with sizes of 64 bits in a header."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed())) as old, zipfile.ZipFile(buffer, "w") as archive:
        for name in old.namelist():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
                file.write(old.read(name))
    return buffer.getvalue()


def relabelled(old: bytes, new: bytes, last: bool = False) -> bytes:
    """A wheel with other bytes in one place, the first or the last of those that are there."""
    before, after = packed().rsplit(old, 1) if last else packed().split(old, 1)
    return before + new + after


HIDDEN = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"x"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        # 300 to 467
        (b"nonsense", "File is not a zipfile"),
        (tarred(), "File is not a zipfile"),
        (packed() + bytes(1024), f"{ZIP}Trailing data. See https://docs."),
        (packed(padding=10)[:-30], "File is not a zipfile"),
        (zipped({"acme.py": b""}), f"WHEEL not found at {INFO}/WHEEL"),
        (zipped({f"{INFO}/WHEEL": b""}, zipfile.ZIP_LZMA), "File does not use a supported compression type"),
        (
            zipped({f"{INFO}/WHEEL": b"", "a": bytes(65 << 20)}),
            "File exceeds compression ratio of 50",
        ),
        # utils/zipfiles.py
        (doubled(b"once"), f"{ZIP}Duplicate filename in local headers. "),
        (doubled(b"longer"), f"{ZIP}Mis-matched data size. "),
        (streamed(), f"{ZIP}ZIP contains a data descriptor. "),
        (commented(), f"{ZIP}Comment in central directory. "),
        (relabelled(b"acme.py", b"acme.qy"), f"{ZIP}Filename not in central directory. "),
        (relabelled(b"acme.py", b"acme.\0y"), f"{ZIP}Invalid character in filename. "),
        (extra((0x7075, b"\1....\x07")), f"{ZIP}Invalid character in filename. "),
        (extra((0x7075, b"\1....\xff")), f"{ZIP}Filename not valid UTF-8. "),
        (extra((0x7075, b"\1....a"), (0x7075, b"\1....a")), f"{ZIP}Invalid duplicate extra in local file. "),
        (extra(tail=b"\0"), f"{ZIP}Malformed zip file. "),
        (HIDDEN + packed(), f"{ZIP}Filename not in central directory. "),
        (b"#!/bin/sh\n" + packed(), f"{ZIP}Unknown record signature. "),
    ],
    ids=range(19),
)
def test_a_wheel_that_is_no_clear_zip_file_is_refused(
    refusing: tuple[httpx.Client, Link], body: bytes, words: str
) -> None:
    assert sent(*refusing, body).startswith(f"400 Invalid distribution file. {words}")
    assert stored(*refusing) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # 1520 to 1602, and utils/wheel.py
        (without("RECORD"), f"Wheel '{WHEEL}' does not contain the required RECORD file: {INFO}/RECORD"),
        (having("RECORD", b"\xff"), f"Wheel '{WHEEL}' does not contain the required RECORD file: {INFO}/RECORD"),
        (without("METADATA"), f"Wheel '{WHEEL}' does not contain the required METADATA file: {INFO}/METADATA"),
        (
            having("entry_points.txt", b"[console_scripts]\nbin/acme = acme:main\n"),
            f"Wheel '{WHEEL}' has invalid entry points defined in the entry_points.txt file",
        ),
        (
            having("entry_points.txt", b"acme = acme:main\n"),
            f"Wheel '{WHEEL}' has invalid entry points defined in the entry_points.txt file",
        ),
    ],
)
def test_a_wheel_without_its_records_is_refused(
    refusing: tuple[httpx.Client, Link], change: Callable[[Parts], object], words: str
) -> None:
    assert sent(*refusing, packed(change)) == f"400 {words}"


def test_a_wheel_with_sizes_of_64_bits_is_taken(web: httpx.Client, link: Link) -> None:
    """utils/zipfiles.py, lines 89 to 122"""
    assert b"\1\0\x10\0" in large()
    assert sent(web, link, large()) == "200"


def test_a_wheel_with_commands_and_licences_is_taken(web: httpx.Client, link: Link) -> None:
    """A RECORD that names other files gets the owners a mail (1571), and is taken."""

    def change(parts: Parts) -> None:
        parts[f"{INFO}/entry_points.txt"] = b"[console_scripts]\nAcme.x-1 = acme:main\n\n[acme.plugins]\na/b = acme\n"
        parts[f"{INFO}/licenses/LICENSES/MIT.txt"] = b"MIT"

    assert sent(web, link, packed(change), license_file=["LICENSES/MIT.txt"]) == "200"


def test_a_licence_file_that_is_named_and_missing_is_refused(refusing: tuple[httpx.Client, Link]) -> None:
    """1395 and 1543"""
    words = "400 License-File MIT.txt does not exist in distribution file"
    answer = sent(*refusing, packed(), license_file=["MIT.txt"])
    assert answer == f"{words} {WHEEL} at {INFO}/licenses/MIT.txt"
    answer = sent(*refusing, tarred(), SDIST, license_file=["MIT.txt"])
    assert answer == f"{words} {SDIST} at acme-1.0/MIT.txt"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"nonsense", "File is not a tarfile"),
        (packed(), "File is not a tarfile"),
        (tarred({"acme-1.0/PKG-INFO": hashlib.shake_256(b"").digest(20_000)})[:-9_000], "None"),
        (tarred({}), "Incorrect number of top-level directories in sdist"),
        (tarred({"acme-1.0/PKG-INFO": b"", "acme/x": b""}), "Incorrect number of top-level directories in sdist"),
        (tarred({"acme-1.0/acme.py": b"", "acme-1.0/x": b""}), "PKG-INFO not found at acme-1.0/PKG-INFO"),
        (tarred(sparse=True), "tar archive not accepted: Sparse members are not allowed. See https://docs."),
    ],
    ids=range(7),
)
def test_a_source_distribution_that_is_no_archive_of_one_folder_is_refused(
    refusing: tuple[httpx.Client, Link], body: bytes, words: str
) -> None:
    """409 to 467"""
    assert sent(*refusing, body, SDIST).startswith(f"400 Invalid distribution file. {words}")


def test_a_source_distribution_is_a_tar_file(web: httpx.Client, link: Link) -> None:
    """PEP 625; lines 360 to 373 and 1369"""
    whole, half = (
        zipped({"acme-1.0/PKG-INFO": b"", "acme-1.0/acme.py": b""}),
        zipped({"acme-1.0/acme.py": b"", "b": b""}),
    )
    assert sent(web, link, half, "acme-1.0.zip").endswith(" Incorrect number of top-level directories in sdist")
    expected = "400 Filename 'acme-1.0.zip' is invalid, should be 'acme-1.0.tar.gz'."
    assert sent(web, link, whole, "acme-1.0.zip") == expected
    assert sent(web, link, tarred(), SDIST) == "200"


def test_a_release_has_one_source_distribution(web: httpx.Client, link: Link) -> None:
    """1274, before the file is looked into"""
    assert sent(web, link, tarred(), SDIST) == "200"
    words = "400 Only one sdist may be uploaded per release."
    assert sent(web, link, b"x", "acme-1.0.0.tar.gz", version="1.0.0") == words
    assert sent(web, link, packed()) == "200"


def test_a_file_that_pypi_has_under_another_name_exists_already(web: httpx.Client, link: Link) -> None:
    """470 to 502: the name or the content"""
    assert sent(web, link, packed()) == "200"
    assert sent(web, link, packed()) == "200"
    other = "acme-1.0-py2.py3-none-any.whl"
    blake = hashlib.blake2b(packed(), digest_size=32).hexdigest()
    assert sent(web, link, packed(), other).startswith(
        f"400 File already exists ({other!r}, with blake2_256 hash {blake!r}). See https://"
    )


def test_a_file_of_more_than_100_megabytes_is_refused(refusing: tuple[httpx.Client, Link]) -> None:
    """1148; how big it is counts before what is in it"""
    answer = sent(*refusing, bytes((100 << 20) + 1))
    assert answer.startswith("400 File too large. Limit for project 'acme' is 100 MB. See https://docs.")
    assert answer.endswith(
        "/project-management/storage-limits#requesting-a-file-size-limit-increase for more information."
    )


def test_an_image_is_no_distribution(refusing: tuple[httpx.Client, Link]) -> None:
    """1116"""
    assert sent(*refusing, packed(), kind="image/png") == "400 Invalid distribution file."


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("requirements.txt", "isn't allowed."),  # migrations/versions/1e2ccd34f539
        ("asyncore", "isn't allowed (conflict with Python Standard Library module name)."),  # gone in Python 3.12
        ("os.path", "isn't allowed (conflict with Python Standard Library module name)."),
    ],
)
def test_names_that_would_mislead_are_kept_free(refusing: tuple[httpx.Client, Link], name: str, why: str) -> None:
    """packaging/services.py, lines 487 to 517"""
    assert sent(*refusing, b"", name=name).startswith(f"400 The name {name!r} {why} See ")


def test_two_uploads_of_one_name_at_once_leave_one_file(link: Link) -> None:
    """The others are refused, as by the constraint of PyPI's database and the second attempt after it (db.py, 51)."""
    bodies = [packed(padding=5 << 20, requires=f"lamp=={number}") for number in range(4)]
    answers, ready = ["" for _ in bodies], threading.Barrier(len(bodies))

    def send(number: int) -> None:
        with client(link) as web:
            ready.wait()
            answers[number] = sent(web, link, bodies[number])

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = answers.index("200")
    assert all("400 File already exists" in answer for answer in answers[:winner] + answers[winner + 1 :]), answers
    with client(link) as web:
        page = web.get(
            f"https://{link.world.hosts[0]}/simple/acme/", headers={"accept": "application/vnd.pypi.simple.v1+json"}
        )
        [file] = page.json()["files"]
        assert web.get(file["url"]).content == bodies[winner]


def test_while_one_upload_is_judged_another_of_the_same_name_waits(tmp_path: Path) -> None:
    """Verifying attestations takes a while, in which others run."""
    shelf = Shelf(tmp_path)

    class Slow(Plain):
        async def beside(self, form: FormData, file: File) -> None:
            for _ in range(100):
                await asyncio.sleep(0)

    async def take(request: Request) -> Response:
        try:
            await receive(request, shelf, Slow(shelf, "There is {name}."), dt.datetime.now(dt.UTC))
        except Rejected as error:
            return PlainTextResponse(error.text, error.status)
        return PlainTextResponse("taken")

    async def both() -> list[str]:
        transport = httpx.ASGITransport(Starlette(routes=[Route("/", take, methods=["POST"])]))
        async with httpx.AsyncClient(transport=transport, base_url="http://index") as web:
            form = {":action": "file_upload", "name": "acme", "version": "1.0"}
            sending = [web.post("/", data=form, files={"content": (WHEEL, packed(padding=n))}) for n in (1, 2)]
            return sorted([answer.text for answer in await asyncio.gather(*sending)])

    assert asyncio.run(both()) == [f"There is {WHEEL!r}.", "taken"]
    project = shelf.project("acme")
    assert project and len(project.files) == 1


def test_without_a_login_nothing_else_of_an_upload_is_judged(refusing: tuple[httpx.Client, Link]) -> None:
    """forklift/decorators.py, line 92"""
    web, link = refusing
    url, form = f"https://{link.world.hosts[2]}/legacy/", {":action": "file_upload", "name": "a b"}
    for login in (None, ("__token__", "wrong")):
        files = {"content": ("broken.exe", b"\0")}
        answer = web.post(url, data=form, files=files, auth=login or httpx.USE_CLIENT_DEFAULT)
        assert (answer.status_code, "Invalid or non-existent authentication" in answer.text) == (403, True)


def test_a_release_takes_further_files_for_14_days(web: httpx.Client, link: Link) -> None:
    """1258, in a sandbox whose days pass"""
    first = DATE - dt.timedelta(days=30)
    link.day(first)
    assert sent(web, link, packed()) == "200"
    link.day(first + dt.timedelta(days=13))
    other = "acme-1.0-cp313-cp313-win_amd64.whl"
    assert sent(web, link, packed(padding=1), other) == "200"
    link.day(first + dt.timedelta(days=15))
    words = "400 Uploading new files to releases older than 14 days is not allowed."
    assert sent(web, link, tarred(), SDIST) == words
    assert sent(web, link, packed()) == "200"  # the same file again
    assert stored(web, link) == [WHEEL, other]


def test_pypi_says_why_in_the_first_line_too_and_testpypi_does_not(refusing: tuple[httpx.Client, Link]) -> None:
    """forklift/utils.py, line 16; pypi/warehouse#16756. What the line can't hold is a question mark."""
    web, link = refusing
    answers = []
    for host, token in ((link.world.hosts[2], TOKEN[1]), (testpypi.INDEX, "pypi-AgENdGVzdC5weXBpLm9yZwIkNTQ")):
        form = {":action": "file_upload", "name": "acme", "version": "1.0", "filetype": "bdist_wheel"}
        form |= {"pyversion": "py3", "md5_digest": "0", "metadata_version": "2.4", "classifiers": "Łamp"}
        answer = web.post(
            f"https://{host}/legacy/", data=form, files={"content": (WHEEL, b"")}, auth=("__token__", token)
        )
        assert (answer.status_code, f"400 &#x27;Łamp&#x27; is not a valid classifier. {SEE}" in answer.text) == (
            400,
            True,
        )
        answers.append(answer.extensions["reason_phrase"])
    assert answers == [f"'?amp' is not a valid classifier. {SEE}".encode(), b"Bad Request"]
