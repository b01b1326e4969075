"""Content larger than a buffer, handed out in windows that overlap by more than any match is wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.model import WHOLE, Batch
from linter.patterns import WIDTH_LIMIT
from linter.positions import advance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["BUFFER_SIZE", "windows"]

BUFFER_SIZE = 1 << 20
"""Bytes of the buffers that sources fill."""

# A multiple of four, so that windows of UTF-16 and UTF-32 text start at a whole character.
OVERLAP = 2 * WIDTH_LIMIT


def windows(buffer: bytearray, filled: int, read: Callable[[memoryview], int], key: bytes) -> Iterator[Batch]:
    """The windows of one content.

    Args:
        buffer: holds any one byte and then the start of the content; it is overwritten.
        filled: how many bytes of the buffer are that.
        read: puts more of the content at the start of the view it is given and says how many bytes; 0 at the end.
        key: what the source knows the content by.
    """
    origin = WHOLE
    at_end = False
    while True:
        with memoryview(buffer) as view:
            while filled < len(buffer) and not at_end:
                count = read(view[filled:])
                filled += count
                at_end = count == 0
        # One byte stays behind the window, for what a pattern asks of the byte after a match.
        end = filled if at_end else filled - 1
        yield Batch(buffer, filled, [1], [end], [key], origin, at_end)
        if at_end:
            return
        start = 1 + (end - 1 - OVERLAP) // 4 * 4
        origin = advance(origin, buffer[1:start])
        filled -= start - 1
        buffer[:filled] = buffer[start - 1 : start - 1 + filled]
