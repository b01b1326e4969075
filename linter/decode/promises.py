r"""Patterns that tell where text is written in another way, so that only there is anything decoded.

Base64 of a picture, of a key or of a digest must not cost a call for each, so base64 and hexadecimal digits count only
where what they stand for begins like text. Of ASCII text every byte has its first bit clear, which leaves to the first
three of four characters of base64 (RFC 4648, section 4) about half of the alphabet each; eighteen such bytes are text
by chance once in a million times. Escapes count where six stand side by side, and where one stands at a place that a
rule asks about: behind a name of credentials, in `://`, in the head of a private key, before a prefix; and where one
hides another.
"""

from __future__ import annotations

import enum
import re
import string
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["HEX", "MANIFEST", "RUN", "WIDE", "Kind", "Promise", "promises", "search"]

_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits


class Kind(enum.IntEnum):
    """What a promise promises."""

    RUN = 0
    """Base64 or hexadecimal digits of text."""
    ESCAPES = 1
    """Characters that are all escaped."""
    ESCAPE = 2
    """An escape at a place that matters."""
    MANIFEST = 3
    """The manifest of a Kubernetes Secret."""


class Promise(NamedTuple):
    """A pattern, without look-around, and what stands where it matches."""

    kind: Kind
    pattern: bytes


def _characters(is_of_text: Callable[[int], bool]) -> str:
    """The class of the characters of base64 whose six bits are such."""
    return f"[{''.join(character for six, character in enumerate(_ALPHABET) if is_of_text(six))}]"


_FIRST = _characters(lambda six: six == 0b000010 or 0b001000 <= six < 0b100000)  # 0x09-0x0D or 0x20-0x7F
_SECOND = _characters(lambda six: six & 0b001111 in (0, 2, 3, 4, 5, 6, 7))  # the half of the second byte
_THIRD = _characters(lambda six: six & 0b000011 < 0b10)
_LAST = r"(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\/|\\u002[BbFf])"
RUN = rf"(?:{_FIRST}{_SECOND}{_THIRD}{_LAST}){{6}}"
"""Base64 of eighteen characters of ASCII text."""
WIDE = rf"(?:{_FIRST}[AQgw][AB]{_LAST}A[AC-H][AEIMQUYcgkosw048]A){{3}}"
"""Base64 of nine characters of ASCII text in UTF-16, as `powershell -EncodedCommand` takes it."""
HEX = r"(?:[2-7][0-9A-Fa-f]|0[9AaDd]){18}"

_BEFORE = r"(?:[^A-Za-z0-9+/_-]|\\[nrt]|%[0-9A-Fa-f]{2}|\\u00[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2})"
_RUN = rf"(?:{_BEFORE}(?:{RUN}|{WIDE}|{HEX})|[^0-9A-Za-z]0[xX]{HEX})"

_TEXT_BYTE = "(?:[2-7][0-9A-Fa-f]|0[9AaDd])"
_ESCAPES = (
    rf"(?:^[^%\n]{{0,2}}|[^%\n][^\n]{{2}})(?:%{_TEXT_BYTE}){{6}}",
    rf"(?:^[^\\\n]{{0,3}}|[^\\\n][^\n]{{3}})(?:\\x{_TEXT_BYTE}){{6}}",
    rf"(?:^[^\\\n]{{0,5}}|[^\\\n][^\n]{{5}})(?:\\u00{_TEXT_BYTE}){{6}}",
    r"(?:^|[^;])(?:&#(?:[0-9]{2,3}|[xX][2-7][0-9A-Fa-f]);){6}",
)

