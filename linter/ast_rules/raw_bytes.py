"""Bytes that are no text, as generators of keys give them, told without knowing what they are for."""

from __future__ import annotations

import itertools
import re

__all__ = ["score"]

_FEWEST, _OF_A_KEY, _MOST = 8, 16, 128
_VARIETY = 0.6
_BEYOND_BYTES = "\u0100"
_NO_TEXT, _RARE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]"), 24
"""Every fourth random byte is one of these; one of twenty-four is asked for."""
_OF_WORDS, _COMMON = re.compile(r"[A-Za-z ]"), 0.5
"""Every fifth random byte is one of these; texts in encodings of one byte have many."""
_START_OF_A_FILE = re.compile(
    r"\x89PNG|\xff\xd8\xff|\x1f\x8b|PK\x03\x04|\x7fELF|\xfd7zXZ|MZ|GIF8|\xca\xfe\xba\xbe|0[\x81-\x84]"
)
"""Of pictures, archives, programs and DER."""


def score(text: str) -> int:
    """How much bytes, read as the characters of their numbers, look generated: 0, 2, or 3 for those of a key's length.

    Words in a Latin encoding, counters, patterns and files do not.
    """
    length = len(text)
    if not _FEWEST <= length <= _MOST or max(text) >= _BEYOND_BYTES or _START_OF_A_FILE.match(text):
        return 0
    if len(_NO_TEXT.findall(text)) * _RARE < length or len(_OF_WORDS.findall(text)) > length * _COMMON:
        return 0
    steps = {ord(second) - ord(first) for first, second in itertools.pairwise(text)}
    if min(len(set(text)), len(steps)) < length * _VARIETY:
        return 0
    return 3 if length >= _OF_A_KEY else 2
