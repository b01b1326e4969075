"""The strings in compiled Python (.pyc), without Python's `marshal`, which hostile bytes can crash.

In the file a string stands behind its length, which may be any character, so that where a value starts cannot be told.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from linter.sources.archives.entry import Entry
from linter.sources.archives.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.sources.archives.limits import Budget

__all__ = ["entries"]

_HEADER = 8
"""Bytes before the marshalled code, at the least; later versions have 12 or 16."""

_SHORTEST = 8
"""Bytes of a string that may hold a credential with what tells that it is one."""
# What a string starts with (Python/marshal.c): its kind, and its length in one byte or in four, the lowest first, of
# which the upper two are no greater than those of the size of all. The kind's high bit says that it is referred to.
# What starts with one class of characters is found in half of the time.
_BRIEF, _LONG = rb"zZ\xfa\xda", rb"atuAs\xe1\xf4\xf5\xc1\xf3"
_START = (
    rb"[" + _BRIEF + _LONG + rb"]"
    rb"(?:(?<=([" + _BRIEF + rb"]))(?=[\x%02x-\xff])|(?<=[" + _LONG + rb"])(?=..[\x00-\x%02x][\x00-\x%02x]))"
)
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")


def entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """Every string that there can be, a line each, read wherever one may start: nothing depends on the version."""
    yield Entry(b"constants", Stream(_Strings(file.read(), budget).read), is_member=False)


class _Strings:
    """Reads the strings in `data`, one a line."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data = data
        self._budget = budget
        third, fourth = min(len(data) >> 16, 0xFF), min(len(data) >> 24, 0xFF)
        self._starts = re.compile(_START % (_SHORTEST, third, fourth), re.DOTALL).finditer(data, _HEADER)

    def read(self, count: int) -> bytes:
        """The next string and a line feed, whatever `count`; none at the end."""
        del count
        for start in self._starts:
            width = 1 if start[1] else 4
            at = start.start() + 1 + width
            size = int.from_bytes(self._data[at - width : at], "little")
            if not _SHORTEST <= size <= len(self._data) - at:
                continue
            if width > 1:
                self._budget.check_time()
            try:
                text = self._data[at : at + size].decode()
            except UnicodeDecodeError:
                continue
            if _TEXT.fullmatch(text):
                self._budget.expand(size + 1)
                return text.encode() + b"\n"
        return b""
