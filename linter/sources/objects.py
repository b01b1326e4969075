"""The contents of git objects, streamed out of one git process."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING

from linter.model import Batch
from linter.sources.windows import BUFFER_SIZE, windows

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Generator, Iterable, Iterator

    from linter.git import Process, Sterile

__all__ = ["CACHE_SIZE", "opened", "read_objects", "with_paths"]

CACHE_SIZE = 48 << 20
"""Half of git's default, which is enough for a run of objects in the order of the packs of a small repository."""

READS = 3
"""How often an object is asked for: repacks may follow one another."""


def read_objects(sterile: Sterile, names: list[bytes], cache_size: int = CACHE_SIZE) -> Iterator[Batch]:
    """Batches with the contents of the objects `names`, in their order; keys are `id type`.

    An object that git reports missing is asked for again at the end (a repack may have moved it). When git
    dies, it is started again behind what it delivered; an object at which it dies twice is left out. What does
    not come is in no batch: the caller compares. `cache_size` are the bytes in which git keeps the bases of deltas.
    """
    buffer = bytearray(BUFFER_SIZE)
    for _ in range(READS):
        if not names:
            break
        names = yield from _read_all(sterile, names, buffer, cache_size)


@contextlib.contextmanager
def opened(sterile: Sterile, name: bytes) -> Iterator[IO[bytes]]:
    """The content of the blob `name` as a stream, which ends early if git does."""
    with sterile.start("cat-file", "blob", name.decode()) as git:
        yield git.output


def with_paths(batches: Iterable[Batch], paths: Callable[[list[bytes]], list[bytes]]) -> Iterator[Batch]:
    """The batches, with the `paths` of their objects by their keys."""
    for batch in batches:
        batch.paths = paths(batch.keys)
        yield batch


def _read_all(
    sterile: Sterile, names: list[bytes], buffer: bytearray, cache_size: int
) -> Generator[Batch, None, list[bytes]]:
    """Batches with the objects `names`; returns those that git reported missing."""
    command = ("-c", f"core.deltaBaseCacheLimit={cache_size}", "cat-file", "--batch", "--buffer")
    missing: list[bytes] = []
    at = 0
    while at < len(names):
        with sterile.start(*command, stdin=b"\n".join(names[at:]) + b"\n") as git:
            reader = _Reader(git, buffer)
            yield from reader.batches()
        missing += reader.missing
        answered = reader.answered
        if answered == 0 and sterile.stopped:
            break
        # Nothing at all: git dies at this object; go on behind it.
        at += answered or 1
    return missing


class _Reader:
    """Reads the answers of one `git cat-file --batch` (see "BATCH OUTPUT" in git-cat-file(1))."""

    def __init__(self, git: Process, buffer: bytearray) -> None:
        self.missing: list[bytes] = []
        self.answered = 0
        self._buffer = buffer
        self._raw: io.RawIOBase = git.output.raw
        self._filled = 0

    def batches(self) -> Iterator[Batch]:
        at_end = False
        while not at_end:
            at_end = self._fill()
            batch, used = self._parse()
            if batch.starts:
                yield batch
                self.answered += len(batch.starts)
            self._buffer[: self._filled - used] = self._buffer[used : self._filled]
            self._filled -= used
            if not batch.starts and self._filled == len(self._buffer):
                yield from self._large_object()

    def _fill(self) -> bool:
        with memoryview(self._buffer) as view:
            while self._filled < len(self._buffer):
                count = self._raw.readinto(view[self._filled :])
                if not count:
                    return True
                self._filled += count
        return False

    def _parse(self) -> tuple[Batch, int]:
        """The objects that are whole in the buffer, and how many bytes they take with their headers."""
        buffer, filled = self._buffer, self._filled
        batch = Batch(buffer, filled, [], [], [])
        used = 0
        while (header_end := buffer.find(b"\n", used, filled)) >= 0:
            key, _, size = bytes(buffer[used:header_end]).rpartition(b" ")
            if size == b"missing":
                self.missing.append(key)
                self.answered += 1
                used = header_end + 1
                continue
            end = header_end + 1 + int(size)
            if end >= filled:
                break
            batch.starts.append(header_end + 1)
            batch.ends.append(end)
            batch.keys.append(key)
            used = end + 1
        batch.size = used
        return batch, used

    def _large_object(self) -> Iterator[Batch]:
        """Windows of the object that starts the buffer and is larger than it."""
        header_end = self._buffer.find(b"\n")
        key, _, size = bytes(self._buffer[:header_end]).rpartition(b" ")
        held = self._filled - header_end
        self._buffer[:held] = self._buffer[header_end : self._filled]
        remaining = int(size) - (held - 1)

        def read(view: memoryview) -> int:
            nonlocal remaining
            count = (self._raw.readinto(view[:remaining]) or 0) if remaining else 0
            remaining -= count
            return count

        for batch in windows(self._buffer, held, read, key):
            batch.last = batch.last and remaining == 0
            yield batch
        self._filled = 0
        if remaining == 0:
            self._raw.read(1)
            self.answered += 1
