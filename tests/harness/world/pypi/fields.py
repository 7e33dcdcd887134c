"""The metadata in an upload's form, judged as PyPI judges it.

Sources, in https://github.com/pypi/warehouse at 6b62157: warehouse/forklift/forms.py (the fields beside the metadata),
warehouse/forklift/metadata.py (PyPI's own rules), warehouse/forklift/legacy.py, lines 648 to 735 (the fault it names).
What the standard demands is judged by packaging.metadata, there as here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any, cast, get_type_hints

from email_validator import EmailNotValidError, validate_email
from packaging.metadata import InvalidMetadata, Metadata, RawMetadata
from packaging.requirements import InvalidRequirement, Requirement
from rfc3986 import uri_reference
from rfc3986.exceptions import ValidationError
from rfc3986.validators import Validator
from starlette.datastructures import FormData
from trove_classifiers import classifiers, deprecated_classifiers

from harness.world.index.upload import Rejected

NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE | re.ASCII)
DIGEST = re.compile(r"[A-F0-9]{64}", re.IGNORECASE)
EXTENSIONS = {"sdist": (".tar.gz", ".zip"), "bdist_wheel": (".whl",)}
DIGESTS = {"md5_digest": "", "sha256_digest": "SHA256", "blake2_256_digest": "BLAKE2"}
SINGULAR = ("platforms", "supported_platforms", "license_files", "import_names", "import_namespaces")  # in a form
KINDS = {
    name.removesuffix("s") if name in SINGULAR else name: (name, kind)
    for name, kind in get_type_hints(RawMetadata).items()
}
VERSIONS = {"1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"}  # of metadata
FIRST = ("metadata-version", "name", "version")  # their faults come before all others
SPECIFICATIONS = "https://packaging.python.org/specifications/core-metadata"
LOCAL = "https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers"


def stated(form: FormData) -> Metadata:
    """The metadata that the form states; raises Rejected for the first fault in PyPI's order."""
    _beside(form)
    try:
        metadata = Metadata.from_raw(_raw(form))
        faults = list(_faults(metadata))
    except ExceptionGroup as group:
        faults = cast(list[InvalidMetadata], list(group.exceptions))
    if faults:
        told = {fault.field: str(fault) for fault in reversed(faults)}  # the first of each field
        field = next((name for name in FIRST if name in told), min(told))
        text = told[field] if told[field].endswith(".") else f"{told[field]}."
        where = LOCAL if field == "version" and "use of local versions" in text else SPECIFICATIONS
        raise Rejected(400, f"{text} See {where} for more information.")
    return metadata


def _beside(form: FormData) -> None:
    """Judge the fields that say something of the file, and the name."""
    if _text(form, "protocol_version") not in ("", "1"):
        raise Rejected(400, "Unknown protocol version.")
    name = _text(form, "name")
    if not NAME.fullmatch(name):
        why = "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'."
        shown = f"{name[:30]}...{name[-30:]}" if len(name) > 60 else name
        why = why if name else "This field is required."
        raise Rejected(
            400, f"{shown!r} is an invalid value for Name. Error: {why} See {SPECIFICATIONS} for more information."
        )
    kind, python = _text(form, "filetype"), _text(form, "pyversion")
    wrong = {
        field: f"Use a valid, hex-encoded, {algorithm} message digest."
        for field, algorithm in DIGESTS.items()
        if algorithm and _text(form, field) and not DIGEST.fullmatch(_text(form, field))
    }
    if kind not in EXTENSIONS:
        wrong["filetype"] = "Use a known file type." if kind else "This field is required."
    if not wrong and kind != "sdist" and not python:
        wrong["pyversion"] = "Python version is required for binary distribution uploads."
    if not wrong and kind == "sdist" and python not in ("", "source"):
        wrong["pyversion"] = "Use 'source' as Python version for an sdist."
    for field, why in sorted(wrong.items()):
        raise Rejected(400, f"Invalid value for {field}. Error: {why}")
    if not any(_text(form, field) for field in DIGESTS):
        raise Rejected(400, "Error: Include at least one message digest.")


def _text(form: FormData, name: str) -> str:
    """A field's text; ``UNKNOWN``, which distutils wrote where nothing was given, is none."""
    given = str(form.get(name, ""))
    return "" if given.strip() == "UNKNOWN" else given


