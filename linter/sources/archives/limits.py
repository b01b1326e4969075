"""What opening an archive may cost, and the ways in which it ends early."""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING

from linter.model import SkipKind

if TYPE_CHECKING:
    from linter.sources.archives.stream import Stream

__all__ = ["DEPTH", "Budget", "DamagedError", "LackingError", "LimitError", "Memory", "RefusedError", "UnopenedError"]

DEPTH = 4
"""Archives inside one another, compression of an archive as a whole not counted: an image, its layer, a jar, a jar."""

MEMBERS = 100_000
"""Members of one archive of a source and all that is nested in it; a layer of an image has tens of thousands."""

SIZE = 1 << 30
SIZE_RATIO = 4
"""Bytes that may come out of one archive, or, of a large one, so many times its own size."""

RATIO = 200
RATIO_FREE = 10 << 20
"""Bytes that may come out of a byte of an archive, once so many came out of it: text comes to 20, zeros to 1,000."""

SECONDS = 60.0
BYTES_A_SECOND = 10 << 20
"""Time for one archive, with a second more for so many bytes of its own."""

HELD = 128 << 20
"""Bytes that are held at one time of what is read in any order and stands in a git object or another archive."""

HELD_FREELY = 8 << 20
"""Bytes that each thread may hold; more is held by one at a time."""

_PIECE = 1 << 20


class UnopenedError(Exception):
    """Something is not, or not wholly, opened; the text says why, in words that hold nothing of its content."""

    kind = SkipKind.FAILED


class DamagedError(UnopenedError):
    """What is read is not what its format says."""


class RefusedError(UnopenedError):
    """What is read is locked, or of a kind that is not opened."""

    kind = SkipKind.LIMITED


class LackingError(UnopenedError):
    """Its bytes were scanned; what takes the text out of them is not installed."""

    kind = SkipKind.DEGRADED


class LimitError(UnopenedError):
    """A limit of the whole archive was reached."""

    kind = SkipKind.LIMITED


class Memory:
    """The memory for large contents that have to be held, which one archive has at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: Budget | None = None

    def take(self, budget: Budget) -> float:
        """Wait until it is free, unless `budget` has it; how many seconds that took."""
        if self._owner is budget:
            return 0.0
        start = time.monotonic()
        self._lock.acquire()
        self._owner = budget
        return time.monotonic() - start

    def give_back(self, budget: Budget) -> None:
        """Let the next one have it, if `budget` has it."""
        if self._owner is budget:
            self._owner = None
            self._lock.release()


class Budget:
    """What opening one archive of `size` bytes, with all that is nested in it, may still cost."""

    def __init__(self, size: int, memory: Memory) -> None:
        self._memory = memory
        self._size = max(size, 1)
        self._limit = max(SIZE, SIZE_RATIO * size)
        self._deadline = time.monotonic() + SECONDS + size / BYTES_A_SECOND
        self._held = 0
        self._members = 0
        self._expanded = 0

    def expand(self, count: int) -> None:
        """Account for `count` bytes that came out of it.

        Raises:
            LimitError: they are too many, or took too long.
        """
        self._expanded += count
        if self._expanded > self._limit:
            raise LimitError(f"more than {self._limit >> 20:,} MiB came out of it")
        if self._expanded > RATIO_FREE and self._expanded > RATIO * self._size:
            raise LimitError(f"more than {RATIO} times its own size came out of it")
        self.check_time()

    def check_time(self) -> None:
        """Look at the clock.

        Raises:
            LimitError: the time is over.
        """
        if time.monotonic() > self._deadline:
            raise LimitError("it took too long")

    def add_member(self) -> None:
        """Account for one more member.

        Raises:
            LimitError: they are too many.
        """
        self._members += 1
        if self._members > MEMBERS:
            raise LimitError(f"it has more than {MEMBERS:,} members")
        self.check_time()

    def hold(self, stream: Stream) -> tuple[io.BytesIO, UnopenedError | None]:
        """The content of `stream` in memory, up to what may still be held, and why that is not all of it.

        It is to be given back by `release`.
        """
        file = io.BytesIO()
        fault: UnopenedError | None = None
        try:
            while self._held < HELD and (piece := stream.read(min(_PIECE, HELD - self._held))):
                file.write(piece)
                self._held += len(piece)
                if self._held > HELD_FREELY:
                    self._deadline += self._memory.take(self)
            if stream.peek(1):
                fault = RefusedError(f"it would have to be held in memory, and is larger than {HELD >> 20} MiB")
        except UnopenedError as error:
            fault = error
        file.seek(0)
        return file, fault

    def release(self, file: io.BytesIO) -> None:
        """Let go of what is held in `file`."""
        self._held -= file.seek(0, io.SEEK_END)
        file.close()
        if self._held <= HELD_FREELY:
            self._memory.give_back(self)
