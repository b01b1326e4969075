"""Text hidden in a literal by a standard encoding, and such encodings of known text."""

from __future__ import annotations

import base64
import binascii
import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DECODERS", "ENCODERS"]


def _decoder(decode: Callable[[bytes], bytes]) -> Callable[[str], str | None]:
    def change(text: str) -> str | None:
        try:
            return decode(text.encode()).decode()
        except (ValueError, binascii.Error):
            return None

    return change


def _padded(text: bytes) -> bytes:
    return text + b"=" * (-len(text) % 4)


def _encoder(encode: Callable[[bytes], bytes]) -> Callable[[str], str | None]:
    return lambda text: encode(text.encode()).decode()


_FROM_BASE64 = _decoder(lambda text: base64.b64decode(_padded(text)))
_FROM_HEX = _decoder(binascii.unhexlify)
_TO_BASE64 = _encoder(base64.b64encode)

DECODERS: Mapping[str, Callable[[str], str | None]] = {
    "base64.b64decode": _FROM_BASE64,
    "base64.standard_b64decode": _FROM_BASE64,
    "base64.decodebytes": _FROM_BASE64,
    "base64.urlsafe_b64decode": _decoder(lambda text: base64.urlsafe_b64decode(_padded(text))),
    "base64.b32decode": _decoder(base64.b32decode),
    "base64.b16decode": _FROM_HEX,
    "base64.b85decode": _decoder(base64.b85decode),
    "base64.a85decode": _decoder(base64.a85decode),
    "binascii.a2b_base64": _FROM_BASE64,
    "binascii.unhexlify": _FROM_HEX,
    "binascii.a2b_hex": _FROM_HEX,
    "bytes.fromhex": _FROM_HEX,
    "bytearray.fromhex": _FROM_HEX,
    "codecs.decode:hex": _FROM_HEX,
    "codecs.decode:base64": _FROM_BASE64,
    "codecs.decode:rot13": lambda text: codecs.decode(text, "rot13"),
}
"""By the qualified name of the function; None if the text is not so encoded."""

ENCODERS: Mapping[str, Callable[[str], str | None]] = {
    "base64.b64encode": _TO_BASE64,
    "base64.standard_b64encode": _TO_BASE64,
    "base64.encodebytes": _TO_BASE64,
    "base64.urlsafe_b64encode": _encoder(base64.urlsafe_b64encode),
}
