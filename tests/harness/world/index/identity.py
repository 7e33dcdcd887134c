"""Identity tokens of CI jobs: JSON Web Tokens, signed with RS256 (RFC 7519), by a key that each sandbox makes."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

LIFE = 300  # seconds


class Untrusted(Exception):
    """The text isn't an identity token that counts; ``code`` and ``description`` as PyPI has them."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


@dataclass
class Issuer:
    """One that signs, ``name`` being its address (the claim ``iss``)."""

    name: str
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))

    def sign(self, claims: Mapping[str, object], audience: str) -> str:
        now = int(time.time())
        own = {"iss": self.name, "aud": audience, "jti": secrets.token_hex(16)}
        times = {"iat": now, "nbf": now, "exp": now + LIFE}
        head = {"typ": "JWT", "alg": "RS256"}
        text = f"{_packed(head)}.{_packed({**claims, **own, **times})}"
        return f"{text}.{_written(self.key.sign(text.encode(), PKCS1v15(), SHA256()))}"

    def verify(self, token: str, audience: str) -> dict[str, Any]:
        """The claims; raises Untrusted."""
        text, _, signature = token.rpartition(".")
        claims = _claims(token)
        try:
            self.key.public_key().verify(_read(signature), text.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise Untrusted("invalid-token", "malformed or invalid token") from None
        if claims["aud"] != audience or claims["exp"] <= time.time():
            raise Untrusted("invalid-token", "malformed or invalid token")
        return claims


def signer(token: str) -> str:
    """The issuer that a token names, whether or not it signed it; raises Untrusted."""
    return str(_claims(token)["iss"])


def _claims(token: str) -> dict[str, Any]:
    """What a token says, unverified; raises Untrusted for a text that says nothing."""
    try:
        claims: dict[str, Any] = json.loads(_read(token.rpartition(".")[0].partition(".")[2]))
        claims["iss"]
    except (ValueError, KeyError, TypeError):
        raise Untrusted("invalid-payload", "malformed JWT") from None
    return claims


def _packed(document: dict[str, Any]) -> str:
    return _written(json.dumps(document).encode())


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
