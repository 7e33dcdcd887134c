"""Are attestations what Sigstore signed for this file and this publisher? A program of its own.

It is warehouse/attestations/services.py with PyPI's own library, pypi-attestations: the shape, the certificate and its
place in Sigstore's logs, the signature, the publisher, the file's name and digest. It trusts the roots that the package
sigstore carries, and asks nobody. The gateway doesn't import it, since that takes half a second and 50 MB.

It reads {"attestations": text, "publisher": object, "filename": text, "sha256": hexadecimal} as JSON and writes
{"provenance": object} as PEP 740 has it, or {"refused": text}.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pypi_attestations import (
    Attestation,
    AttestationBundle,
    AttestationType,
    Distribution,
    Provenance,
    Publisher,
    VerificationError,
)

TYPES = list(AttestationType)


class Refused(Exception):
    """In the words of warehouse."""


def provenance(text: str, publisher: dict[str, Any], filename: str, sha256: str) -> Provenance:
    """What PyPI would serve for the file with these attestations; raises Refused."""
    identity: Publisher = TypeAdapter(Publisher).validate_python(publisher)
    try:
        attestations = TypeAdapter(list[Attestation]).validate_json(text)
    except ValidationError as error:
        raise Refused(f"Malformed attestations: {error}") from None
    if not attestations:
        raise Refused("Malformed attestations: an empty attestation set is not permitted")
    if len(attestations) > len(TYPES):
        raise Refused(f"A maximum of {len(TYPES)} attestations per file are supported")
    file, seen = Distribution(name=filename, digest=sha256), set()
    for attestation in attestations:
        try:
            kind, _ = attestation.verify(identity, file, offline=True)
        except VerificationError as error:
            raise Refused(f"Could not verify the uploaded artifact using the included attestation: {error}") from None
        except Exception as error:
            raise Refused(f"Unknown error while trying to verify included attestations: {error}") from None
        if kind in seen:
            raise Refused(
                f"Multiple attestations for the same file with the same predicate type ({kind}) are not supported"
            )
        seen.add(kind)
    return Provenance(attestation_bundles=[AttestationBundle(publisher=identity, attestations=attestations)])


def main() -> None:
    asked = json.load(sys.stdin)
    try:
        found = provenance(asked["attestations"], asked["publisher"], asked["filename"], asked["sha256"])
        answer: dict[str, Any] = {"provenance": found.model_dump(mode="json")}
    except Refused as error:
        answer = {"refused": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
