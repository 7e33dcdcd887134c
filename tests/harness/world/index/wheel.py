"""A wheel made from code, the same bytes every time.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping


def wheel(name: str, version: str, tag: str, code: Mapping[str, str], fields: Mapping[str, str]) -> tuple[bytes, bytes]:
    """The wheel and its METADATA.

    ``tag`` is PYTHON-ABI-PLATFORM, ``code`` is path -> text of what it installs, and ``fields`` are further lines of
    its metadata.
    """
    lines = {"Metadata-Version": "2.4", "Name": name, "Version": version, **fields}
    metadata = "".join(f"{field}: {value}\n" for field, value in lines.items()).encode()
    info = f"{name}-{version}.dist-info"
    parts = {path: text.encode() for path, text in code.items()}
    parts[f"{info}/METADATA"] = metadata
    parts[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: guide\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    record = [f"{path},sha256={_digest(body)},{len(body)}\n" for path, body in parts.items()]
    parts[f"{info}/RECORD"] = "".join([*record, f"{info}/RECORD,,\n"]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, body in parts.items():
            archive.writestr(zipfile.ZipInfo(path), body)  # dated 1980, whatever the day
    return buffer.getvalue(), metadata


def _digest(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