_BYTE = r"(?:%(?:25)?|\\{{1,2}}(?:u00|x))(?:{digits})"
_ANY = rf"(?:{_BYTE.format(digits='[0-7][0-9A-Fa-f]')}|\\[nrt])"
_NAME = r"(?i:key|secret|token|passw?o?r?d?|pwd|auth[a-z]{0,12}|bearer|basic|credentials?)"
_QUOTED = (
    rf"(?:{_BYTE.format(digits='3[AaDd]|2[027]')}|\\\\[\"']"
    r"|&(?:quot|apos|equals|colon|#0{0,3}(?:34|39|58|61)|#[xX]0{0,2}(?:22|27|3[AaDd]));)"
)
_SLASH = rf"(?:\\{{2,8}}/|{_BYTE.format(digits='2[Ff]')}|&(?:sol|#47|#[xX]2[Ff]);)"
_COLON = rf"(?::|{_BYTE.format(digits='3[Aa]')}|&(?:colon|#58|#[xX]3[Aa]);)"
_SPACE = rf"(?:\+|{_BYTE.format(digits='20')}|&(?:nbsp|#32|#[xX]20);)"
_SIGN = rf"(?:{_BYTE.format(digits='2[BbFf]|3[Dd]')}|\\/|&#(?:43|47|61|[xX]2[BbFf]|[xX]3[Dd]);)"
_ENTITY = r"(?:#|quot|apos|amp|lt|gt)"
_DOUBLE = (
    r"(?:%(?:25){1,3}[2-7][0-9A-Fa-f]|%(?:25)?5[Cc](?:[ux]|%)"
    rf"|(?:%(?:25)?26|\\{{1,2}}(?:u00|x)26|&#38;|&#[xX]26;|&amp;)(?:{_ENTITY}|%(?:25)?23|\\{{1,2}}(?:u00|x)23)"
    r"|\\{1,2}(?:u00|x)(?:25[2-7]|5[Cc][ux])|\\{2,8}(?:u00|x)[2-7])"
)
"""The sign of an escape that is itself escaped."""
_ESCAPE = (
    _DOUBLE,
    rf"{_NAME}[\w.-]{{0,16}} ?[:=]? ?{_QUOTED}",
    rf"{_COLON}{_SLASH}{{2}}",
    r"PRIVATE KEY-----\\{2,8}[nr]",
    rf"{_ANY}[A-Za-z][A-Za-z0-9+.-]{{1,20}}:(?:\\?/){{2}}[^\s/:@\"']{{0,60}}:[^\s/:@\"']{{3,60}}@",
    rf"BEGIN{_SPACE}(?:[A-Z]{{2,8}}{_SPACE}){{0,2}}PRIVATE",
    rf"""(?i:secret|access_?key|account_?key)[\w."'-]{{0,16}}[ ]?[:=][ ]?["']?[A-Za-z0-9+/_-]{{0,60}}{_SIGN}""",
)

MANIFEST = r"""kind["']?:\s{0,4}["']?Secret\b"""
"""https://kubernetes.io/docs/concepts/configuration/secret/"""


def promises(prefixes: Iterable[str]) -> tuple[Promise, ...]:
    """All patterns; `prefixes` are words with which credentials begin, before which an escape may hide a boundary."""
    known = sorted(set(prefixes))
    words = "|".join(map(re.escape, known))
    hidden = (rf"{_ANY}(?i:{words})",) if known else ()
    patterns = [
        (Kind.RUN, (_RUN,)),
        (Kind.ESCAPES, _ESCAPES),
        (Kind.ESCAPE, (*_ESCAPE, *hidden)),
        (Kind.MANIFEST, (MANIFEST,)),
    ]
    return tuple(Promise(kind, pattern.encode()) for kind, each in patterns for pattern in each)


_LONG_WORD = re.compile(rb"[A-Za-z0-9+/_%\\-]{24,}")
_ESCAPE_IN_LINE = re.compile(rb"[%\\&][^\n]*")
_LONGEST_BEFORE = 8


def search(data: bytearray, size: int, known: Sequence[Promise]) -> Iterator[tuple[int, Kind]]:
    """The ends of all matches of the patterns `known` in the first `size` bytes, where no engine looks for them.

    Most of a text has no word as long as an encoded one, and no escape, so it is not searched for what needs them.
    """
    words = [(max(found.start() - _LONGEST_BEFORE, 0), found.end()) for found in _LONG_WORD.finditer(data, 0, size)]
    lines = [
        (data.rfind(b"\n", 0, found.start()) + 1, found.end()) for found in _ESCAPE_IN_LINE.finditer(data, 0, size)
    ]
    spans = {Kind.RUN: words, Kind.ESCAPES: lines, Kind.ESCAPE: lines, Kind.MANIFEST: [(0, size)]}
    for kind, pattern in known:
        compiled = re.compile(pattern, re.MULTILINE)
        for start, end in spans[kind]:
            yield from ((found.end(), kind) for found in compiled.finditer(data, start, end))
