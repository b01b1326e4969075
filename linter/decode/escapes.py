"""Escapes of single characters, by family: percent signs, backslashes, entities."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from linter.decode.encoded import Encoded, LaterPieces, Pieces

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAMILIES", "Family", "family_at"]

_LONGEST = 64
"""Bytes before the end of a promise in which its last escape starts."""
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ENTITIES = {
    b"quot": b'"', b"apos": b"'", b"amp": b"&", b"lt": b"<", b"gt": b">", b"nbsp": b" ", b"equals": b"=",
    b"colon": b":", b"sol": b"/", b"bsol": b"\\", b"plus": b"+", b"lowbar": b"_", b"period": b".", b"commat": b"@",
    b"percnt": b"%", b"num": b"#", b"excl": b"!", b"dollar": b"$", b"ast": b"*", b"lpar": b"(", b"rpar": b")",
    b"hyphen": b"-", b"Tab": b"\t", b"NewLine": b"\n",
}  # fmt: skip
_SURROGATES = range(0xD800, 0xE000)


def _percent(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())


def _backslash(found: re.Match[bytes]) -> bytes:
    digits = found[1] or found[2]
    return _character(int(digits, 16)) if digits else _CONTROLS.get(found[3], found[3])


def _entity(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return _character(int(found[1]))
    return _character(int(found[2], 16)) if found[2] else _ENTITIES[found[3]]


def _character(number: int) -> bytes:
    """A character in UTF-8; of what is none, a question mark."""
    return chr(number).encode() if number < 0x110000 and number not in _SURROGATES else b"?"


class Family(NamedTuple):
    """Escapes that are undone together. What another family would read in the result is left to a next look."""

    how: str
    escape: re.Pattern[bytes]
    character: Callable[[re.Match[bytes]], bytes]

    def decoded(self, data: bytearray, start: int, end: int) -> Encoded:
        """What `data[start:end]` says."""
        outer = bytes(data[start:end])
        if self.escape is _PERCENT and b"BEGIN+" in outer:  # of a form, where a plus sign is a space
            outer = outer.replace(b"+", b" ")
        text = self.escape.sub(self.character, outer)
        return Encoded(start, end, text, self.how, LaterPieces(partial(self._pieces, outer, start)), (1, 1))

    def _pieces(self, outer: bytes, start: int) -> Pieces:
        """Which bytes from `start` write each byte of what `outer`, which stands there, says."""
        pieces = Pieces()
        at = 0
        for found in self.escape.finditer(outer):
            if at < found.start():
                pieces.add(outer[at : found.start()], start + at, start + found.start())
            pieces.add(self.character(found), start + found.start(), start + found.end())
            at = found.end()
        if at < len(outer):
            pieces.add(outer[at:], start + at, start + len(outer))
        return pieces


_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
FAMILIES = {
    b"%": Family("percent-encoded", _PERCENT, _percent),
    b"\\": Family(
        "escaped", re.compile(rb"""\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([nrt"'/\\]))"""), _backslash
    ),
    b"&": Family(
        "HTML entities",
        re.compile(b"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(" + b"|".join(_ENTITIES) + b"));"),
        _entity,
    ),
}  # fmt: skip


def family_at(data: bytearray, place: int, start: int) -> bytes:
    """The sign of the family whose escape is the last before `place`."""
    low = max(start, place - _LONGEST)
    return max(FAMILIES, key=lambda sign: data.rfind(sign, low, place))
