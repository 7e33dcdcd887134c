"""The stand-ins for the images of Python: Debian with this machine's Python of the same minor version.

They are put together as docker-library/python does it (Dockerfile-linux.template, buildpack-deps): packages, variables,
links, and what is removed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from harness.machine import debian
from harness.machine.engine.rootfs import PROGRAMS, RELEASE, Bootstrap, StandIn, packed
from harness.machine.pythons import Interpreter

PYTHON, FULL = "python:3.13-slim", "python:3.13"
MINOR = "3.13"
# what the real images of Python bring beside Debian's own, and what CPython's modules are linked to
LIBRARIES = (
    *("ca-certificates", "netbase", "tzdata"),
    *("libbz2-1.0", "libffi8", "libgdbm6t64", "liblzma5", "libncursesw6", "libreadline8t64", "libsqlite3-0"),
    *("libssl3t64", "libuuid1", "zlib1g"),
)
# the packages of docker-library's buildpack-deps (curl, scm, and its own), and what the full image adds to them
BUILDING = (
    *("ca-certificates", "curl", "gnupg", "netbase", "sq", "wget"),
    *("git", "mercurial", "openssh-client", "procps", "subversion"),
    *("autoconf", "automake", "bzip2", "default-libmysqlclient-dev", "dpkg-dev", "file", "g++", "gcc", "imagemagick"),
    *("libbz2-dev", "libc6-dev", "libcurl4-openssl-dev", "libdb-dev", "libevent-dev", "libffi-dev", "libgdbm-dev"),
    *("libglib2.0-dev", "libgmp-dev", "libjpeg-dev", "libkrb5-dev", "liblzma-dev", "libmagickcore-dev"),
    *("libmagickwand-dev", "libmaxminddb-dev", "libncurses5-dev", "libncursesw5-dev", "libpng-dev", "libpq-dev"),
    *("libreadline-dev", "libsqlite3-dev", "libssl-dev", "libtool", "libwebp-dev", "libxml2-dev", "libxslt-dev"),
    *("libyaml-dev", "make", "patch", "unzip", "xz-utils", "zlib1g-dev"),
    *("libbluetooth-dev", "tk-dev", "tzdata", "uuid-dev"),
)
REMOVED = ("test", "tests", "idle_test", "*.pyc", "*.pyo", "libpython*.a")  # of Python, by docker-library
# what Python installs beside its library, by its minor version
BESIDE = (
    *("bin/idle3", "bin/idle{}", "bin/pydoc3", "bin/pydoc{}", "bin/python3-config", "bin/python{}-config"),
    *("lib/libpython*.so*", "lib/pkgconfig/python*.pc", "share/man/man1/python*"),
)
NAMED = ("idle3", "pip3", "pydoc3", "python3", "python3-config")  # each also without its 3
KEY = "7169605F62C751356D054A26A821E680E5FA6305"  # who signs the releases of MINOR (PEP 719)


def slim(bootstrap: Bootstrap, folder: Path, python: Interpreter) -> StandIn:
    root = bootstrap(folder, *LIBRARIES)
    _cpython(root, python)
    if strip := shutil.which("strip"):  # the real image is linked with --strip-all, the full one isn't
        local = root / "usr" / "local"
        built = [local / "bin" / f"python{python.minor}", *local.rglob("*.so*")]
        names = [str(path) for path in built if not path.is_symlink()]
        debian.run([strip, "--strip-all", *names], "its symbols can't be removed")
    return packed(PYTHON, root, *_settings(python))


def full(bootstrap: Bootstrap, folder: Path, python: Interpreter) -> StandIn:
    root = bootstrap(folder, *LIBRARIES, *BUILDING, slim=False)
    _cpython(root, python)
    return packed(FULL, root, *_settings(python))


def _settings(python: Interpreter) -> tuple[str, ...]:
    """What docker-library's images of this minor version set; the digest of its sources is of another build."""
    path = PROGRAMS.replace("=", "=/usr/local/bin:", 1)
    return f"ENV {path}", f"ENV GPG_KEY={KEY}", f"ENV PYTHON_VERSION={python.version}", 'CMD ["python3"]'


def _cpython(root: Path, python: Interpreter) -> None:
    """Put this machine's Python into /usr/local, where the real images have their own, as they have it."""
    prefix, minor, local = python.prefix, python.minor, root / "usr" / "local"
    standard = Path("lib", f"python{minor}")
    left_out = shutil.ignore_patterns("site-packages", *REMOVED)
    for part, ignored in (standard, left_out), (Path("include", f"python{minor}"), None):
        shutil.copytree(prefix / part, local / part, True, ignored, dirs_exist_ok=True)  # Debian has a folder there
    (local / standard / "site-packages").mkdir()
    for pattern in BESIDE:
        for path in prefix.glob(pattern.format(minor)):
            target = local / path.relative_to(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target, follow_symlinks=False)
    shutil.copy2(python.executable, local / "bin" / f"python{minor}")
    (local / "bin" / "python3").symlink_to(f"python{minor}")
    naming = ("bin/*", "lib/pkgconfig/*", f"{standard}/_sysconfig*.py", f"{standard}/config-*/*")
    for path in [path for pattern in naming for path in local.glob(pattern) if not path.is_symlink()]:
        text = path.read_bytes()
        if not text.startswith(b"\x7fELF"):
            path.write_bytes(text.replace(os.fsencode(prefix), b"/usr/local"))
    chroot = ["chroot", str(root), "/usr/bin/env", "-i", PROGRAMS]
    debian.run([*chroot, "ldconfig"], "its libraries can't be found")
    debian.run([*chroot, "python3", "-m", "ensurepip"], f"Python {python.version} doesn't run on {RELEASE}")
    for path in list(local.rglob("*.pyc")):
        path.unlink()
    for name in NAMED:
        (local / "bin" / name.replace("3", "", 1)).symlink_to(name)
