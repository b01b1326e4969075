"""Checks that prove the kind of a credential offline, from its own bytes.

Each check is given the whole secret. It returns the evidence, short sentences that never hold
the secret, or None when the value is not of its kind. An empty tuple: of the kind, nothing to tell.
"""

import base64
import binascii
import json
import re
import string
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from urllib.parse import urlsplit

__all__ = ["STRUCTURES", "Check"]

Check = Callable[[bytes], tuple[str, ...] | None]

_BASE62 = (string.digits + string.ascii_uppercase + string.ascii_lowercase).encode()
_BASE36 = (string.digits + string.ascii_lowercase).encode()
_ESCAPED_BYTE = re.compile(rb"\\{1,2}u00([0-9A-Fa-f]{2})|%(?:25)?([0-9A-Fa-f]{2})")

_X_EPOCH_MS = 1_288_834_974_657
_X_LAST_SHORT_USER_ID = 5_000_000_000
_X_FIRST_SNOWFLAKE_MS = 1_430_438_400_000  # 2015-05-01, before the first such account
_X_PUBLIC_APPS = {3033300: "Twitter Web App", 258901: "Twitter for Android"}
_X_OAUTH2 = re.compile(rb"[\w-]{45}:(\d{13}):1:[01]:(at|rt):1", re.ASCII)
_X_CLIENT_ID = re.compile(rb"[\w-]{20}:1:ci", re.ASCII)

_ISSUER = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}|[a-z]+(?:/[a-z]+)?")  # a host, or plain words
_LAST_DATE = 253_402_300_799  # 9999-12-31, the last that datetime can tell

_AWS_KEY_ID = re.compile(rb"[A-Z0-9]{4}([A-Z2-7]{16})")
_PEM = re.compile(rb"-----? ?BEGIN ([A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?) ?-----?(.*?)(?:----|$)", re.DOTALL)
_PEM_HEADER = re.compile(rb"[A-Z][A-Za-z-]{2,20}: \S+")
_PEM_MAGIC = {"OPENSSH": b"openssh-key-v1\0"} | dict.fromkeys(("", "RSA", "DSA", "EC"), b"0")  # ASN.1
_PEM_ELLIPSIS = re.compile(rb"\.{3}|\xe2\x80\xa6|\*{3}|[xX]{8}")
_PEM_LINE = re.compile(rb"[A-Za-z0-9+/]{16,}")  # padding and a short last line do not matter


def _decode(text: bytes) -> bytes | None:
    """The bytes behind base64 of either alphabet, padded or not; None when it is not base64."""
    text = text.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None


def _unescape(text: bytes) -> bytes:
    """The text with JSON, percent and doubled percent escapes of single bytes undone."""
    return _ESCAPED_BYTE.sub(lambda found: bytes.fromhex((found[1] or found[2]).decode()), text)


def _digits(number: int, alphabet: bytes, width: int) -> bytes:
    """The number written with the digits of an alphabet, padded to a width."""
    written = b""
    for _ in range(width):
        number, digit = divmod(number, len(alphabet))
        written = alphabet[digit : digit + 1] + written
    return written


def _moment(milliseconds: int) -> str:
    """A time as ISO text in UTC, to the minute; its first ten characters are the date."""
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%MZ")


def _crc32_base62(secret: bytes) -> tuple[str, ...] | None:
    """Thirty random base62 characters behind a prefix, then their CRC32 in six more."""
    body = secret.partition(b"_")[2]
    if len(body) != 36 or not body.isalnum():
        return None
    right = _digits(zlib.crc32(body[:30]), _BASE62, 6) == body[30:]
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
    right = _digits(zlib.crc32(secret[:-7]), _BASE36, 7) == secret[-7:]
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
    macaroon = _decode(body) or b""
    for host in (b"pypi.org", b"test.pypi.org"):
        head = b"\x02\x01" + bytes([len(host)]) + host + b"\x02"
        if prefix == b"pypi" and macaroon.startswith(head):
            return (f"structure: macaroon of {host.decode()}",)
    return None


def _json_object(part: bytes) -> dict[str, object] | None:
    """The JSON object in one base64url part of a JWT."""
    try:
        value: object = json.loads(_decode(part) or b"")
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
        evidence.append(f"expiry {_moment(int(expiry) * 1000)[:10]}")
    return tuple(evidence)


def jwt_prefixed(secret: bytes) -> tuple[str, ...] | None:
    """JWT behind a vendor's prefix, as in the tokens of GitHub Apps (ghs_) and GitLab jobs (glcbt-).

    https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/
    """
    start = secret.find(b"eyJ")
    return jwt(secret[start:]) if start > 0 else None


def x_bearer(secret: bytes) -> tuple[str, ...] | None:
    """App-only bearer token of X: 60 base64 characters that hold the app id, then a random tail.

    X documents no format. The layout was read from the sample in its documentation:
    https://docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens
    """
    plain = _unescape(secret)
    decoded, tail = _decode(plain[:60]), plain[60:]
    if decoded is None or len(decoded) != 44 or any(decoded[:16]):
        return None
    if not tail.isalnum() or not (len(tail) == 50 or 36 <= len(tail) <= 43) or len(set(tail)) < 12:
        return None
    app = int.from_bytes(decoded[16:24], "little")
    if app == 0:
        return None
    owner = (f"app id of a public client: {_X_PUBLIC_APPS[app]}",) if app in _X_PUBLIC_APPS else ()
    return (f"structure: app id {app}", *owner)


