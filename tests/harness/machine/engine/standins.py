"""Stand-ins for base images, made on this machine where no registry answers: a tar archive and settings for each.

Those of Python are in :mod:`.cpython`; uv is of its wheel on PyPI, PostgreSQL, Redis and the registry of images are
Debian's. What a real image does at its start is in a script beside this one, after its documentation (docker-library's
``postgres`` and ``redis``).
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.machine import debian, pip_config
from harness.machine.engine import cpython
from harness.machine.engine.cpython import MINOR, PYTHON
from harness.machine.engine.rootfs import PROGRAMS, SUITE, Bootstrap, StandIn, mmdebstrap, packed
from harness.machine.pythons import Interpreter
from harness.problem import Problem

DEBIAN, UV = f"debian:{SUITE}-slim", "ghcr.io/astral-sh/uv"
POSTGRES, REDIS, REGISTRY = "postgres:17", "redis:8", "registry:2"
FRONTEND = "docker/dockerfile:1"
SCRIPTS = Path(__file__).with_name("scripts")


def make(folder: Path, python: Interpreter, uv: str) -> list[StandIn]:
    """Make all of them in ``folder``. Raises Problem where that isn't possible here."""
    if os.geteuid() != 0:
        raise Problem("make engine", "stand-ins for base images can be made by root alone", "root, or a registry")
    bootstrap = mmdebstrap(folder / "mmdebstrap")
    jobs: list[Callable[[], StandIn]] = [
        lambda: cpython.full(bootstrap, folder / "full", python),
        lambda: _postgres(bootstrap, folder / "postgres"),
        lambda: cpython.slim(bootstrap, folder / "python", python),
        lambda: _debian(bootstrap, folder / "debian"),
        lambda: _redis(bootstrap, folder / "redis"),
        lambda: _uv(folder / "uv", uv),
        lambda: _registry(folder / "registry"),
    ]
    with ThreadPoolExecutor(2) as pool:
        return [job.result() for job in [pool.submit(job) for job in jobs]]


def _debian(bootstrap: Bootstrap, folder: Path) -> StandIn:
    return packed(DEBIAN, bootstrap(folder), f"ENV {PROGRAMS}", 'CMD ["bash"]')


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
    return packed(f"{UV}:{version}", root, 'ENTRYPOINT ["/uv"]', "WORKDIR /io")


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
    return packed(POSTGRES, root, *settings, *_starting("postgres"), "STOPSIGNAL SIGINT", "EXPOSE 5432")


def _redis(bootstrap: Bootstrap, folder: Path) -> StandIn:
    hook = "echo redis:x:999:999::/data:/bin/sh >>$1/etc/passwd; echo redis:x:999: >>$1/etc/group"
    root = bootstrap(folder, "redis-server", "redis-tools", hook=hook)
    _started(root, "redis", ("/data", 0o755))
    return packed(REDIS, root, *_starting("redis-server"), "VOLUME /data", "WORKDIR /data", "EXPOSE 6379")


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
    return packed(REGISTRY, root, *settings, "VOLUME /var/lib/registry", "EXPOSE 5000")


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
