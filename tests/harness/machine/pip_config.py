"""This machine's way to PyPI, as the user configured it for pip: index, proxy, certificates. Standard library only.

Every file that is installed has its hash in a lock, so a mirror can only be slow or incomplete, never a risk.
What changes *how* pip installs (target, user, constraint, no-binary, …) is not taken over: it would break the set-up.
"""

from __future__ import annotations

import ast
import functools
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from harness import once
from harness.problem import Problem

WHERE = "the user's pip configuration"
KEPT = (
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "trusted-host",
    "proxy",
    "cert",
    "client-cert",
    "timeout",
    "default-timeout",
    "retries",
    "keyring-provider",
    "cache-dir",
    "no-cache-dir",
)
SECTIONS = ("global", "install", ":env:")  # the later one wins, as in pip
OWN = ("UV_DEFAULT_INDEX", "UV_SYSTEM_CERTS", "UV_NATIVE_TLS")  # uv's own variables for the same, which win
PLACES = ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "APPDATA", "PROGRAMDATA")  # where pip looks for its files
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__")


def settings(listing: str) -> dict[str, str]:
    """The kept settings out of what ``pip config list`` prints: lines ``section.name='value'``.

    Folders of packages count only where they are all that the user has; further indexes only where they are hosts.
    """
    found: dict[str, str] = {}
    lines = [line.partition("=") for line in listing.splitlines()]
    for section in SECTIONS:
        for key, _, value in lines:
            where, _, name = key.rpartition(".")
            if where == section and name in KEPT:
                found[name] = str(ast.literal_eval(value))
    if not enabled(found.get("no-index", "")):
        found.pop("find-links", None)
    extra = [address for address in found.pop("extra-index-url", "").split() if address.startswith("http")]
    return found | ({"extra-index-url": " ".join(extra)} if extra else {})


def enabled(value: str) -> bool:
    return value.lower() in ("1", "true", "yes", "on")


def configured(python: str | Path) -> dict[str, str]:
    """The settings of the user's pip configuration, read by the pip of ``python``; empty where there is no pip.

    Raises Problem where pip itself can't read it.
    """
    heeded = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name in PLACES}
    return dict(_asked(str(python), tuple(sorted(heeded.items()))))


@functools.cache
def _asked(python: str, heeded: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """What pip says, asked once while the variables are the same that name its files and settings."""
    command = [python, "-m", "pip", "config", "list"]
    env = cleared(os.environ) | {"PIP_USER": "0"}  # `user = true` would be taken for "list the user's file only"
    done = once.quiet(command, env)
    if done.returncode and "No module named pip" not in done.stderr:
        said = hidden((done.stderr.strip().splitlines() or ["nothing"])[-1])
        raise Problem(WHERE, f"pip says: {said}", "a configuration that `pip config list` reads")
    return {} if done.returncode else settings(done.stdout)


def index(found: Mapping[str, str]) -> str:
    """The index that pip asks first, empty where it is PyPI itself; raises Problem for one that HTTP doesn't reach."""
    if enabled(found.get("no-index", "")):
        setting, given = "no-index", found["no-index"]
    else:
        setting, given = "index-url", found.get("index-url", "")
        try:
            parts = urlsplit(given)
            if not given or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0):
                return given
        except ValueError:  # a port that is none, say
            pass
    todo = "name one with `pip config set global.index-url …`, or run from what is recorded with OFFLINE=1"
    expected = "an index that pages can be recorded from, such as https://host/simple"
    raise Problem(WHERE, f"{setting} = {hidden(given)}", expected, todo)


def hidden(addresses: str) -> str:
    """``addresses`` without the logins in them."""
    return re.sub(r"(?<=://)[^/\s]*@|^[^/:\s]+:[^/\s]*@", "****@", addresses)


def uv() -> str:
    """The uv program of the harness' environment; starting it directly saves a start of Python each time."""
    from uv import find_uv_bin  # not there yet while the environment is being made

    return find_uv_bin()


def cleared(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` without what would send Python to other packages than those of the interpreter that is started."""
    return {name: value for name, value in environ.items() if name not in FOREIGN}


def for_pip(found: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a pip that knows the way to PyPI and nothing else of the user's configuration."""
    env = {name: value for name, value in cleared(environ).items() if not name.startswith("PIP_")}
    env |= {"PIP_" + name.upper().replace("-", "_"): value for name, value in found.items()}
    return env | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that ``for_pip`` put into an environment."""
    names = {"PIP_" + name.upper().replace("-", "_"): name for name in KEPT}
    return {name: environ[variable] for variable, name in names.items() if variable in environ}


def for_uv(found: Mapping[str, str], environ: Mapping[str, str], cache: Path) -> dict[str, str]:
    """The same for uv, which doesn't read pip's configuration; ``cache`` is the folder that its downloads go to.

    Source of the names: uv's reference of environment variables.
    """
    env = {name: value for name, value in cleared(environ).items() if not name.startswith(("PIP_", "UV_"))}
    env |= {"UV_CACHE_DIR": str(cache), "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}
    named = {
        "index-url": "UV_DEFAULT_INDEX",
        "trusted-host": "UV_INSECURE_HOST",
        "keyring-provider": "UV_KEYRING_PROVIDER",
        "client-cert": "SSL_CLIENT_CERT",
    }
    env |= {variable: found[name] for name, variable in named.items() if name in found}
    if found.get("keyring-provider") not in (None, "subprocess"):
        del env["UV_KEYRING_PROVIDER"]  # uv knows no other one
    if "find-links" in found:
        env |= {"UV_NO_INDEX": "1", "UV_FIND_LINKS": ",".join(found["find-links"].split())}
    if "extra-index-url" in found:  # pip looks in all of them; the locks' hashes make that safe here
        env |= {"UV_INDEX": found["extra-index-url"], "UV_INDEX_STRATEGY": "unsafe-best-match"}
    if "timeout" in found or "default-timeout" in found:
        env["UV_HTTP_TIMEOUT"] = found.get("timeout") or found["default-timeout"]
    if "cert" in found:
        env.setdefault("SSL_CERT_FILE", found["cert"])
    if "proxy" in found:
        env.setdefault("HTTPS_PROXY", found["proxy"])
        env.setdefault("HTTP_PROXY", found["proxy"])
    return env | {name: environ[name] for name in OWN if name in environ}
