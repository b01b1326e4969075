"""Encodings that structures are written in: base64, escapes, digits of an alphabet, times."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime, timezone

__all__ = ["decoded", "digits", "moment", "unescaped"]

_ESCAPED_BYTE = re.compile(rb"\\{1,2}u00([0-9A-Fa-f]{2})|%(?:25)?([0-9A-Fa-f]{2})")


def decoded(text: bytes) -> bytes | None:
    """The bytes behind base64 of either alphabet, padded or not; None when it is not base64."""
    text = text.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None


def unescaped(text: bytes) -> bytes:
    """The text with JSON, percent and doubled percent escapes of single bytes undone."""
    return _ESCAPED_BYTE.sub(lambda found: bytes.fromhex((found[1] or found[2]).decode()), text)


def digits(number: int, alphabet: bytes, width: int) -> bytes:
    """The number written with the digits of an alphabet, padded to a width."""
    written = b""
    for _ in range(width):
        number, digit = divmod(number, len(alphabet))
        written = alphabet[digit : digit + 1] + written
    return written


def moment(milliseconds: int) -> str:
    """A time as ISO text in UTC, to the minute; its first ten characters are the date."""
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%MZ")
