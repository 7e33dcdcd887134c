"""What every sandbox of a run is given: tools, Pythons, its own /etc, and the page's whole environment."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.machine.needs.need import Gift, Target
from harness.machine.pythons import Interpreter
from harness.problem import Problem
from harness.sandbox.isolation import Level
from harness.sandbox.mounts import HOME, Mount

ASIDE = "/opt/guide"  # where a sandbox sees what the harness gives it for itself
QUIET = {
    # what a reader's terminal would show in colour, in motion or by chance; no setting that changes what a tool does
    "NO_COLOR": "1",
    "TERM": "dumb",
    "COLUMNS": "80",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PIP_PROGRESS_BAR": "off",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "UV_NO_PROGRESS": "1",
    "PIPENV_NOSPIN": "1",
    "PDM_CHECK_UPDATE": "false",
    "VIRTUALENV_NO_PERIODIC_UPDATE": "1",  # else it looks for newer pips in the background, whenever that ends
    # neither would find its host in the world: an interpreter download is not what pages are about
    "UV_PYTHON_DOWNLOADS": "never",
}
ONE_AT_A_TIME = {
    # tools that install several packages at once name them in whichever order they end; measurements are without it
    "PDM_INSTALL_PARALLEL": "false",
    "POETRY_INSTALLER_MAX_WORKERS": "1",
}


class Link(Protocol):
    """The sandbox's way into the world (harness.world)."""

    @property
    def forwarder(self) -> list[str]: ...

    def proxy(self) -> str: ...

    def publish(self, port: int, target: Target) -> None: ...

    def started(self, own_network: bool) -> None: ...


@dataclass(frozen=True)
class Equipment:
    """What every sandbox of a run is given.

    ``tools`` is the folder with ``bin/``; ``etc`` is made by :func:`configuration`; ``run`` is private to the run;
    ``interpreters`` go by minor version, and ``pythons`` are their mounts; ``certificate`` is a PEM bundle.
    """

    level: Level
    run: Path
    etc: Path
    tools: Path
    interpreters: dict[str, Interpreter]
    pythons: tuple[Mount, ...]
    certificate: Path


def configuration(folder: Path) -> Path:
    """Write the sandbox's /etc: one user, one host, names from the world's forwarder, the linker's cache."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "passwd").write_text(f"root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000:user:{HOME}:/bin/bash\n")
    (folder / "group").write_text("root:x:0:\nuser:x:1000:\n")
    (folder / "hosts").write_text("127.0.0.1 localhost laptop\n::1 localhost\n")
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    (folder / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    for name in ("ld.so.cache", "ld.so.conf", "mime.types", "services", "protocols"):
        with contextlib.suppress(OSError):
            shutil.copy(Path("/etc", name), folder / name)
    with contextlib.suppress(OSError):  # cc, awk and others are links through this folder on Debian
        (folder / "alternatives").mkdir()
        for link in filter(Path.is_symlink, Path("/etc/alternatives").iterdir()):
            (folder / "alternatives" / link.name).symlink_to(os.readlink(link))
    with contextlib.suppress(OSError):
        (folder / "os-release").symlink_to("../usr/lib/os-release")
    return folder


def environment(
    equipment: Equipment, link: Link, python: str, home: str, aside: str, temporary: str, gift: Gift
) -> dict[str, str]:
    """All of the page's environment: nothing comes through from the machine but what its needs give.

    ``python`` (a minor version) comes first on PATH; ``aside`` holds the CA bundle; ``temporary`` is for plain runs.
    Raises Problem where a need gives a variable that the page has already.
    """
    plain, pythons = equipment.level == "plain", equipment.interpreters
    order = [python, *(m for m in sorted(pythons, key=_minor, reverse=True) if m != python)]
    places = [str(pythons[m].executable.parent) if plain else f"/opt/python/{m}/bin" for m in order if m in pythons]
    tools = str(equipment.tools / "bin") if plain else "/opt/tools/bin"
    path = [f"{home}/.local/bin", tools, *places, *gift.programs, "/usr/bin", "/bin"]
    bundle = f"{aside}/ca.pem"
    env = {
        **QUIET,
        **ONE_AT_A_TIME,
        "HOME": home,
        "USER": "user",
        "LOGNAME": "user",
        "SHELL": "/bin/bash",
        "PATH": os.pathsep.join(path),
        "SSL_CERT_FILE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "GIT_SSL_CAINFO": bundle,
    }
    if plain:
        proxy, local = link.proxy(), "localhost,127.0.0.1"
        # one spelling each, so that a page can change it: curl knows http_proxy in lower case alone
        env |= {"HTTPS_PROXY": proxy, "http_proxy": proxy, "NO_PROXY": local, "no_proxy": local, "TMPDIR": temporary}
        env["XDG_CONFIG_DIRS"] = str(equipment.etc / "xdg")  # pip and uv read the machine's /etc/xdg
        if sys.platform == "win32":
            env |= {k: v for k, v in os.environ.items() if k.upper() in ("SYSTEMROOT", "COMSPEC", "PATHEXT")}
    if taken := sorted(env.keys() & gift.variables.keys()):
        raise Problem("needs", f"a need gives {', '.join(taken)}", "variables that the page doesn't have already")
    given = {**env, **gift.variables}
    return _unmounted(given, gift, aside) if plain else given


def _unmounted(given: Mapping[str, str], gift: Gift, aside: str) -> dict[str, str]:
    """Variables where nothing can be mounted: they name the machine's paths."""
    values = dict(given)
    for source, target in (*gift.mounts, (aside, ASIDE)):
        values = {name: value.replace(target, str(source)) for name, value in values.items()}
    return values


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