def _x_oauth2(secret: bytes, kind: bytes) -> tuple[str, ...] | None:
    """User token of X's OAuth 2.0: 45 characters, the issue time, two flags, the kind, 1.

    The layout was read from the samples in X's documentation:
    https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token
    """
    found = _X_OAUTH2.fullmatch(_decode(secret) or b"")
    return (f"structure: issued {_moment(int(found[1]))}",) if found and found[2] == kind else None


def x_oauth2_access(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 2.0 access token of an X user: base64 of a text with the kind `at`."""
    return _x_oauth2(secret, b"at")


def x_oauth2_refresh(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 2.0 refresh token of an X user: base64 of a text with the kind `rt`."""
    return _x_oauth2(secret, b"rt")


def x_client_id(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 2.0 client id of an X app: base64 of 20 characters and `:1:ci`; source as above."""
    return ("structure: client id",) if _X_CLIENT_ID.fullmatch(_decode(secret) or b"") else None


def x_access_token(secret: bytes) -> tuple[str, ...] | None:
    """OAuth 1.0a access token of an X user: the user id, a hyphen, 40 random characters.

    The id is short, or a snowflake that holds the time the account was made:
    https://docs.x.com/fundamentals/x-ids
    """
    user, _, tail = secret.partition(b"-")
    if not user.isdigit() or len(user) > 19 or len(tail) != 40 or not tail.isalnum():
        return None
    if not all(re.search(wanted, tail) for wanted in (rb"[a-z]", rb"[A-Z]", rb"[0-9]")):
        return None
    if int(user) <= _X_LAST_SHORT_USER_ID:
        return (f"structure: user id {int(user)}",)
    created = (int(user) >> 22) + _X_EPOCH_MS
    if not _X_FIRST_SNOWFLAKE_MS <= created <= (time.time() + 86_400) * 1000:
        return None
    return (f"structure: user id {int(user)}", f"account created {_moment(created)[:10]}")


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
    decoded = _decode(secret) or b""
    exact = len(decoded) == 64 and base64.b64encode(decoded) == secret
    return ("structure: key of 64 bytes",) if exact else None


def _pem(secret: bytes) -> tuple[str, bytes, bytes] | None:
    """The label of a block, what stands between its marks, and the base64 in it without any quoting."""
    found = _PEM.search(re.sub(rb"\\+[nrt]", b"\n", _unescape(secret)))
    if not found or _PEM_ELLIPSIS.search(found[2]):
        return None
    label, body = found[1].decode(), found[2].replace(b"\\/", b"/")
    lines = _PEM_LINE.findall(_PEM_HEADER.sub(b"", body))
    if all(line.startswith(b"+") for line in lines):  # added by a diff
        lines = [line[1:] for line in lines]
    return label, body, b"".join(lines)


def pem_private_key(secret: bytes) -> tuple[str, ...] | None:
    """Private key in a PEM, OpenSSH or PGP block, however quoted, indented or escaped.

    RFC 7468 and https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
    """
    parts = _pem(secret)
    if parts is None:
        return None
    label, body, text = parts
    key = _decode(text[: len(text) // 4 * 4])
    if key is None or len(key) < 30 or len(set(key)) < min(len(key), 256) / 3:
        return None  # too short for a key, or too much of it the same
    kind = label.removesuffix(" BLOCK").removesuffix("PRIVATE KEY").removesuffix("ENCRYPTED ").strip()
    encrypted = label.startswith("ENCRYPTED") or b"ENCRYPTED" in body
    magic = _PEM_MAGIC.get(kind, b"")
    if not key.startswith(magic) and not (encrypted and kind != "OPENSSH"):
        return None
    if kind == "OPENSSH":
        encrypted = not key.startswith(magic + b"\0\0\0\x04none")
    evidence = f"key type {kind or 'PKCS #8'}"
    return (evidence, "encrypted") if encrypted else (evidence,)


def canonical(structure: str | None, secret: bytes) -> bytes:
    """The same bytes for every spelling of one credential: escapes undone, a key's line ends and quotes left out."""
    if structure == "pem-private-key":
        parts = _pem(secret)
        return parts[2] if parts else secret
    return _unescape(secret) if structure == "x-bearer" else secret


STRUCTURES: Mapping[str, Check] = {
    "aws-key-id": aws_key_id,
    "azure-storage-key": azure_storage_key,
    "github-crc32": github_crc32,
    "gitlab-routable": gitlab_routable,
    "jwt": jwt,
    "jwt-prefixed": jwt_prefixed,
    "npm-crc32": npm_crc32,
    "pem-private-key": pem_private_key,
    "pypi-macaroon": pypi_macaroon,
    "x-access-token": x_access_token,
    "x-bearer": x_bearer,
    "x-client-id": x_client_id,
    "x-oauth2-access": x_oauth2_access,
    "x-oauth2-refresh": x_oauth2_refresh,
}
