"""Contents that are read one after the other, packed into batches of one buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.model import Batch
from linter.sources.windows import windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Filler"]


class Filler:
    """Packs contents into batches of one buffer; a content that is larger than the buffer comes in windows."""

    def __init__(self, buffer: bytearray) -> None:
        self._buffer = buffer
        self._reset()

    def _reset(self) -> None:
        self._buffer[0:1] = b"\n"
        paths: list[bytes] = []
        self._batch = Batch(self._buffer, 1, [], [], paths, paths=paths)

    def add(self, key: bytes, read: Callable[[memoryview], int]) -> Iterator[Batch]:
        """Add one content, read to its end; gives out the batches that are full."""
        start = filled = self._batch.size
        while True:
            filled, at_end = self._fill(filled, read)
            if at_end:
                self._append(key, start, filled)
                return
            if start == 1:
                break
            begun = bytes(self._buffer[start:filled])
            yield from self.flush()
            start, filled = 1, 1 + len(begun)
            self._buffer[start:filled] = begun
        for batch in windows(self._buffer, filled, read, key):
            batch.paths = batch.keys
            yield batch
        self._reset()

    def _fill(self, filled: int, read: Callable[[memoryview], int]) -> tuple[int, bool]:
        """Read until the content ends or only the byte for the newline behind it is free."""
        with memoryview(self._buffer) as view:
            while filled < len(view) - 1:
                count = read(view[filled : len(view) - 1])
                if count == 0:
                    return filled, True
                filled += count
        return filled, False

    def _append(self, key: bytes, start: int, end: int) -> None:
        self._buffer[end : end + 1] = b"\n"
        self._batch.starts.append(start)
        self._batch.ends.append(end)
        self._batch.keys.append(key)
        self._batch.size = end + 1

    def flush(self) -> Iterator[Batch]:
        """Give out what is there."""
        if self._batch.starts:
            yield self._batch
        self._reset()
