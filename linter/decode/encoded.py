"""A text that is written in another way, and which bytes outside write each byte of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Encoded", "LaterPieces", "Pieces"]


class Pieces:
    """Text that is put together from pieces of a content."""

    def __init__(self) -> None:
        self.text = bytearray()
        # For some bytes of the text, ascending, where the piece that starts or ends there stands outside.
        self._inner: list[int] = []
        self._outer: list[int] = []
        self._end = -1

    def add(self, piece: bytes | bytearray, start: int, end: int) -> None:
        """Append what the bytes from `start` to `end` of the content stand for."""
        if self._end not in (-1, start):
            self._mark(self._end)
        self._mark(start)
        self.text += piece
        self._end = end

    def _mark(self, outer: int) -> None:
        self._inner.append(len(self.text))
        self._outer.append(outer)

    def start(self, inner: int) -> int:
        """Where the byte `inner` of the text starts in the content."""
        number = max(bisect_right(self._inner, inner) - 1, 0)
        return min(self._outer[number] + inner - self._inner[number], self._end)

    def end(self, inner: int) -> int:
        """Where the content has said the first `inner` bytes of the text."""
        if inner >= len(self.text):
            return self._end
        number = bisect_left(self._inner, inner)
        if number < len(self._inner) and self._inner[number] == inner:
            return self._outer[number]
        number = max(number - 1, 0)
        return min(self._outer[number] + inner - self._inner[number], self._end)


class LaterPieces:
    """Pieces that `make` puts together once a place is asked for: of most texts none ever is."""

    def __init__(self, make: Callable[[], Pieces]) -> None:
        self._make = make

    @cached_property
    def _pieces(self) -> Pieces:
        return self._make()

    def start(self, inner: int) -> int:
        """As of `Pieces`."""
        return self._pieces.start(inner)

    def end(self, inner: int) -> int:
        """As of `Pieces`."""
        return self._pieces.end(inner)


class Encoded(NamedTuple):
    """A text that the bytes `start` to `end` of a content say; `how` they are written is told in words.

    `scale`: so many bytes of `pieces` are so many bytes of `text`; None if only the whole is known. `name` is what
    the text is called in the content, where it is; `is_of_secret`: the content says that it is a secret.
    """

    start: int
    end: int
    text: bytes
    how: str
    pieces: Pieces | LaterPieces
    scale: tuple[int, int] | None
    name: bytes = b""
    is_of_secret: bool = False

    def outside(self, start: int, end: int) -> tuple[int, int]:
        """Which bytes of the content say the bytes `start` to `end` of the text."""
        if self.scale is None:
            return self.start, self.end
        characters, size = self.scale
        first = self.pieces.start(max(start, 0) * characters // size)
        last = self.end if end >= len(self.text) else self.pieces.end(-(-end * characters // size))
        return first, max(first, last)
