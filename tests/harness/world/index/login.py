"""HTTP Basic logins (RFC 7617)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from harness.world.host import Instead

Login = Callable[[str, str], bool]  # whether a user and a password are right


def credentials(request: Request) -> tuple[str, str] | None:
    """User and password that the request brings, None without a readable Authorization header."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def challenge(realm: str) -> Instead:
    """401, which is what pip, keyring and uv wait for before they look for a login."""
    headers = {"www-authenticate": f'Basic realm="{realm}", charset="UTF-8"'}
    return Instead(PlainTextResponse(f"401 Unauthorized: {realm} needs a user and a password\n", 401, headers))
