"""Stand-ins for base images, made on this machine where no registry answers: a tar archive and settings for each.

Debian is made by mmdebstrap(1) from its packages, Python is this machine's of the same minor version, uv is of its
wheel on PyPI, PostgreSQL, Redis and the registry of images are Debian's. The two of Python are put together as
docker-library/python does it (Dockerfile-linux.template, buildpack-deps): packages, variables, links, and what is
removed. What a real image does at its start is in a script beside this one, after its documentation (docker-library's
``postgres`` and ``redis``).
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness.machine import debian, pip_config
from harness.machine.pythons import Interpreter
from harness.problem import Problem

SUITE, RELEASE = "trixie", "Debian 13"
DEBIAN, UV = f"debian:{SUITE}-slim", "ghcr.io/astral-sh/uv"
PYTHON, FULL = "python:3.13-slim", "python:3.13"
POSTGRES, REDIS, REGISTRY = "postgres:17", "redis:8", "registry:2"
FRONTEND = "docker/dockerfile:1"
SOURCES = "/etc/apt/sources.list.d/debian.sources"  # where Debian's and Python's images have it
MINOR = "3.13"
SCRIPTS = Path(__file__).with_name("scripts")
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
# without the suites of updates, whose lists hold for a week: no build could run offline after it
SUITES = f"""\
Types: deb
URIs: {{}}
Suites: {SUITE}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
SLIM = ("path-exclude=/usr/share/man/*", "path-exclude=/usr/share/doc/*", "path-exclude=/usr/share/locale/*")
PROGRAMS = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
REMOVED = ("test", "tests", "idle_test", "*.pyc", "*.pyo", "libpython*.a")  # of Python, by docker-library
# what Python installs beside its library, by its minor version
BESIDE = (
    *("bin/idle3", "bin/idle{}", "bin/pydoc3", "bin/pydoc{}", "bin/python3-config", "bin/python{}-config"),
    *("lib/libpython*.so*", "lib/pkgconfig/python*.pc", "share/man/man1/python*"),
)
NAMED = ("idle3", "pip3", "pydoc3", "python3", "python3-config")  # each also without its 3
KEY = "7169605F62C751356D054A26A821E680E5FA6305"  # who signs the releases of MINOR (PEP 719)


@dataclass(frozen=True)
class StandIn:
    """``tar`` is the image's one layer, ``settings`` are instructions of a Dockerfile (docker-import(1), --change)."""

    image: str
    tar: Path
    settings: tuple[str, ...]


def make(folder: Path, python: Interpreter, uv: str) -> list[StandIn]:
    """Make all of them in ``folder``. Raises Problem where that isn't possible here."""
    if os.geteuid() != 0:
        raise Problem("make engine", "stand-ins for base images can be made by root alone", "root, or a registry")
    bootstrap = _mmdebstrap(folder / "mmdebstrap")
    jobs: list[Callable[[], StandIn]] = [
        lambda: _full(bootstrap, folder / "full", python),
        lambda: _postgres(bootstrap, folder / "postgres"),
        lambda: _slim(bootstrap, folder / "python", python),
        lambda: _debian(bootstrap, folder / "debian"),
        lambda: _redis(bootstrap, folder / "redis"),
        lambda: _uv(folder / "uv", uv),
        lambda: _registry(folder / "registry"),
    ]
    with ThreadPoolExecutor(2) as pool:
        return [job.result() for job in [pool.submit(job) for job in jobs]]


Bootstrap = Callable[..., Path]


