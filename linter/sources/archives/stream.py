"""Bytes that are read once, from their start to their end, with a look ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.sources.archives.limits import DamagedError, UnopenedError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Part", "Stream"]

_PIECE = 1 << 16


class Stream:
    """A stream over `read`, which gives about so many bytes, at least one, and none at the end.

    What `read` raises is raised once, when all that came before is read, and is the end of it.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._fault: UnopenedError | None = None
        self._is_over = False
        self._ahead = b""
        self._at = 0

    @classmethod
    def of(cls, data: bytes) -> Stream:
        """A stream of what is at hand."""
        left = [data]
        return cls(lambda _: left.pop() if left else b"")

    def peek(self, count: int) -> bytes:
        """The next bytes, which are read again; fewer than `count` only at the end."""
        while len(self._ahead) - self._at < count and (piece := self._next(count)):
            self._ahead, self._at = self._ahead[self._at :] + piece, 0
        return self._ahead[self._at : self._at + count]

    def read(self, count: int) -> bytes:
        """Up to `count` bytes; none only at the end."""
        if self._at == len(self._ahead):
            self._ahead, self._at = self._next(count), 0
            if self._fault is not None:
                fault, self._fault = self._fault, None
                raise fault
        if not self._at and len(self._ahead) <= count:
            piece, self._ahead = self._ahead, b""
            return piece
        piece = self._ahead[self._at : self._at + count]
        self._at += len(piece)
        return piece

    def _next(self, count: int) -> bytes:
        """More of it, unless it is over; then what ended it, if it did not end by itself, is kept."""
        if self._is_over:
            return b""
        try:
            piece = self._read(count)
        except UnopenedError as fault:
            piece, self._fault = b"", fault
        self._is_over = not piece
        return piece

    def exactly(self, count: int) -> bytes:
        """So many bytes.

        Raises:
            DamagedError: there are not as many.
        """
        data = self.peek(count)
        if len(data) < count:
            raise self._fault or DamagedError("it ends too early")
        self._at += count
        return data

    def skip(self, count: int) -> None:
        """Read over so many bytes.

        Raises:
            DamagedError: there are not as many.
        """
        while count:
            piece = self.read(min(count, _PIECE))
            if not piece:
                raise DamagedError("it ends too early")
            count -= len(piece)


class Part(Stream):
    """The next `count` bytes of a stream, as one of their own.

    Raises:
        DamagedError: while it is read, that they are not there.
    """

    def __init__(self, outer: Stream, count: int) -> None:
        super().__init__(self._piece)
        self._outer = outer
        self._left = count

    def _piece(self, wanted: int) -> bytes:
        piece = self._outer.read(min(wanted, self._left)) if self._left else b""
        if self._left and not piece:
            self._left = 0
            raise DamagedError("it ends too early")
        self._left -= len(piece)
        return piece

    def leave(self) -> None:
        """Read over what is left of it, so that the outer stream stands behind it.

        Raises:
            DamagedError: that is not there.
        """
        left, self._left, self._ahead, self._at = self._left, 0, b"", 0
        self._outer.skip(left)
