"""Credentials of X (Twitter).

X documents no formats; the layouts were read from the samples in its documentation:
https://docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens and the pages beside it.
"""

from __future__ import annotations

import re
import time

from linter.structures.encoding import decoded, moment, unescaped

__all__ = [
    "is_expired_access",
    "x_access_token",
    "x_basic_pair",
    "x_bearer",
    "x_chat_pin",
    "x_client_id",
    "x_oauth2_access",
    "x_oauth2_code",
    "x_oauth2_refresh",
    "x_pair_secret",
    "x_public_bearer",
    "x_request_token",
    "x_session_cookies",
    "x_session_token",
]

_EPOCH_MS = 1_288_834_974_657
_LAST_SHORT_USER_ID = 5_000_000_000
_FIRST_SNOWFLAKE_MS = 1_430_438_400_000  # 2015-05-01, before the first such account
_FIRST_APP_MS = 1_136_073_600_000  # 2006
_ACCESS_LIFE_MS = 2 * 3600 * 1000
_DAY_MS = 86_400_000

# The apps of X's own clients, whose tokens stand in their sources and in every scraper. Ids, and no tokens.
_PUBLIC_APPS = {
    3033300: "Twitter Web App",
    258901: "Twitter for Android",
    129032: "Twitter for iPhone",
    191841: "Twitter for iPad",
    17698388: "a client of X",
    268278: "a client of X",
    55902: "a client of X",
}
_OAUTH2 = re.compile(rb"[\w-]{45}:(\d{13}):1:[01]:(at|rt|ac):1", re.ASCII)
_CLIENT_ID = re.compile(rb"[\w-]{20}:1:ci", re.ASCII)
_KEY_PAIR = re.compile(rb"(?:[A-Za-z0-9]{25}|[A-Za-z0-9]{18,22}):([A-Za-z0-9]{50}|[A-Za-z0-9]{38,43})")
_SESSION = re.compile(rb"(?:^|[;\s])auth_token=\"?([0-9a-f]{40})(?:[\";\s]|$)")
_SESSION_USER = re.compile(rb"\btwid=\"?u(?:=|%3D)([0-9]{3,19})")
_CLIENT_PAIR = re.compile(rb"([A-Za-z0-9]{27}6MTpjaQ):([\w-]{50})", re.ASCII)


def _app(secret: bytes) -> int | None:
    """The app id in a bearer token: 60 base64 characters that hold it, then a random tail."""
    plain = unescaped(secret)
    head, tail = decoded(plain[:60]), plain[60:]
    if head is None or len(head) != 44 or any(head[:16]):
        return None
    if not tail.isalnum() or not (len(tail) == 50 or 36 <= len(tail) <= 43) or len(set(tail)) < 12:
        return None
    return int.from_bytes(head[16:24], "little") or None


def x_bearer(secret: bytes) -> tuple[str, ...] | None:
    """App-only bearer token, but not one of X's own clients."""
    app = _app(secret)
    return None if app is None or app in _PUBLIC_APPS else (f"structure: app id {app}",)


def x_public_bearer(secret: bytes) -> tuple[str, ...] | None:
    """App-only bearer token of one of X's own clients."""
    app = _app(secret)
    return (f"structure: app id {app}, {_PUBLIC_APPS[app]}",) if app in _PUBLIC_APPS else None


def _oauth2(secret: bytes, kind: bytes) -> int | None:
    """The issue time, in milliseconds, of a user token: 45 characters, that time, two flags, the kind, 1."""
    found = _OAUTH2.fullmatch(decoded(secret) or b"")
    return int(found[1]) if found and found[2] == kind else None


def _issued(secret: bytes, kind: bytes) -> tuple[str, ...] | None:
    issued = _oauth2(secret, kind)
    return None if issued is None else (f"structure: issued {moment(issued)}",)