def _mmdebstrap(folder: Path) -> Bootstrap:
    """What makes Debian's root in a folder, with further packages and options: mmdebstrap, unpacked in ``folder``."""
    debian.fetch(SUITE, ["download", "mmdebstrap"], folder / "apt")
    package = next((folder / "apt").rglob("*.deb"))
    debian.run(["dpkg-deb", "--extract", str(package), str(folder)], "mmdebstrap can't be unpacked")
    programs = folder / "usr" / "bin"
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(folder)}
    source = debian.address()

    def bootstrap(place: Path, *packages: str, hook: str = "", slim: bool = True) -> Path:
        place.mkdir()
        command = ["perl", str(programs / "mmdebstrap"), "--variant=minbase", "--mode=root", "--format=directory"]
        command += [f"--dpkgopt={option}" for option in ("force-confold", *(SLIM if slim else ()))]
        command += [f"--include={package}" for package in packages]
        command += [f"--essential-hook={hook}"] if hook else []
        debian.run([*command, SUITE, str(place / "root"), source], f"{SUITE} can't be made", env)
        for named in ("sources.list", "sources.list.d"):  # its address is this machine's
            path = place / "root" / "etc" / "apt" / named
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        sources = place / "root" / SOURCES.lstrip("/")
        sources.parent.mkdir()
        sources.write_text(SUITES.format(_usual(programs / "mmdebstrap")), encoding="utf-8")
        return place / "root"

    return bootstrap


