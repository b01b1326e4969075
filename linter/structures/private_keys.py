"""Private keys in PEM, OpenSSH and PGP blocks, and in base64 without any."""

from __future__ import annotations

import re

from linter.structures.encoding import decoded, unescaped

__all__ = ["der_private_key", "key_text", "pem_private_key"]

_PEM = re.compile(rb"-----? ?BEGIN ([A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?) ?-----?(.*?)(?:----|$)", re.DOTALL)
_PEM_HEADER = re.compile(rb"[A-Z][A-Za-z-]{2,20}: \S+")
_PEM_MAGIC = {"OPENSSH": b"openssh-key-v1\0"} | dict.fromkeys(("", "RSA", "DSA", "EC"), b"0")  # ASN.1
_PEM_ELLIPSIS = re.compile(rb"\.{3}|\xe2\x80\xa6|\*{3}|[xX]{8}")
_PEM_LINE = re.compile(rb"[A-Za-z0-9+/]{16,}")  # padding and a short last line do not matter

_RSA, _EC = bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06072a8648ce3d0201")
_SHORTEST_KEY, _SHORTEST_RSA = 32, 300  # bytes; an RSA key of 512 bits has more
_FEWEST_KINDS = 3  # of the bytes of a key, or of all there are, one in so many is another


def _pem(secret: bytes) -> tuple[str, bytes, bytes] | None:
    """The label of a block, what stands between its marks, and the base64 in it without any quoting."""
    found = _PEM.search(re.sub(rb"\\+[nrt]", b"\n", unescaped(secret)))
    if not found or _PEM_ELLIPSIS.search(found[2]):
        return None
    label, body = found[1].decode(), found[2].replace(b"\\/", b"/")
    lines = _PEM_LINE.findall(_PEM_HEADER.sub(b"", body))
    if all(line.startswith(b"+") for line in lines):  # added by a diff
        lines = [line[1:] for line in lines]
    return label, body, b"".join(lines)


def key_text(secret: bytes) -> bytes:
    """The base64 of a key without its line ends and quotes."""
    parts = _pem(secret)
    return parts[2] if parts else secret


def pem_private_key(secret: bytes) -> tuple[str, ...] | None:
    """Private key in a PEM, OpenSSH or PGP block, however quoted, indented or escaped.

    RFC 7468 and https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
    """
    parts = _pem(secret)
    if parts is None:
        return None
    label, body, text = parts
    key = decoded(text[: len(text) // 4 * 4])
    if key is None or len(key) < 30 or len(set(key)) < min(len(key), 256) / _FEWEST_KINDS:
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


def der_private_key(secret: bytes) -> tuple[str, ...] | None:
    """Private key in base64 without the lines of PEM: a sequence of its own length that starts with the version.

    RFC 5958 (PKCS #8), RFC 8017 (PKCS #1) and RFC 5915 (SEC 1)
    """
    key = decoded(secret) or b""
    if len(key) < _SHORTEST_KEY or key[0] != 0x30 or len(set(key)) < min(len(key), 256) / 3:
        return None
    size = key[1] - 0x80 if key[1] > 0x80 else 0
    length = int.from_bytes(key[2 : 2 + size], "big") if size else key[1]
    if size > 2 or len(key) != 2 + size + length:
        return None
    version, body = key[2 + size : 5 + size], key[5 + size :]
    if version == b"\x02\x01\x01" and body[:2] == b"\x04\x20":
        return ("key type EC",)
    if version != b"\x02\x01\x00":
        return None
    if body[:1] == b"\x02" and len(key) > _SHORTEST_RSA:
        return ("key type RSA",)
    kind = next((kind for kind, known in (("RSA", _RSA), ("EC", _EC)) if known in body[:16]), None)
    return (f"key type {kind}, PKCS #8",) if kind else None
