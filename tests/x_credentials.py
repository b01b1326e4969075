"""Invented credentials of X (Twitter), of the structure that `linter.structures.x` describes; the same for one seed."""

from __future__ import annotations

import base64
import string
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    import random

__all__ = [
    "access_token",
    "api_key",
    "api_secret",
    "bearer",
    "client_id",
    "client_secret",
    "oauth2_token",
    "request_token",
    "token_secret",
]

_ALPHANUMERIC = string.ascii_letters + string.digits
_URL_SAFE = _ALPHANUMERIC + "-_"


def _text(chance: random.Random, length: int, alphabet: str = _ALPHANUMERIC) -> str:
    return "".join(chance.choices(alphabet, k=length))


def _base64(content: bytes | str) -> str:
    content = content.encode() if isinstance(content, str) else content
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def api_key(chance: random.Random) -> str:
    """25 characters of no structure."""
    return _text(chance, 25)


def api_secret(chance: random.Random) -> str:
    """50 characters of no structure."""
    return _text(chance, 50)


def token_secret(chance: random.Random) -> str:
    """45 characters of no structure."""
    return _text(chance, 45)


def access_token(chance: random.Random) -> str:
    """A user id, short or a snowflake, and a tail that makes 50 characters, or one of 40."""
    is_short = chance.random() < 0.5
    user = chance.randrange(1_000, 4_900_000_000) if is_short else chance.randrange(7 * 10**17, 19 * 10**17)
    head = f"{user}-"
    return head + _text(chance, chance.choice([40, 50 - len(head)]))


def bearer(chance: random.Random) -> str:
    """16 zero bytes, the app id and 20 random bytes in escaped base64, then 50 characters, of old apps 42."""
    head = bytes(16) + chance.randrange(5_000_000, 34_000_000).to_bytes(8, "little") + chance.randbytes(20)
    return quote(base64.b64encode(head), safe="") + _text(chance, chance.choice([50, 42]))


def oauth2_token(chance: random.Random, kind: str) -> str:
    """An access token (`at`), refresh token (`rt`) or code (`ac`) with its time of issue."""
    issued = chance.randrange(1_625_000_000_000, 1_795_000_000_000)
    return _base64(f"{_text(chance, 45, _URL_SAFE)}:{issued}:1:{chance.choice('01')}:{kind}:1")


def client_id(chance: random.Random) -> str:
    """20 characters and the kind in base64."""
    return _base64(f"{_text(chance, 20, _URL_SAFE)}:1:ci")


def client_secret(chance: random.Random) -> str:
    """50 characters, URL-safe."""
    return _text(chance, 49, _URL_SAFE) + _text(chance, 1)


def request_token(chance: random.Random) -> str:
    """4 random bytes, the app id and the time of issue."""
    app, issued = chance.randrange(5_000_000, 34_000_000), chance.randrange(1_600_000_000_000, 1_790_000_000_000)
    return _base64(chance.randbytes(4) + app.to_bytes(8, "big") + issued.to_bytes(8, "big"))