def _raw(form: FormData) -> RawMetadata:
    """The form's fields as packaging takes them; raises ExceptionGroup of InvalidMetadata."""
    raw: dict[str, Any] = {}
    wrong = []
    for field in form:
        values = [str(value) for value in form.getlist(field)]
        if field not in KINDS or values == [""] or values[0].strip() == "UNKNOWN":
            continue
        name, kind = KINDS[field]
        if kind is str and len(values) == 1:
            raw[name] = values[0]
        elif name == "keywords" and len(values) == 1:
            raw[name] = [word.strip() for word in values[0].split(",")]
        elif name == "project_urls":
            pairs = [[part.strip() for part in value.partition(",")[::2]] for value in values]
            raw[name] = dict(pairs)
            if len(raw[name]) < len(pairs):
                wrong.append(InvalidMetadata(field, f"{field!r} has invalid data"))
        elif kind == list[str] and name != "keywords":
            raw[name] = values
        else:
            wrong.append(InvalidMetadata(field, f"{field!r} has invalid data"))
    if wrong:
        raise ExceptionGroup("unparsed", wrong)
    return cast(RawMetadata, raw)


def _faults(metadata: Metadata) -> Iterator[InvalidMetadata]:
    """What PyPI has against metadata that the standard lets pass."""
    if metadata.metadata_version not in VERSIONS:
        yield InvalidMetadata("metadata-version", f"{metadata.metadata_version!r} is not a valid metadata version")
    if metadata.version.local:
        yield InvalidMetadata("version", f"The use of local versions in '{metadata.version}' is not allowed.")
    if metadata.summary and len(metadata.summary) > 512:
        yield InvalidMetadata("summary", "'summary' field must be 512 characters or less.")
    for field, people in (("author-email", metadata.author_email), ("maintainer-email", metadata.maintainer_email)):
        if address := parseaddr(people or "")[1]:
            try:
                validate_email(address, check_deliverability=False)
            except EmailNotValidError as error:
                yield InvalidMetadata(field, f"{address!r} is not a valid email address: {error}")
    named = set(metadata.classifiers or [])
    for classifier in sorted(named - classifiers - deprecated_classifiers.keys()):
        yield InvalidMetadata("classifier", f"{classifier!r} is not a valid classifier.")
    for classifier in sorted(named & deprecated_classifiers.keys()):
        instead = deprecated_classifiers[classifier]
        tail = f", use one of {instead} instead." if instead else "."
        yield InvalidMetadata("classifier", f"The classifier {classifier!r} has been deprecated{tail}")
    for field, url in (("home-page", metadata.home_page), ("download-url", metadata.download_url)):
        if url is not None and not _leads(url):
            yield InvalidMetadata(field, f"{url!r} is not a valid url.")
    for label, url in (metadata.project_urls or {}).items():
        if fault := _unlinked(label, url):
            yield InvalidMetadata("project-url", fault)
    for field, others in (("provides-dist", metadata.provides_dist), ("obsoletes-dist", metadata.obsoletes_dist)):
        for other in others or []:
            try:
                direct = Requirement(other).url
            except InvalidRequirement as error:
                yield InvalidMetadata(field, f"{other!r} is invalid: {error}")
            else:
                if direct is not None:
                    yield InvalidMetadata(field, f"Can't have direct dependency: {other!r}")
    for requirement in metadata.requires_dist or []:
        if requirement.url is not None:
            yield InvalidMetadata("requires-dist", f"Can't have direct dependency: {requirement}")
    if "dynamic" in (metadata.dynamic or []):  # the one field that packaging lets pass and PyPI's list hasn't
        yield InvalidMetadata("dynamic", "Dynamic field 'dynamic' is not a valid dynamic field.")
    if metadata.license and metadata.license_expression:
        yield InvalidMetadata(
            "license",
            "License is deprecated when License-Expression is present. Only License-Expression should be present.",
        )


def _unlinked(label: str, url: str) -> str:
    """What is wrong with a line Project-URL; nothing where it is right."""
    if not label:
        return "Must have a label"
    if len(label) > 32:
        return f"{label!r} must be 32 characters or less."
    if not url:
        return "Must have a URL"
    return "" if _leads(url) else f"{url!r} is not a valid url"


def _leads(url: str) -> bool:
    """Whether ``url`` is one of http or https, is_valid_uri in warehouse/utils/http.py."""
    validator = Validator().allow_schemes("http", "https").require_presence_of("scheme")
    try:
        validator.check_validity_of("scheme", "host", "port", "path", "query").validate(uri_reference(url).normalize())
    except ValidationError:
        return False
    return True