def _usual(program: Path) -> str:
    """Debian's own address, which mmdebstrap takes where it is given none, as Debian's image does."""
    found = re.search(r"^ *my \$mirror *= '(\S+)';", program.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Problem("make engine", "mmdebstrap names no archive of Debian's", "the one that images have")
    return found[1]


def _debian(bootstrap: Bootstrap, folder: Path) -> StandIn:
    return _packed(DEBIAN, bootstrap(folder), f"ENV {PROGRAMS}", 'CMD ["bash"]')


def _slim(bootstrap: Bootstrap, folder: Path, python: Interpreter) -> StandIn:
    root = bootstrap(folder, *LIBRARIES)
    _cpython(root, python)
    if strip := shutil.which("strip"):  # the real image is linked with --strip-all, the full one isn't
        local = root / "usr" / "local"
        built = [local / "bin" / f"python{python.minor}", *local.rglob("*.so*")]
        names = [str(path) for path in built if not path.is_symlink()]
        debian.run([strip, "--strip-all", *names], "its symbols can't be removed")
    return _packed(PYTHON, root, *_settings(python))


def _full(bootstrap: Bootstrap, folder: Path, python: Interpreter) -> StandIn:
    root = bootstrap(folder, *LIBRARIES, *BUILDING, slim=False)
    _cpython(root, python)
    return _packed(FULL, root, *_settings(python))


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


def _uv(folder: Path, version: str) -> StandIn:
    """uv's programs alone, which need no libraries: those of its wheel for musl."""
    root = folder / "root"
    root.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--platform", f"musllinux_1_1_{platform.machine()}", "--dest", str(folder), f"uv=={version}"]
    debian.run(command, "uv can't be fetched", pip_config.for_pip(pip_config.configured(sys.executable), os.environ))
    with zipfile.ZipFile(next(folder.glob("uv-*.whl"))) as wheel:
        for name in wheel.namelist():
            if name.endswith(("/scripts/uv", "/scripts/uvx")):
                (root / Path(name).name).write_bytes(wheel.read(name))
                (root / Path(name).name).chmod(0o755)
    return _packed(f"{UV}:{version}", root, 'ENTRYPOINT ["/uv"]', "WORKDIR /io")


def _postgres(bootstrap: Bootstrap, folder: Path) -> StandIn:
    home = "/var/lib/postgresql"
    hook = (
        f"echo postgres:x:999:999::{home}:/bin/bash >>$1/etc/passwd; echo postgres:x:999: >>$1/etc/group; "
        "mkdir -p $1/etc/postgresql-common; "
        "echo create_main_cluster = false >$1/etc/postgresql-common/createcluster.conf"
    )
    root = bootstrap(folder, "postgresql-17", hook=hook)
    with (root / "usr/share/postgresql/17/postgresql.conf.sample").open("a", encoding="utf-8") as sample:
        sample.write("listen_addresses = '*'\n")
    _started(root, "postgres", (f"{home}/data", 0o1777), ("/run/postgresql", 0o3777))
    (root / "docker-entrypoint-initdb.d").mkdir()
    path = PROGRAMS + ":/usr/lib/postgresql/17/bin"
    settings = (f"ENV {path}", "ENV LANG=C.UTF-8", "ENV PG_MAJOR=17", f"ENV PGDATA={home}/data", f"VOLUME {home}/data")
    return _packed(POSTGRES, root, *settings, *_starting("postgres"), "STOPSIGNAL SIGINT", "EXPOSE 5432")


def _redis(bootstrap: Bootstrap, folder: Path) -> StandIn:
    hook = "echo redis:x:999:999::/data:/bin/sh >>$1/etc/passwd; echo redis:x:999: >>$1/etc/group"
    root = bootstrap(folder, "redis-server", "redis-tools", hook=hook)
    _started(root, "redis", ("/data", 0o755))
    return _packed(REDIS, root, *_starting("redis-server"), "VOLUME /data", "WORKDIR /data", "EXPOSE 6379")


def _registry(folder: Path) -> StandIn:
    """The program that the image ``registry`` runs, and the C library that Debian's build of it needs."""
    debian.fetch(SUITE, ["download", "docker-registry", "libc6"], folder / "apt")
    root = folder / "root"
    root.mkdir()
    for package in (folder / "apt").rglob("*.deb"):
        debian.run(["dpkg-deb", "--extract", str(package), str(root)], f"{package.name} can't be unpacked")
    shutil.rmtree(root / "usr" / "share")
    for name in ("lib", "lib64"):  # the packages leave the links of a merged /usr to the system
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    (root / "tmp").mkdir(mode=0o1777)
    config = root / "etc" / "docker" / "registry" / "config.yml"
    shutil.copy(SCRIPTS / "registry.yml", config)
    settings = ('ENTRYPOINT ["docker-registry", "serve"]', f'CMD ["/{config.relative_to(root)}"]', f"ENV {PROGRAMS}")
    return _packed(REGISTRY, root, *settings, "VOLUME /var/lib/registry", "EXPOSE 5000")


def _started(root: Path, name: str, *folders: tuple[str, int]) -> None:
    """Put the script that such an image starts with into it, and its user's folders."""
    script = root / "usr" / "local" / "bin" / "docker-entrypoint.sh"
    shutil.copy(SCRIPTS / f"{name}.sh", script)
    script.chmod(0o755)
    for folder, mode in folders:
        place = root / folder.lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(mode)
        os.chown(place, 999, 999)


def _starting(command: str) -> tuple[str, str]:
    return 'ENTRYPOINT ["docker-entrypoint.sh"]', f'CMD ["{command}"]'


def _packed(image: str, root: Path, *settings: str) -> StandIn:
    tar = root.with_suffix(".tar")
    debian.run(["tar", "--create", "--file", str(tar), "--directory", str(root), "--numeric-owner", "."], "no archive")
    shutil.rmtree(root)
    return StandIn(image, tar, (*settings, f'LABEL stand-in="{image}"'))


def frontend(folder: Path) -> None:
    """The context of a build that makes, on the stand-in of Python, the image that ``# syntax=`` lines name."""
    packages = folder / "packages"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(packages), "--only-binary", ":all:"]
    command += ["--python-version", MINOR, "grpcio"]
    env = pip_config.for_pip(pip_config.configured(sys.executable), os.environ)
    debian.run(command, "gRPC's package can't be fetched", env)
    shutil.copy(SCRIPTS / "frontend.py", folder)
    start = 'ENTRYPOINT ["python3", "/frontend.py"]'
    lines = [f"FROM {PYTHON}", "COPY packages /packages", "COPY frontend.py /", "ENV PYTHONPATH=/packages", start]
    label = f'LABEL stand-in="{FRONTEND}" moby.buildkit.frontend.network.none="true"'
    (folder / "Dockerfile").write_text("\n".join([*lines, label, ""]), encoding="utf-8")