def x_oauth2_access(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 2.0 access token of a user: base64 of a text with the kind `at`."""
    return _issued(secret, b"at")


def x_oauth2_refresh(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 2.0 refresh token of a user: base64 of a text with the kind `rt`."""
    return _issued(secret, b"rt")


def x_oauth2_code(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 2.0 authorization code: base64 of a text with the kind `ac`."""
    return _issued(secret, b"ac")


def is_expired_access(secret: bytes) -> bool:
    """True if an OAuth 2.0 access token was issued longer ago than the two hours that it lives."""
    issued = _oauth2(secret, b"at")
    return issued is not None and issued + _ACCESS_LIFE_MS < time.time() * 1000


def x_client_id(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 2.0 client id of an app: base64 of 20 characters and `:1:ci`."""
    return ("structure: client id",) if _CLIENT_ID.fullmatch(decoded(secret) or b"") else None


def x_access_token(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 1.0a access token of a user: the user id, a hyphen, random characters.

    Tokens in use have 50 characters in all, whatever the length of the id; those in X's documentation, of short ids,
    have 48 to 50, with 40 or more behind the hyphen. The id is short, or a snowflake that holds the time the account
    was made: https://docs.x.com/fundamentals/x-ids
    """
    user, _, tail = secret.partition(b"-")
    if not user.isdigit() or not 3 <= len(user) <= 19 or not tail.isalnum():
        return None
    if len(tail) != 40 and len(secret) != 50 and not (len(user) < 8 and len(secret) in (48, 49)):
        return None
    if not re.search(rb"[a-z]", tail) or not re.search(rb"[A-Z]", tail):
        return None
    if int(user) <= _LAST_SHORT_USER_ID:
        return (f"structure: user id {int(user)}",) if re.search(rb"[0-9]", tail) else None
    created = (int(user) >> 22) + _EPOCH_MS
    if not _FIRST_SNOWFLAKE_MS <= created <= time.time() * 1000 + _DAY_MS:
        return None
    return (f"structure: user id {int(user)}", f"account created {moment(created)[:10]}")


def x_request_token(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 1.0a request token: 4 random bytes, the app id and the time of issue, both big-endian, in base64url."""
    plain = decoded(secret)
    if plain is None or len(plain) != 20:
        return None
    app, issued = int.from_bytes(plain[4:12], "big"), int.from_bytes(plain[12:], "big")
    if not 0 < app < 1 << 32 or not _FIRST_APP_MS <= issued <= time.time() * 1000 + _DAY_MS:
        return None
    return (f"structure: app id {app}", f"issued {moment(issued)}")


def x_basic_pair(secret: bytes) -> tuple[str, ...] | None:
    """Credentials of HTTP Basic (RFC 7617): API key and secret, or client id and client secret, joined by a colon."""
    plain = unescaped(decoded(secret) or b"")
    if found := _CLIENT_PAIR.fullmatch(plain):
        return ("structure: client ID and client secret",) if x_client_id(found[1]) is not None else None
    return ("structure: API key and API secret",) if _KEY_PAIR.fullmatch(plain) else None


def x_pair_secret(secret: bytes) -> bytes:
    """The secret half of credentials that `x_basic_pair` accepts, which may stand elsewhere by itself."""
    plain = unescaped(decoded(secret) or b"")
    return plain.partition(b":")[2] or secret


def x_session_cookies(secret: bytes) -> tuple[str, ...] | None:
    """The cookies of a browser's session in base64, as Rettiwt-API takes them for its key.

    https://github.com/Rishikant181/Rettiwt-API#authentication
    """
    plain = decoded(secret) or b""
    if not _SESSION.search(plain):
        return None
    user = _SESSION_USER.search(plain)
    return ("structure: session cookies", *([f"user id {int(user[1])}"] if user else []))


def x_session_token(secret: bytes) -> bytes:
    """The cookie auth_token of what `x_session_cookies` accepts, which may stand elsewhere by itself."""
    found = _SESSION.search(decoded(secret) or b"")
    return found[1] if found else secret


def x_chat_pin(secret: bytes) -> tuple[str, ...] | None:
    """PIN of XChat: digits, which say nothing of how common it is."""
    return ("structure: digits",) if secret.isdigit() else None
