"""A throwaway certificate authority, and a certificate for whatever host a client asks for."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

HOSTS_AT_MOST = 1000  # certificates kept; a client that asks for more names than this gets the first one


class Authority:
    """Lives as long as the gateway; its private key never leaves the process's memory."""

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="The guide's world")
        self._contexts: dict[str, ssl.SSLContext] = {}

    def write(self, path: Path) -> None:
        """Write the authority's certificate as a PEM bundle."""
        self._authority.cert_pem.write_to_path(str(path))

    def context(self) -> ssl.SSLContext:
        """A server's context that answers for every name (RFC 6066, server name indication)."""
        context = self._made("localhost")
        context.sni_callback = self._choose
        return context

    def _made(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        self._authority.issue_cert(host).configure_cert(context)
        return context

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> int | None:
        if not name:
            return None
        if name not in self._contexts and len(self._contexts) < HOSTS_AT_MOST:
            try:
                self._contexts[name] = self._made(name)
            except ValueError:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        if name in self._contexts:
            connection.context = self._contexts[name]
        return None
