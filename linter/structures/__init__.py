"""Checks that prove the kind of a credential offline, from its own bytes.

Each check is given the whole secret. It returns the evidence, short sentences that never hold
the secret, or None when the value is not of its kind. An empty tuple: of the kind, nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from linter.structures import private_keys, tokens, x
from linter.structures.encoding import decoded, unescaped

__all__ = ["DECODED", "STRUCTURES", "Check", "canonical", "is_expired", "password"]

Check = Callable[[bytes], "tuple[str, ...] | None"]

STRUCTURES: Mapping[str, Check] = {
    "aws-key-id": tokens.aws_key_id,
    "azure-storage-key": tokens.azure_storage_key,
    "basic-credentials": tokens.basic_credentials,
    "der-private-key": private_keys.der_private_key,
    "github-crc32": tokens.github_crc32,
    "gitlab-routable": tokens.gitlab_routable,
    "jwt": tokens.jwt,
    "jwt-prefixed": tokens.jwt_prefixed,
    "nkey-seed": tokens.nkey_seed,
    "npm-crc32": tokens.npm_crc32,
    "pem-private-key": private_keys.pem_private_key,
    "pypi-macaroon": tokens.pypi_macaroon,
    "x-access-token": x.x_access_token,
    "x-basic-pair": x.x_basic_pair,
    "x-bearer": x.x_bearer,
    "x-chat-pin": x.x_chat_pin,
    "x-client-id": x.x_client_id,
    "x-oauth2-access": x.x_oauth2_access,
    "x-oauth2-code": x.x_oauth2_code,
    "x-oauth2-refresh": x.x_oauth2_refresh,
    "x-public-bearer": x.x_public_bearer,
    "x-request-token": x.x_request_token,
    "x-session-cookies": x.x_session_cookies,
}

_CANONICAL: Mapping[str, Callable[[bytes], bytes]] = {
    "pem-private-key": private_keys.key_text,
    "x-basic-pair": x.x_pair_secret,
    "x-bearer": unescaped,
    "x-public-bearer": unescaped,
    "x-session-cookies": x.x_session_token,
}
_EXPIRY: Mapping[str, Callable[[bytes], bool]] = {
    "jwt": tokens.is_expired_jwt,
    "x-oauth2-access": x.is_expired_access,
}


DECODED = frozenset(
    {
        "x-client-id",
        "x-oauth2-access",
        "x-oauth2-code",
        "x-oauth2-refresh",
        "x-request-token",
        "x-session-cookies",
    }
)
"""Structures whose check decodes the whole value; no placeholder passes one by chance."""


def canonical(structure: str | None, secret: bytes) -> bytes:
    """The same bytes for every spelling of one credential: escapes undone, a key's line ends and quotes left out."""
    spelled = _CANONICAL.get(structure or "")
    return spelled(secret) if spelled else secret


def is_expired(structure: str | None, secret: bytes) -> bool:
    """True if the credential itself says that its time is over."""
    expiry = _EXPIRY.get(structure or "")
    return expiry is not None and expiry(secret)


def password(structure: str | None, secret: bytes) -> bytes | None:
    """The password that a secret is, or has in it beside a user's name; None if the structure is of another kind."""
    if structure == "basic-credentials":
        return (decoded(secret) or b"").partition(b":")[2]
    return secret if structure is None else None
