"""Checks that prove the kind of a credential from its own bytes."""

from __future__ import annotations

import base64
import binascii
import json
import random
import string
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter import rule_files
from linter.structures import STRUCTURES
from tests import invented

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = string.digits + string.ascii_lowercase


def _base64(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def _jwt(header: object, payload: object) -> bytes:
    parts = [_base64(json.dumps(part).encode()) for part in (header, payload)]
    return b".".join([*parts, _base64(random.Random(1).randbytes(32))])


def _gitlab_routable() -> bytes:
    head = b"glpat-" + _base64(b"o:1\nu:2" + random.Random(2).randbytes(16)) + b".01.0z"
    number = zlib.crc32(head)
    return head + "".join(_DIGITS[number // 36**place % 36] for place in range(6, -1, -1)).encode()


def _x_bearer(app: int, tail: int = 50) -> bytes:
    decoded = bytes(16) + app.to_bytes(8, "little") + random.Random(3).randbytes(20)
    return base64.b64encode(decoded) + invented.github_token(3)[4:].encode() + b"Qx7Lm2Tz9RkWvB"[: tail - 36]


def _x_oauth2(kind: bytes) -> bytes:
    head = invented.github_token(5)[4:].encode() + b"Kq3-Zt_9x"
    return _base64(head + b":1700000000000:1:0:" + kind + b":1")


def _alphanumerics(length: int) -> bytes:
    return base64.b64encode(random.Random(8).randbytes(99)).replace(b"+", b"").replace(b"/", b"")[:length]


def _pair(key: bytes, secret: bytes) -> bytes:
    return base64.b64encode(_alphanumerics(int(key)) + b":" + _alphanumerics(int(secret)))


def _x_request_token(issued: int) -> bytes:
    return _base64(random.Random(9).randbytes(4) + (1234567).to_bytes(8, "big") + issued.to_bytes(8, "big"))


def _pypi(host: bytes) -> bytes:
    head = b"\x02\x01" + bytes([len(host)]) + host + b"\x02"
    return b"pypi-" + _base64(head + random.Random(4).randbytes(90))


def _pem(label: str, body: bytes, newline: str = "\n") -> bytes:
    text = base64.b64encode(body).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"]).encode()


def _der(body: bytes) -> bytes:
    return base64.b64encode(b"0\x82" + len(body).to_bytes(2, "big") + body)


def _nkey_seed() -> bytes:
    raw = bytes([18 << 3 | 5, 0]) + random.Random(10).randbytes(32)
    return base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).rstrip(b"=")


_CLIENT_ID = _base64(b"aB3xY-7_kLmN0pQrStUv:1:ci")
_KEY = random.Random(6).randbytes(300)
_SNOWFLAKE = (1_600_000_000_000 - 1_288_834_974_657) << 22

_SESSION = random.Random(12).randbytes(20).hex().encode()

RIGHT = [
    ("basic-credentials", base64.b64encode(b"deploy:" + _alphanumerics(12)), ("structure: user name and password",)),
    ("x-chat-pin", b"4071", ("structure: digits",)),
    ("x-session-cookies", base64.b64encode(b"auth_token=" + _SESSION + b";"), ("structure: session cookies",)),
    (
        "x-session-cookies",
        base64.b64encode(b"ct0=x; auth_token=" + _SESSION + b"; twid=u%3D1289101334475964223"),
        ("structure: session cookies", "user id 1289101334475964223"),
    ),
    ("github-crc32", invented.github_token().encode(), ("checksum right (CRC32)",)),
    ("npm-crc32", b"npm_" + invented.github_token()[4:].encode(), ("checksum right (CRC32)",)),
    ("gitlab-routable", _gitlab_routable(), ("checksum right (CRC32)",)),
    ("pypi-macaroon", _pypi(b"pypi.org"), ("structure: macaroon of pypi.org",)),
    ("pypi-macaroon", _pypi(b"test.pypi.org"), ("structure: macaroon of test.pypi.org",)),
    ("jwt", _jwt({"alg": "HS256"}, {}), ("structure: JWT header and payload",)),
    (
        "jwt",
        _jwt({"alg": "HS256"}, {"iss": "https://id.acme.test/a", "exp": 1_900_000_000}),
        ("structure: JWT header and payload", "issuer id.acme.test", "expiry 2030-03-17"),
    ),
    ("jwt-prefixed", b"glcbt-" + _jwt({"alg": "RS256"}, {}), ("structure: JWT header and payload",)),
    ("x-bearer", _x_bearer(1234567), ("structure: app id 1234567",)),
    ("x-bearer", _x_bearer(1234567).replace(b"=", b"%3D"), ("structure: app id 1234567",)),
    ("x-public-bearer", _x_bearer(3033300, 42), ("structure: app id 3033300, Twitter Web App",)),
    ("x-oauth2-code", _x_oauth2(b"ac"), ("structure: issued 2023-11-14T22:13Z",)),
    ("x-request-token", _x_request_token(1_700_000_000_000), ("structure: app id 1234567", "issued 2023-11-14T22:13Z")),
    ("x-basic-pair", _pair(b"25", b"50"), ("structure: API key and API secret",)),
    ("x-basic-pair", _pair(b"22", b"41"), ("structure: API key and API secret",)),
    ("x-basic-pair", base64.b64encode(_CLIENT_ID + b":" + _alphanumerics(49) + b"-"),
     ("structure: client ID and client secret",)),
    ("x-oauth2-access", _x_oauth2(b"at"), ("structure: issued 2023-11-14T22:13Z",)),
    ("x-oauth2-refresh", _x_oauth2(b"rt"), ("structure: issued 2023-11-14T22:13Z",)),
    ("x-client-id", _base64(b"aB3xY-7_kLmN0pQrStUv:1:ci"), ("structure: client id",)),
    ("x-access-token", b"783214-aB3" + b"xY7kLmN0pQrSt" * 2 + b"Uv9wXyZ1Tq5", ("structure: user id 783214",)),
    (
        "x-access-token",
        str(_SNOWFLAKE).encode() + b"-aB3" + b"xY7kLmN0pQrSt" * 2 + b"Uv9wXyZ1Tq5",
        (f"structure: user id {_SNOWFLAKE}", "account created 2020-09-13"),
    ),
    ("aws-key-id", b"AKIA" + base64.b32encode(((1 << 47) | (123_456_789_012 << 7)).to_bytes(6, "big") + b"abcd"),
     ("account 123456789012",)),
    ("aws-key-id", b"AKIA" + b"B2CD3EF4GH5IJ6KL", ()),
    ("nkey-seed", _nkey_seed(), ("checksum right (CRC-16)", "key of a user")),
    ("der-private-key", _der(b"\x02\x01\x01\x04\x20" + _KEY[:60]), ("key type EC",)),
    ("der-private-key", _der(b"\x02\x01\x00\x02\x82\x01\x01" + _KEY), ("key type RSA",)),
    ("der-private-key", _der(b"\x02\x01\x00\x30\x0d" + bytes.fromhex("06092a864886f70d010101") + _KEY[:60]),
     ("key type RSA, PKCS #8",)),
    ("azure-storage-key", base64.b64encode(random.Random(7).randbytes(64)), ("structure: key of 64 bytes",)),
    ("pem-private-key", _pem("PRIVATE KEY", b"0" + _KEY), ("key type PKCS #8",)),
    ("pem-private-key", _pem("RSA PRIVATE KEY", b"0" + _KEY), ("key type RSA",)),
    ("pem-private-key", _pem("RSA PRIVATE KEY", b"0" + _KEY, "\\n"), ("key type RSA",)),
    ("pem-private-key", _pem("ENCRYPTED PRIVATE KEY", b"0" + _KEY), ("key type PKCS #8", "encrypted")),
    (
        "pem-private-key",
        _pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\x04none" + _KEY),
        ("key type OPENSSH",),
    ),
    (
        "pem-private-key",
        _pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\x0aaes256-ctr" + _KEY),
        ("key type OPENSSH", "encrypted"),
    ),
]  # fmt: skip

_X_TAIL = _x_bearer(1234567)[60:]
WRONG = [
    ("basic-credentials", base64.b64encode(b"deploy-without-a-colon")),
    ("basic-credentials", base64.b64encode(b"deploy:password")),
    ("x-chat-pin", b"12a4"),
    ("nkey-seed", _nkey_seed()[:30] + b"A" + _nkey_seed()[31:]),
    ("nkey-seed", b"U" + _nkey_seed()[1:]),
    ("nkey-seed", _nkey_seed()[:-2]),
    ("nkey-seed", _nkey_seed()[:-1] + b"1"),
    ("der-private-key", _der(b"\x02\x01\x01\x04\x20" + _KEY[:60])[:-8]),
    ("der-private-key", _der(b"\x02\x01\x00\x30\x0d" + _KEY[:90])),
    ("der-private-key", _base64(b"0")),
    ("x-session-cookies", base64.b64encode(b"auth_token=" + _SESSION[:-1] + b"; ct0=x")),
    ("x-session-cookies", base64.b64encode(b"no_auth_token=" + _SESSION)),
    ("github-crc32", invented.github_token()[:-1].encode()),
    ("github-crc32", b"ghx_" + invented.github_token()[4:].encode()),
    ("npm-crc32", invented.github_token().encode()),
    ("gitlab-routable", _gitlab_routable()[:-1]),
    ("pypi-macaroon", _pypi(b"pypi.test")),
    ("pypi-macaroon", b"pypi-AgEIcHlwaS5vcmc!"),
    ("jwt", _jwt({"typ": "JWT"}, {})),
    ("jwt", _jwt({"alg": "HS256"}, [])),
    ("jwt", _jwt({"alg": "HS256"}, {})[:25]),
    ("jwt", b"eyJ.eyJ.x"),
    ("jwt-prefixed", _jwt({"alg": "HS256"}, {})),
    ("x-bearer", _x_bearer(0)),
    ("x-bearer", _x_bearer(1234567)[:-2]),
    ("x-bearer", b"B" + _x_bearer(1234567)[1:]),
    ("x-bearer", _x_bearer(1234567)[:60] + b"a" * 50),
    ("x-bearer", _x_bearer(3033300, 42)),
    ("x-public-bearer", _x_bearer(1234567, 42)),
    ("x-oauth2-access", _x_oauth2(b"rt")),
    ("x-oauth2-code", _x_oauth2(b"rt")),
    ("x-request-token", _x_request_token(17_000_000_000_000)),
    ("x-request-token", _x_request_token(1_700_000_000_000)[:-2]),
    ("x-basic-pair", _pair(b"25", b"51")),
    ("x-basic-pair", base64.b64encode(b"Aladdin:open sesame")),
    ("x-oauth2-refresh", _x_oauth2(b"at")),
    ("x-client-id", _base64(b"aB3xY-7_kLmN0pQrStUv:2:ci")),
    ("x-access-token", b"783214-" + b"a" * 40),
    ("x-access-token", b"abc-aB3" + b"xY7kLmN0pQrSt" * 2 + b"Uv9wXyZ1Tq5"),
    ("x-access-token", str((1 << 63) - 1).encode() + b"-aB3" + b"xY7kLmN0pQrSt" * 2 + b"Uv9wXyZ1Tq5"),
    ("x-access-token", b"9999999999-aB3" + b"xY7kLmN0pQrSt" * 2 + b"Uv9wXyZ1Tq5"),
    ("aws-key-id", b"AKIA" + b"B2CD3EF4GH5IJ6K1"),
    ("azure-storage-key", base64.b64encode(bytes(63))),
    ("azure-storage-key", base64.b64encode(bytes(64))[:-2]),
    ("pem-private-key", _pem("PRIVATE KEY", b"1" + _KEY)),
    ("pem-private-key", _pem("PRIVATE KEY", b"0" + _KEY[:8] * 40)),
    ("pem-private-key", _pem("RSA PRIVATE KEY", b"0" * 20)),
    ("pem-private-key", b"-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----"),
    ("pem-private-key", _pem("PUBLIC KEY", b"0" + _KEY)),
    ("pem-private-key", _pem("OPENSSH PRIVATE KEY", b"0" + _KEY)),
]


@pytest.mark.parametrize(
    ("name", "secret", "evidence"), RIGHT, ids=[f"{name}-{at}" for at, (name, _, _) in enumerate(RIGHT)]
)
def test_a_right_value_is_proved(name: str, secret: bytes, evidence: tuple[str, ...]) -> None:
    assert STRUCTURES[name](secret) == evidence


@pytest.mark.parametrize(("name", "secret"), WRONG, ids=[f"{name}-{at}" for at, (name, _) in enumerate(WRONG)])
def test_a_wrong_value_is_refused(name: str, secret: bytes) -> None:
    assert STRUCTURES[name](secret) is None


def test_every_structure_has_right_and_wrong_values() -> None:
    assert {name for name, *_ in RIGHT} == {name for name, _ in WRONG} == set(STRUCTURES)


@pytest.mark.parametrize("name", ["github-crc32", "npm-crc32", "gitlab-routable"])
def test_every_changed_character_breaks_a_checksum(name: str) -> None:
    (secret,) = (secret for kind, secret, _ in RIGHT if kind == name)
    start = secret.index(b"_" if b"_" in secret[:5] else b"-") + 1
    for place in range(start, len(secret)):
        other = b"a" if secret[place : place + 1] != b"a" else b"b"
        assert STRUCTURES[name](secret[:place] + other + secret[place + 1 :]) is None


def _examples() -> Iterator[bytes]:
    for rule in rule_files.parse(rule_files.read_files(rule_files.builtin_files())):
        if rule.structure:
            yield from (example.text.encode()[slice(*example.span)] for example in rule.examples)


SEEDS = [*_examples(), *(secret for _, secret, _ in RIGHT)]


@pytest.mark.parametrize("name", STRUCTURES)
@given(secret=st.sampled_from(SEEDS) | st.binary(max_size=200), place=st.integers(0, 400), noise=st.binary(max_size=8))
def test_a_check_never_raises_and_its_evidence_never_holds_the_secret(
    name: str, secret: bytes, place: int, noise: bytes
) -> None:
    changed = secret[:place] + noise + secret[place + len(noise) :]
    evidence = STRUCTURES[name](changed)
    text = changed.decode("latin-1")
    for line in evidence or ():
        assert not any(text[at : at + 20] in line for at in range(max(len(text) - 20, 1)) if len(text) >= 20)
