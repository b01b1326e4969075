"""Text in encodings that do not keep ASCII: UTF-16 and UTF-32 become UTF-8. All others are scanned as they are."""

from __future__ import annotations

__all__ = ["SAMPLE", "encoding_of"]

SAMPLE = 4096
"""Bytes at the start of a content that tell its encoding."""

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SHARE = 0.4


def encoding_of(sample: bytes | bytearray) -> str | None:
    """The codec of text in UTF-16 or UTF-32, known by its mark or by where its zero bytes stand; else None."""
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return codec
    even, odd = _zeros(sample[::2]), _zeros(sample[1::2])
    if min(even, odd) > _SHARE:
        return _encoding_of_quads(sample)
    if odd > _SHARE and even < odd / 4:
        return "utf-16-le"
    if even > _SHARE and odd < even / 4:
        return "utf-16-be"
    return None


def _encoding_of_quads(sample: bytes | bytearray) -> str | None:
    shares = [_zeros(sample[place::4]) for place in range(4)]
    if min(shares[1:]) > 2 * _SHARE and shares[0] < _SHARE:
        return "utf-32-le"
    if min(shares[:3]) > 2 * _SHARE and shares[3] < _SHARE:
        return "utf-32-be"
    return None


def _zeros(part: bytes | bytearray) -> float:
    return part.count(0) / len(part) if part else 0.0
