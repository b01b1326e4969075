"""What stands around a place in a content: words of a provider, and whether it is text at all."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Content"]

_BINARY_SAMPLE = 8192
_LINE_REACH = 200
_PARENT_REACH = 2_000
_PARENTS = 4
_OPENS_SECTION = b"["


class Content:
    """One content in a buffer, between two offsets; what is asked of it is read once."""

    def __init__(self, data: bytearray, start: int, end: int) -> None:
        self._data = data
        self._start = start
        self._end = end

    def holds_any(self, words: Sequence[str]) -> bool:
        """True if one of `words` (lower case) stands in the content, in any case."""
        return any(word.encode() in self._lowered for word in words)

    def is_binary(self) -> bool:
        """True if a zero byte stands near the start, as git decides it."""
        return self._data.find(0, self._start, min(self._end, self._start + _BINARY_SAMPLE)) >= 0

    def says_any(self, start: int, words: Sequence[str]) -> bool:
        """True if what is said of the byte at `start` (see `is_of_another_kind`) holds one of `words`."""
        return any(word.encode() in line for line in self._enclosing(start - self._start) for word in words)

    def is_of_another_kind(self, start: int, unless: Sequence[str], context: Sequence[str]) -> bool:
        """True if what is said of the byte at `start` holds a word of `unless` and none of `context` (lower case).

        What is said is the line before it and the line's end, the lines that enclose it (of less indentation), and
        the header of its section.
        """
        if not unless:
            return False
        return any(
            any(word.encode() in line for word in unless) and not any(word.encode() in line for word in context)
            for line in self._enclosing(start - self._start)
        )

    def _enclosing(self, offset: int) -> list[bytes]:
        """The line at `offset`, then the lines that enclose it, from the inside."""
        text = self._lowered
        first = text.rfind(b"\n", 0, offset) + 1
        last = text.find(b"\n", offset)
        last = len(text) if last < 0 else last
        lines = [bytes(text[max(first, offset - _LINE_REACH) : min(last, offset + _LINE_REACH)])]
        depth = _indentation(text[first:offset])
        above = text[max(0, first - _PARENT_REACH) : first].splitlines()
        for line in reversed(above):
            if len(lines) > _PARENTS:
                break
            stripped = line.strip()
            if stripped.startswith(_OPENS_SECTION) and not depth:
                lines.append(bytes(stripped))
                break
            if stripped and (here := _indentation(line)) < depth:
                lines.append(bytes(stripped))
                depth = here
        return lines

    @cached_property
    def _lowered(self) -> bytearray:
        return self._data[self._start : self._end].lower()


def _indentation(line: bytearray) -> int:
    return len(line) - len(line.lstrip())
