"""Tokens with a checksum or an encoded account: GitHub, GitLab, npm, PyPI, AWS, Azure, NATS, and JWT."""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
import time
import zlib
from urllib.parse import urlsplit

from linter.structures.encoding import decoded, digits, moment

__all__ = [
    "aws_key_id",
    "azure_storage_key",
    "basic_credentials",
    "github_crc32",
    "gitlab_routable",
    "is_expired_jwt",
    "jwt",
    "jwt_prefixed",
    "nkey_seed",
    "npm_crc32",
    "pypi_macaroon",
]

_BASE62 = (string.digits + string.ascii_uppercase + string.ascii_lowercase).encode()
_BASE36 = (string.digits + string.ascii_lowercase).encode()
_ISSUER = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}|[a-z]+(?:/[a-z]+)?")  # a host, or plain words
_LAST_DATE = 253_402_300_799  # 9999-12-31, the last that datetime can tell
_AWS_KEY_ID = re.compile(rb"[A-Z0-9]{4}([A-Z2-7]{16})")

_NKEY_LENGTH = 36
_NKEY_KINDS = {
    b"SA": "an account",
    b"SC": "a cluster",
    b"SN": "a server",
    b"SO": "an operator",
    b"SU": "a user",
    b"SX": "a curve",
}
_USER, _PASSWORD = re.compile(rb"[!-~]{1,200}"), re.compile(rb"[\t\n\r -~]{4,}")


def _crc32_base62(secret: bytes) -> tuple[str, ...] | None:
    """Thirty random base62 characters behind a prefix, then their CRC32 in six more."""
    body = secret.partition(b"_")[2]
    if len(body) != 36 or not body.isalnum():
        return None
    right = digits(zlib.crc32(body[:30]), _BASE62, 6) == body[30:]
    return ("checksum right (CRC32)",) if right else None


def github_crc32(secret: bytes) -> tuple[str, ...] | None:
    """GitHub token (ghp_, gho_, ghu_, ghs_, ghr_) of 40 characters.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    return _crc32_base62(secret) if secret[:4] in (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_") else None


def gitlab_routable(secret: bytes) -> tuple[str, ...] | None:
    """Routable GitLab token: payload, optional version, payload length, CRC32 of all before it.

    https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
    """
    right = digits(zlib.crc32(secret[:-7]), _BASE36, 7) == secret[-7:]
    return ("checksum right (CRC32)",) if right else None


def npm_crc32(secret: bytes) -> tuple[str, ...] | None:
    """Npm access token: npm_ and the layout of GitHub's tokens.

    https://github.blog/security/announcing-npms-new-access-token-format/
    """
    return _crc32_base62(secret) if secret.startswith(b"npm_") else None


def pypi_macaroon(secret: bytes) -> tuple[str, ...] | None:
    """PyPI token: pypi- and a version 2 macaroon whose location is the index.

    https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt
    """
    prefix, _, body = secret.partition(b"-")
    macaroon = decoded(body) or b""
    for host in (b"pypi.org", b"test.pypi.org"):
        head = b"\x02\x01" + bytes([len(host)]) + host + b"\x02"
        if prefix == b"pypi" and macaroon.startswith(head):
            return (f"structure: macaroon of {host.decode()}",)
    return None


def _json_object(part: bytes) -> dict[str, object] | None:
    """The JSON object in one base64url part of a JWT."""
    try:
        value: object = json.loads(decoded(part) or b"")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _issuer(claim: object) -> str | None:
    """The host of an issuer, or its name in plain words; anything else may itself be a key."""
    if not isinstance(claim, str):
        return None
    try:
        name = (urlsplit(claim).hostname or "") if "://" in claim else claim
    except ValueError:
        return None
    return name if len(name) <= 60 and _ISSUER.fullmatch(name) else None


def jwt(secret: bytes) -> tuple[str, ...] | None:
    """JSON Web Token in its compact form: header, payload and signature.

    https://www.rfc-editor.org/rfc/rfc7519 and https://www.rfc-editor.org/rfc/rfc7515
    """
    parts = secret.split(b".")
    if len(parts) != 3:
        return None
    header, payload = _json_object(parts[0]), _json_object(parts[1])
    if header is None or payload is None or not isinstance(header.get("alg"), str):
        return None
    evidence = ["structure: JWT header and payload"]
    issuer, expiry = _issuer(payload.get("iss")), payload.get("exp")
    if issuer:
        evidence.append(f"issuer {issuer}")
    if isinstance(expiry, (int, float)) and 0 < expiry <= _LAST_DATE:
        evidence.append(f"expiry {moment(int(expiry) * 1000)[:10]}")
    return tuple(evidence)


def is_expired_jwt(secret: bytes) -> bool:
    """True if the token says that it ended (claim `exp` of RFC 7519, section 4.1.4)."""
    payload = _json_object(secret.split(b".")[1]) or {}
    expiry = payload.get("exp")
    return isinstance(expiry, (int, float)) and expiry < time.time()


def jwt_prefixed(secret: bytes) -> tuple[str, ...] | None:
    """JWT behind a vendor's prefix, as in the tokens of GitHub Apps (ghs_) and GitLab jobs (glcbt-).

    https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/
    """
    start = secret.find(b"eyJ")
    return jwt(secret[start:]) if start > 0 else None


def aws_key_id(secret: bytes) -> tuple[str, ...] | None:
    """AWS key id: four characters that tell the kind, sixteen of base32 that hold the account.

    Ids made before 2019 hold no account; their fifth character comes before Q.
    https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
    https://labs.withsecure.com/publications/a-bitwise-analysis-of-aws-access-key-identifiers
    """
    if not (found := _AWS_KEY_ID.fullmatch(secret)):
        return None
    number = int.from_bytes(base64.b32decode(found[1])[:6], "big")
    account = (number & 0x7FFF_FFFF_FF80) >> 7
    return (f"account {account:012d}",) if number >> 47 and account < 10**12 else ()


def azure_storage_key(secret: bytes) -> tuple[str, ...] | None:
    """Azure storage account key: base64 of 64 bytes.

    https://learn.microsoft.com/en-us/rest/api/storageservices/authorize-with-shared-key
    """
    key = decoded(secret) or b""
    exact = len(key) == 64 and base64.b64encode(key) == secret
    return ("structure: key of 64 bytes",) if exact else None


def basic_credentials(secret: bytes) -> tuple[str, ...] | None:
    """User name and password joined by a colon, in base64, as in HTTP Basic (RFC 7617) and Docker's configuration."""
    user, colon, password = (decoded(secret) or b"").partition(b":")
    if not colon or not _USER.fullmatch(user) or not _PASSWORD.fullmatch(password):
        return None
    is_named = password.lower() in (user.lower(), b"password", b"passwd", b"secret", b"token", b"x-oauth-basic")
    return None if is_named else ("structure: user name and password",)


def nkey_seed(secret: bytes) -> tuple[str, ...] | None:
    """Seed of a NATS key: two bytes that tell the kind, 32 of the seed, and their CRC-16, little-endian, in base32.

    https://github.com/nats-io/nkeys/blob/main/strkey.go
    """
    try:
        raw = base64.b32decode(secret + b"=" * (-len(secret) % 8))
    except binascii.Error:
        return None
    kind = _NKEY_KINDS.get(secret[:2])
    is_right = len(raw) == _NKEY_LENGTH and binascii.crc_hqx(raw[:-2], 0) == int.from_bytes(raw[-2:], "little")
    return ("checksum right (CRC-16)", f"key of {kind}") if kind and is_right else None
