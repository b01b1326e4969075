"""An archive being opened: its members as batches, and what became of each, nested ones too."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from linter.model import Skip, SkipKind
from linter.sources.archives import bytecode, compression, documents, pdf, sqlite, tars, zips
from linter.sources.archives.entry import Entry
from linter.sources.archives.kinds import HEAD, MARK, kind_of, text_kind_of
from linter.sources.archives.limits import DEPTH, Budget, LimitError, Memory, RefusedError, UnopenedError
from linter.sources.archives.stream import Stream
from linter.sources.filler import Filler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.model import Batch

__all__ = ["Opened"]

SKIPS_NAMED = 1_000
"""Members that were not scanned and are named one by one; the rest of an archive is one skip with their number."""

_COMPRESSED: dict[str, Callable[[Stream, Budget], Stream]] = {
    "gzip": compression.gzip,
    "bzip2": compression.bzip2,
    "xz": compression.xz,
    "zstandard": compression.zstandard,
}
_HELD: dict[str, Callable[[IO[bytes], Budget], Iterator[Entry]]] = {
    "zip": zips.entries,
    "sqlite": sqlite.entries,
    "bytecode": bytecode.entries,
    "pdf": pdf.entries,
    "office": documents.office_entries,
    "image": documents.image_entries,
}
"""What is read in any order; a file is read where it stands, all else from memory."""

_UNREADABLE = {"sevenzip": "7-Zip archives are not opened", "rar": "RAR archives are not opened"}


class Opened:
    """The archive in `file`, which has `size` bytes and was scanned as it is; `buffer` is filled with its members.

    `memory` is shared by all threads.

    Attributes:
        members: how many were scanned, each member of a nested archive too.
        skips: what was not scanned; paths are relative to the archive, and that of itself is empty.
    """

    def __init__(self, file: IO[bytes], size: int, buffer: bytearray, memory: Memory) -> None:
        self._file = file
        self._budget = Budget(size, memory)
        self._filler = Filler(buffer)
        self._lost: set[bytes] = set()
        self._unnamed: list[SkipKind] = []
        self.members = 0
        self.skips: list[Skip] = []

    def batches(self) -> Iterator[Batch]:
        """The members; keys and paths are relative to the archive, with `!` between an archive and what it holds."""
        try:
            stream = Stream(self._file.read)
            kind = kind_of(stream.peek(HEAD))
            if kind is not None and self._file.seekable():
                self._file.seek(0)
                yield from self._opened(kind, Stream(self._file.read), self._file, b"", 1)
            elif kind is not None:
                yield from self._held(kind, stream, b"", 1, is_scanned=True)
        except LimitError as limit:
            self._skip(b"", limit)
        yield from self._filler.flush()
        if self._unnamed:
            worst = SkipKind.FAILED if SkipKind.FAILED in self._unnamed else SkipKind.LIMITED
            self.skips.append(Skip("", f"archive: {len(self._unnamed):,} more members were not scanned", worst))

    def _opened(self, kind: str, stream: Stream, file: IO[bytes] | None, path: bytes, depth: int) -> Iterator[Batch]:
        """What is in an archive that is read as a stream, or from a file."""
        try:
            if kind in _HELD and file is not None:
                entries = _HELD[kind](file, self._budget)
            else:
                entries = self._streamed(kind, stream)
            for entry in entries:
                yield from self._entry(entry, path, depth)
        except LimitError:
            raise
        except UnopenedError as error:
            self._skip(path, error)

    def _streamed(self, kind: str, stream: Stream) -> Iterator[Entry]:
        """What is in a tar, or in what is compressed; a compressed tar is one archive."""
        if kind in _UNREADABLE:
            raise RefusedError(_UNREADABLE[kind])
        if kind in _COMPRESSED:
            stream = _COMPRESSED[kind](stream, self._budget)
            kind = kind_of(stream.peek(HEAD)) or ""
        return tars.entries(stream, self._budget) if kind == "tar" else iter([Entry(b"content", stream)])

    def _entry(self, entry: Entry, path: bytes, depth: int) -> Iterator[Batch]:
        """One entry, scanned or opened."""
        name = path + MARK + entry.name if path else entry.name
        if entry.is_member:
            self._budget.add_member()
        head = entry.stream.peek(HEAD)
        kind = kind_of(head) or text_kind_of(head) if entry.is_member else None
        if kind is None:
            yield from self._scanned(name, entry.stream)
        elif kind not in ("office", "image") and depth >= DEPTH:
            yield from self._scanned(name, entry.stream)
            self._skip(name, RefusedError(f"it is nested more than {DEPTH} deep"))
        elif kind in _HELD or kind in _UNREADABLE:
            yield from self._held(kind, entry.stream, name, depth + 1)
        else:
            yield from self._opened(kind, entry.stream, None, name, depth + 1)
        if entry.is_member:
            self.members += name not in self._lost
            self._lost.discard(name)

    def _held(self, kind: str, stream: Stream, path: bytes, depth: int, *, is_scanned: bool = False) -> Iterator[Batch]:
        """What is read in any order and is no file: held in memory, scanned as it is, and opened."""
        if is_scanned and kind not in _HELD:
            yield from self._opened(kind, stream, None, path, depth)
            return
        file, fault = self._budget.hold(stream)
        try:
            if not is_scanned:
                yield from self._scanned(path, Stream(lambda count: file.read(count) or stream.read(count)))
                file.seek(0)
            if isinstance(fault, LimitError):
                raise fault
            if fault is not None:
                self._skip(path, fault)
            else:
                yield from self._opened(kind, Stream(file.read), file, path, depth)
        finally:
            self._budget.release(file)

    def _scanned(self, path: bytes, stream: Stream) -> Iterator[Batch]:
        """The bytes as they are, up to where they are at fault."""
        fault: UnopenedError | None = None

        def read(view: memoryview) -> int:
            nonlocal fault
            try:
                piece = stream.read(len(view)) if fault is None else b""
            except UnopenedError as error:
                fault, piece = error, b""
            view[: len(piece)] = piece
            return len(piece)

        yield from self._filler.add(path, read)
        if isinstance(fault, LimitError):
            raise fault
        if fault is not None:
            self._skip(path, fault)

    def _skip(self, path: bytes, error: UnopenedError) -> None:
        self._lost.add(path)
        skip = Skip(os.fsdecode(path), f"archive: {error}", error.kind)
        if skip in self.skips[-1:]:
            return
        if len(self.skips) < SKIPS_NAMED:
            self.skips.append(skip)
        else:
            self._unnamed.append(skip.kind)
