"""The way to PyPI as the user's pip has it: address, login, proxy, certificates, patience."""

from __future__ import annotations

import functools
import netrc
import os
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import unquote, urlsplit, urlunsplit

import certifi
import httpx
from pip._internal.models.index import PyPI

from harness.machine import pip_config
from harness.machine.pip_config import WHERE
from harness.problem import Problem

LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=8)
SECONDS, CONNECTING = 30.0, 10.0  # seconds for an answer, and for a connection, where pip has no setting
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # what pip looks at, too


@dataclass(frozen=True)
class Address:
    """An index: its ``url`` without login and final slash, its ``login``, and ``words`` for it in messages."""

    url: str
    login: tuple[str, str] | None
    words: str

    @property
    def key(self) -> str:
        """A folder's name of its own, the same for every spelling of login and final slash."""
        return f"{urlsplit(self.url).hostname}-{sha256(self.url.encode()).hexdigest()[:8]}"

    def page(self, name: str) -> str:
        """Where the index has the page of a project (PEP 503)."""
        return f"{self.url}/{name}/"

    def document(self, name: str) -> str:
        """Where mirrors have PyPI's project JSON: beside ``simple``, or below an index that has another form."""
        parent, _, last = self.url.rpartition("/")
        return f"{parent}/pypi/{name}/json" if last in ("simple", "+simple") else f"{self.url}/{name}/json"

    def auth(self, url: str) -> tuple[str, str] | None:
        """The login for ``url``, which other hosts than the index's own don't get."""
        same = urlsplit(url)[:1] == urlsplit(self.url)[:1] and urlsplit(url).netloc == urlsplit(self.url).netloc
        return self.login if same else None


def address(registry: Mapping[str, str], offline: bool) -> Address:
    """The index of the user's pip; raises Problem for one that can't be asked, unless nothing is to be asked of it."""
    try:
        given = pip_config.index(registry)
    except Problem:
        if not offline:
            raise
        given = ""
    parts = urlsplit(given or PyPI.simple_url)
    netloc = parts.netloc.rpartition("@")[2]
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else _netrc(netloc)
    url = urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))
    return Address(url, login, f"{url} (index-url in {WHERE})" if given else f"{url} (PyPI itself)")


def _netrc(netloc: str) -> tuple[str, str] | None:
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(netloc.partition(":")[0])
    except (OSError, netrc.NetrcParseError):
        return None
    return (found[0], found[2]) if found else None


def client(registry: Mapping[str, str]) -> httpx.AsyncClient:
    """A client with proxy, certificates and patience of the user's pip; raises Problem for what can't be used."""
    proxy = registry.get("proxy", "")
    proxy = proxy if not proxy or "://" in proxy else f"http://{proxy}"
    seconds = _number(registry, "timeout") or _number(registry, "default-timeout")
    try:
        mounts = {
            f"all://{host}": httpx.AsyncHTTPTransport(
                verify=_context(registry, trusted=True), proxy=proxy or _proxy(host), limits=LIMITS
            )
            for host in registry.get("trusted-host", "").split()
        }
        return httpx.AsyncClient(
            follow_redirects=True,
            timeout=httpx.Timeout(seconds or SECONDS, connect=seconds or CONNECTING),
            limits=LIMITS,
            proxy=proxy or None,
            mounts=mounts,
            verify=_context(registry),
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        shown = {name: pip_config.hidden(registry[name]) for name in ("proxy", "trusted-host") if name in registry}
        raise Problem(WHERE, f"{shown} can't be used: {error}", "an HTTP proxy, and names of hosts") from None


def attempts(registry: Mapping[str, str], usual: int) -> int:
    """How often something is asked for before it counts as unreachable."""
    return 1 + int(_number(registry, "retries")) if "retries" in registry else usual


def _number(registry: Mapping[str, str], name: str) -> float:
    value = registry.get(name, "0")
    try:
        return float(value)
    except ValueError:
        raise Problem(WHERE, f"{name} = {value!r}", "a number") from None


def _proxy(host: str) -> str | None:
    """The proxy that the environment names for ``host``."""
    return None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get("https")


def _context(registry: Mapping[str, str], trusted: bool = False) -> ssl.SSLContext:
    """Trusts what pip trusts: its ``cert``, else a bundle of the environment, else the system's and certifi's."""
    bundle = registry.get("cert") or next((os.environ[name] for name in BUNDLES if os.environ.get(name)), "")
    system = [os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")]
    return _trusting(bundle, registry.get("client-cert", ""), trusted, *system)


@functools.cache
def _trusting(bundle: str, mine: str, trusted: bool, *system: str | None) -> ssl.SSLContext:
    """Made once: to read all authorities takes long. ``system`` has OpenSSL's variables for where it finds its own."""
    try:
        if not bundle:
            context = ssl.create_default_context()
            context.load_verify_locations(certifi.where())
        elif os.path.isdir(bundle):
            context = ssl.create_default_context(capath=bundle)
        else:
            context = ssl.create_default_context(cafile=bundle)
        if mine:
            context.load_cert_chain(mine)
    except OSError as error:  # ssl.SSLError is one
        found = ", ".join(f"{name} = {path!r}" for name, path in (("cert", bundle), ("client-cert", mine)) if path)
        raise Problem(WHERE, f"{found} can't be used: {error}", "files of certificates in PEM form") from None
    if trusted:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
