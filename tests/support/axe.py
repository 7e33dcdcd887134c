"""axe-core, which finds what keeps people from using a page: fetched once by npm, held to its digest.

Its licence is the MPL 2.0; nothing of it is part of the project or of the site.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from harness import once
from harness.project import ROOT, Project

PACKAGE = "axe-core@4.14.1"
DIGEST = (  # SHA-512 of its archive
    "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b73"
    "4f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5"
)
RUN = """
const done = arguments[arguments.length - 1]
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact}): ${target.join(" ")}: ${failureSummary}`))),
  error => done([String(error)]))
"""


@cache
def source() -> str:
    """The script; empty where npm can't fetch it."""
    path = Project(ROOT).work / "bin" / f"axe-{DIGEST[:12]}.js"
    if not path.is_file():
        archive = _packed()
        if not archive:
            return ""
        if (found := hashlib.sha512(archive).hexdigest()) != DIGEST:
            raise AssertionError(f"npm's {PACKAGE} has the SHA-512 {found}; expected {DIGEST}")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            member = tar.extractfile("package/axe.min.js")
            assert member is not None  # the digest says what is in the archive
            once.write(path, member.read())
    return path.read_text(encoding="utf-8")


def _packed() -> bytes:
    npm = shutil.which("npm")
    if not npm:
        return b""
    with tempfile.TemporaryDirectory() as folder:
        call = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, PACKAGE]
        subprocess.run(call, stdin=subprocess.DEVNULL, capture_output=True, cwd=folder)
        return next((path.read_bytes() for path in Path(folder).glob("*.tgz")), b"")


def violations(browser: Any) -> list[str]:
    """What axe finds on the page that the browser shows."""
    browser.execute_script(source())
    return [str(one) for one in browser.execute_async_script(RUN)]
