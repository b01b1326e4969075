"""What the text says that is written as base64, hexadecimal digits or escapes, and which bytes say each of it.

Base64: https://www.rfc-editor.org/rfc/rfc4648, in lines: https://www.rfc-editor.org/rfc/rfc2045#section-6.8. Percent:
https://www.rfc-editor.org/rfc/rfc3986#section-2.1. Backslashes: https://www.rfc-editor.org/rfc/rfc8259#section-7 and
the literals of Python and C. Entities: https://html.spec.whatwg.org/multipage/named-characters.html
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from linter.decode.encoded import Encoded, Pieces
from linter.decode.escapes import FAMILIES, family_at
from linter.decode.promises import HEX, RUN, WIDE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["texts"]

_LOOK_BACK = 160
"""Bytes before the end of a promise in which it starts."""
_INSIDE_REACH = 16_384
"""Bytes before a word in which the base64 that holds it starts."""
_NAME_REACH = 80
_BEFORE_ESCAPE = 256
_BEHIND_ESCAPE = 16_384
"""Bytes of a line that are read around an escape; as far as a match of a rule reaches."""

_FOUND = re.compile(rf"(?:(?P<text>{RUN})|(?P<wide>{WIDE})|(?P<hex>{HEX}))\Z".encode())
_BEGUN = re.compile(rf"{RUN}|{WIDE}".encode())
_BASE64_BACK = re.compile(rb"[A-Za-z0-9+/_-]*")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]+(?:(?:%2[BbFf]|\\/|\\u002[BbFf])[A-Za-z0-9+/_-]*)*")
_BASE64_SIGN = re.compile(rb"[A-Za-z0-9+/_-]+|%(2[BbFf])|\\(/)|\\u00(2[BbFf])")
_PADDING = re.compile(rb"={1,2}|(?:%3[Dd]|\\u003[Dd]){1,2}")
_HEX = re.compile(rb"[0-9A-Fa-f]+")
_NEWLINE = rb"(?:\r?\n|(?:\\{1,2}r)?\\{1,2}n|(?:%0[Dd])?%0[Aa]|(?:&#13;|&#[xX]D;)?(?:&#10;|&#[xX][Aa];))"
_GAP = re.compile(
    rb"""(?:["'][ \t]*[+.]?[ \t]*|\\)?%(newline)s[ \t]*(?:[+.#>*][ \t]*)?["']?"""
    rb"""(?=[A-Za-z0-9+/_-]{4,}={0,2}(?:["'\\\r\n%%&]|\Z))""" % {b"newline": _NEWLINE}
)
_WORD = re.compile(rb"""[^\s"'`<>]*""")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_NAME = re.compile(
    rb"""([\w.-]{2,64})(?:\\{0,2}["'])?\]?[ \t]*(?::|=>|=|:=)[ \t]*(?:[|>][+-]?[ \t]*\r?\n[ \t]*)?(?:\\{0,2}["'`])?\Z"""
)
_ENTRY = re.compile(
    rb"""(?<![\w.-])["']?([\w.-]{1,253})["']?[ \t]*:[ \t]*["']?([A-Za-z0-9+/]{8,}={0,2})(?=["'\s,}]|\Z)"""
)


def texts(data: bytearray, start: int, end: int, places: Sequence[tuple[int, Kind]]) -> Iterator[Encoded]:
    """The texts in `data[start:end]`; `places` are the ends of what promises them, ascending."""
    entries: dict[int, int] = {}
    if any(kind is Kind.MANIFEST for _, kind in places):
        for entry in _entries(data, start, end):
            entries[entry.start] = entry.end
            yield entry
    read = start
    escaped = dict.fromkeys(FAMILIES, start)
    for place, kind in places:
        if kind in (Kind.RUN, Kind.INSIDE) and place > read:
            run = _run(data, place, start, end) if kind is Kind.RUN else _run_around(data, place, start, end)
            if run is not None and run.start >= read:
                read = run.end
                if run.start not in entries:
                    yield run
        elif kind in (Kind.ESCAPES, Kind.ESCAPE):
            family = family_at(data, place, start)
            low, needed, high = _region(data, place, start, end)
            if needed > escaped[family]:
                escaped[family] = high
                yield FAMILIES[family].decoded(data, low, high)


def _entries(data: bytearray, start: int, end: int) -> Iterator[Encoded]:
    """The values of the Kubernetes Secrets in a content.

    https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
    """
    for entry in _ENTRY.finditer(data, start, end):
        pieces = Pieces()
        first, last = entry.span(2)
        pieces.add(entry[2].rstrip(b"="), first, last)
        text = _from_base64(pieces.text)
        if _is_text(text):
            yield Encoded(first, last, text, "base64 in a Kubernetes Secret", pieces, (4, 3), entry[1], True)


def _run(data: bytearray, place: int, start: int, end: int) -> Encoded | None:
    """The base64 or hexadecimal digits whose first characters end at `place`."""
    found = _FOUND.search(data, max(start, place - _LOOK_BACK), place)
    if found is None:
        return None
    first = found.start()
    known = _NAME.search(data, max(start, first - _NAME_REACH), first)
    name = bytes(known[1]) if known else b""
    pieces = Pieces()
    if found["hex"]:
        digits = _HEX.match(data, first, end)
        last = digits.end() if digits else place
        last -= (last - first) % 2
        pieces.add(data[first:last], first, last)
        return Encoded(first, last, bytes.fromhex(pieces.text.decode()), "hexadecimal", pieces, (2, 1), name)
    for line_start, line_end in _lines(data, first, end):
        for sign in _BASE64_SIGN.finditer(data, line_start, line_end):
            escaped = sign[1] or sign[3]
            pieces.add(bytes.fromhex(escaped.decode()) if escaped else sign[2] or sign[0], *sign.span())
        last = line_end
    padding = _PADDING.match(data, last, end)
    last = padding.end() if padding else last
    text = _from_base64(pieces.text)
    if found["wide"]:
        return Encoded(first, last, text.decode("utf-16-le", "replace").encode(), "base64, UTF-16", pieces, None, name)
    return Encoded(first, last, text, "base64", pieces, (4, 3), name)


def _run_around(data: bytearray, place: int, start: int, end: int) -> Encoded | None:
    """The base64 on whose line a word ends at `place`."""
    low = max(start, place - _INSIDE_REACH)
    back = _BASE64_BACK.match(data[low:place][::-1])
    first = place - (back.end() if back else 0)
    # An escaped line end may stand before it, whose letter looks like the first of it.
    firsts = (first + 1, first) if first > start and data[first - 1] == ord("\\") else (first,)
    begun = next((found for each in firsts if (found := _BEGUN.match(data, each, end))), None)
    return _run(data, begun.end(), start, end) if begun else None


def _lines(data: bytearray, start: int, end: int) -> list[tuple[int, int]]:
    """Where the lines stand of the base64 that starts at `start`: all as long as the second, the last no longer.

    The first line may be another, if it has whole groups of four.
    """
    lines: list[tuple[int, int]] = []
    width = 0
    while line := _BASE64.match(data, start, end):
        length = line.end() - line.start()
        if len(lines) == 1:
            first = lines[0][1] - lines[0][0]
            width = length if first % 4 == 0 and length >= first else first
        if lines and length > width:
            break
        lines.append(line.span())
        gap = _GAP.match(data, line.end(), end)
        if gap is None or (len(lines) > 1 and length < width):
            break
        start = gap.end()
    return lines


def _from_base64(characters: bytearray) -> bytes:
    """The bytes of base64 of either alphabet, as far as there are whole ones."""
    rest = len(characters) % 4
    whole = characters[:-1] if rest == 1 else characters
    return binascii.a2b_base64(whole.translate(_STANDARD) + b"=" * (-len(whole) % 4))


def _is_text(text: bytes) -> bool:
    try:
        return all(character.isprintable() or character in "\t\n\r" for character in text.decode())
    except UnicodeDecodeError:
        return False


def _region(data: bytearray, place: int, start: int, end: int) -> tuple[int, int, int]:
    """What to read around an escape that ends at `place`: from where, up to where at least, and up to where at best.

    It is a part of its line, and all of a word. On a long line as much again is read as is needed, so that the many
    escapes behind it do not each have most of the same read once more.
    """
    low = max(data.rfind(b"\n", start, place) + 1, start, place - _BEFORE_ESCAPE)
    line_end = data.find(b"\n", place, end)
    line_end = end if line_end < 0 else line_end
    word = _WORD.match(data, place, line_end)
    needed = max(min(line_end, place + _BEHIND_ESCAPE), word.end() if word else place)
    return low, needed, max(min(line_end, place + 2 * _BEHIND_ESCAPE), needed)
