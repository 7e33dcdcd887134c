"""The base images of pages, kept below ``.work/engine``: the real ones where a registry answers, else stand-ins.

A stand-in is made on this machine, says so in its label, and is named in the record: Debian from its packages, Python
as the one here of the same minor version, uv from its wheel on PyPI. A page's recipe may do on it what it wouldn't do
on the real image, and the other way round; GUIDE_STANDINS=no forbids them, where a registry can be reached.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import once
from harness.machine import debian, pip_config
from harness.machine.engine.daemon import running
from harness.machine.engine.plan import Plan
from harness.machine.engine.programs import Programs
from harness.machine.pythons import Interpreter
from harness.problem import Problem

FORMAT = "1"  # to be raised when what this module makes changes
SECONDS = 600
SUITE, RELEASE = "trixie", "Debian 13"
DEBIAN, PYTHON, UV = f"debian:{SUITE}-slim", "python:3.13-slim", "ghcr.io/astral-sh/uv"
MINOR = "3.13"
# what the real image of Python brings beside Debian's own, and what CPython's modules are linked to
LIBRARIES = (
    *("ca-certificates", "netbase", "tzdata"),
    *("libbz2-1.0", "libffi8", "libgdbm6t64", "liblzma5", "libncursesw6", "libreadline8t64", "libsqlite3-0"),
    *("libssl3t64", "libuuid1", "zlib1g"),
)
SLIM = ("path-exclude=/usr/share/man/*", "path-exclude=/usr/share/doc/*", "path-exclude=/usr/share/locale/*")
UNUSED = ("site-packages", "test", "tests", "idlelib", "turtledemo", "__pycache__")


@dataclass(frozen=True)
class Kept:
    """Images that an engine may start with: their data folder, and what they are, for the record."""

    data: Path
    facts: dict[str, str]


@dataclass(frozen=True)
class Images:
    """``folder`` is where they are kept; ``python`` is the Python of the stand-in, ``uv`` the version of uv's."""

    folder: Path
    programs: Programs
    python: Interpreter
    uv: str

    @property
    def place(self) -> Path:
        about = "\0".join([FORMAT, str(self.python), self.uv, os.environ.get("GUIDE_STANDINS", "")])
        return self.folder / f"images-{hashlib.sha256(about.encode()).hexdigest()[:12]}"

    def find(self) -> Kept | None:
        """What is kept, None before :meth:`make`."""
        try:
            facts = json.loads((self.place / "facts.json").read_text(encoding="utf-8"))
        except OSError:
            return None
        return Kept(self.place / "data", facts)

    def make(self, say: Callable[[str], None]) -> None:
        """Have the images, unless they are there. Raises Problem where they can't be had."""

        def fill(partial: Path) -> None:
            partial.mkdir(parents=True)
            with running(Plan(str(partial), self.programs.path, self.programs.runc, owner=os.geteuid())) as socket:
                client = [str(self.programs.docker), "--host", f"unix://{socket}"]
                real = [DEBIAN, PYTHON, f"{UV}:{self.uv}"]
                if all(
                    once.quiet([*client, "pull", "--quiet", image], seconds=SECONDS).returncode == 0 for image in real
                ):
                    facts = {"base images": "as their registry has them"}
                elif os.environ.get("GUIDE_STANDINS") == "no":
                    raise Problem("make engine", "no registry of images answers", "one, as GUIDE_STANDINS=no demands")
                else:
                    say("no registry of images answers: making stand-ins for the base images")
                    facts = self._stand_ins(client, partial / "making")
            shutil.rmtree(partial / "making", ignore_errors=True)
            (partial / "facts.json").write_text(json.dumps(facts), encoding="utf-8")

        once.make(self.place, fill)

    def _stand_ins(self, client: list[str], folder: Path) -> dict[str, str]:
        folder.mkdir()
        mmdebstrap = _mmdebstrap(folder / "mmdebstrap")
        base = folder / "debian.tar"
        mmdebstrap(base, [])
        _load(client, base, DEBIAN, 'CMD ["bash"]')
        python = folder / "python.tar"
        mmdebstrap(python, LIBRARIES)
        self._python(python, folder / "python")
        path = "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
        _load(client, python, PYTHON, 'CMD ["python3"]', f"ENV {path}", f"ENV PYTHON_VERSION={self.python.version}")
        _load(client, self._uv(folder / "uv"), f"{UV}:{self.uv}", 'ENTRYPOINT ["/uv"]', "WORKDIR /io")
        _run([*client, "tag", f"{UV}:{self.uv}", f"{UV}:latest"])
        return {"stand-ins for base images:": f"CPython {self.python.named}, {RELEASE}, uv {self.uv}"}

    def _python(self, tar: Path, folder: Path) -> None:
        """Add this machine's Python to Debian's tar archive, in /usr/local as the real image has it."""
        root, prefix, minor = folder / "root", self.python.prefix, self.python.minor
        (root / "usr" / "local").mkdir(parents=True)
        _run(["tar", "--extract", "--file", str(tar), "--directory", str(root), "--numeric-owner"])
        local = root / "usr" / "local"
        for place in ("bin", "lib", "include"):
            (local / place).mkdir(exist_ok=True)
        program = local / "bin" / f"python{minor}"
        shutil.copy2(self.python.executable, program)
        for name, target in (("python3", program.name), ("python", "python3")):
            (local / "bin" / name).symlink_to(target)
        ignored = shutil.ignore_patterns(*UNUSED, "*.a", "_tkinter*")
        shutil.copytree(prefix / "lib" / f"python{minor}", local / "lib" / f"python{minor}", True, ignored)
        shutil.copytree(prefix / "include" / f"python{minor}", local / "include" / f"python{minor}", True)
        for library in (prefix / "lib").glob("libpython*.so*"):
            shutil.copy2(library, local / "lib" / library.name, follow_symlinks=False)
        (local / "lib" / f"python{minor}" / "site-packages").mkdir()
        for text in [*(local / "lib").rglob("_sysconfig*"), *(local / "lib").rglob("Makefile")]:
            if text.is_file():
                written = text.read_text(encoding="utf-8", errors="surrogateescape")
                text.write_text(written.replace(str(prefix), "/usr/local"), "utf-8", "surrogateescape")
        chroot = ["chroot", str(root), "/usr/bin/env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        _run([*chroot, "ldconfig"])
        _run([*chroot, "PYTHONDONTWRITEBYTECODE=1", "python3", "-m", "ensurepip", "--default-pip"])
        _run(["tar", "--create", "--file", str(tar), "--directory", str(root), "--numeric-owner", "."])

    def _uv(self, folder: Path) -> Path:
        """A tar archive with uv's programs, which need no libraries: those of its wheel for musl."""
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--platform", f"musllinux_1_1_{platform.machine()}", "--dest", str(folder), f"uv=={self.uv}"]
        debian.run(
            command, "uv can't be fetched", pip_config.for_pip(pip_config.configured(sys.executable), os.environ)
        )
        with zipfile.ZipFile(next(folder.glob("uv-*.whl"))) as wheel:
            for name in wheel.namelist():
                if name.endswith(("/scripts/uv", "/scripts/uvx")):
                    target = folder / "root" / Path(name).name
                    target.parent.mkdir(exist_ok=True)
                    target.write_bytes(wheel.read(name))
                    target.chmod(0o755)
        _run(["tar", "--create", "--file", str(folder / "uv.tar"), "--directory", str(folder / "root"), "."])
        return folder / "uv.tar"


def _mmdebstrap(folder: Path) -> Callable[[Path, Sequence[str]], None]:
    """What makes a tar archive of Debian with further packages: mmdebstrap(1), unpacked in ``folder``."""
    if os.geteuid() != 0:
        raise Problem("make engine", "stand-ins for base images can be made by root alone", "root, or a registry")
    debian.fetch(SUITE, ["download", "mmdebstrap"], folder / "apt")
    package = next((folder / "apt").rglob("*.deb"))
    debian.run(["dpkg-deb", "--extract", str(package), str(folder)], "mmdebstrap can't be unpacked")
    programs = folder / "usr" / "bin"

    def make(tar: Path, packages: Sequence[str]) -> None:
        command = ["perl", str(programs / "mmdebstrap"), "--variant=minbase", "--mode=root", "--format=tar"]
        command += [f"--dpkgopt={option}" for option in SLIM] + [f"--include={package}" for package in packages]
        env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(folder)}
        debian.run([*command, SUITE, str(tar), debian.address()], f"{SUITE} can't be made", env)

    return make


def _load(client: list[str], tar: Path, image: str, *changes: str) -> None:
    said = [part for change in (*changes, f'LABEL stand-in="{image}"') for part in ("--change", change)]
    _run([*client, "import", *said, str(tar), image])


def _run(command: list[str]) -> None:
    try:
        debian.run(command, f"{Path(command[0]).name} fails")
    except (OSError, subprocess.SubprocessError) as error:
        raise Problem("make engine", str(error), "a program that runs") from None
