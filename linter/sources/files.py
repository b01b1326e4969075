"""Files: those of a work tree that git does not ignore, or all below a folder; one file; standard input."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING

from linter.model import Error, Skip, SkipKind, Tracking
from linter.sources.filler import Filler
from linter.sources.folders import Folders
from linter.sources.windows import BUFFER_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from linter.git import Sterile
    from linter.model import Batch
    from linter.sources.errand import Errand

__all__ = ["FileErrand", "Files", "below", "in_worktree", "read_stream"]

_GROUP = 64
_SIZE_ASKED = 2_000

WORTH_A_PROCESS = 4 << 20
"""Bytes of files that take longer to examine than another process to start."""

_FEW = 4 * _GROUP
"""Files that one thread has read before another process has started, whatever they hold."""


class Listing:
    """The paths to scan, relative to a folder, and what stands there and is not scanned."""

    def __init__(self) -> None:
        self.paths: list[bytes] = []
        self.skips: list[Skip] = []
        self.untracked: set[bytes] | None = None
        """Those of the paths that git neither has nor ignores; None where git was not asked."""

    def tracking(self, path: bytes) -> Tracking:
        """What git has to do with one of the paths."""
        if self.untracked is None:
            return Tracking.NONE
        return Tracking.UNTRACKED if path in self.untracked else Tracking.TRACKED

    def leave_out(self, path: bytes, reason: str, kind: SkipKind = SkipKind.EXCLUDED) -> None:
        """Tell that `path` is not scanned."""
        self.skips.append(Skip(os.fsdecode(path), reason, kind))


def in_worktree(sterile: Sterile, worktree: Path, below_path: bytes) -> Listing:
    """The tracked files and those that git does not ignore, at or below `below_path` (empty for all).

    Raises:
        Error: git cannot list them.
    """
    result = sterile.run(
        "-c",
        f"core.excludesFile={sterile.user_excludes()}",
        "ls-files",
        "-t",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
        *(["--", os.fsdecode(below_path)] if below_path else []),
        worktree=worktree,
    )
    if result.status != 0:
        raise Error(f"{worktree}: git cannot list the files: {result.errors}")
    listing = Listing()
    listing.untracked = set()
    for entry in result.output.split(b"\0"):
        tag, _, path = entry.partition(b" ")
        if tag == b"?":
            listing.untracked.add(path)
        if path:
            _place(listing, os.fsencode(worktree), tag, path)
    listing.paths.sort()
    return listing


def _place(listing: Listing, worktree: bytes, tag: bytes, path: bytes) -> None:
    """Put one entry of `git ls-files -t` where it belongs."""
    if tag == b"S":
        listing.leave_out(path, "not in the work tree (sparse checkout)")
        return
    try:
        mode = os.lstat(os.path.join(worktree, path)).st_mode
    except FileNotFoundError:
        listing.leave_out(path, "deleted in the work tree")
        return
    except OSError:
        mode = stat.S_IFREG
    if stat.S_ISDIR(mode):
        listing.leave_out(path, "another repository (a submodule, or one inside this one)")
    else:
        listing.paths.append(path)


def below(folder: Path) -> Listing:
    """Every file below `folder`; repositories inside it are files too, but for their `.git`."""
    listing = Listing()
    pending = [b""]
    while pending:
        relative = pending.pop()
        try:
            entries = list(os.scandir(os.path.join(os.fsencode(folder), relative)))
        except OSError as error:
            listing.leave_out(relative or b".", f"folder cannot be read: {error.strerror}", SkipKind.FAILED)
            continue
        for entry in entries:
            path = os.path.join(relative, entry.name)
            if entry.is_dir(follow_symlinks=False) and entry.name == b".git":
                listing.leave_out(path, "a repository's own files; scan the repository for its history")
            elif entry.is_dir(follow_symlinks=False):
                pending.append(path)
            else:
                listing.paths.append(path)
    listing.paths.sort()
    return listing


class Files:
    """A source of files below `root`; links are read as links and never followed."""

    def __init__(self, root: Path, paths: list[bytes]) -> None:
        self._root = root
        self._groups = deque(paths[at : at + _GROUP] for at in range(0, len(paths), _GROUP))
        self.paths = paths
        self.problems: dict[bytes, Skip] = {}

    def size(self) -> int | None:
        """Bytes of all files, or None where there are too many to ask."""
        return self._size

    @cached_property
    def _size(self) -> int | None:
        if len(self.paths) > _SIZE_ASKED:
            return None
        size = 0
        for path in self.paths:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(os.fsencode(self._root), path)).st_size
        return size

    def slices(self, jobs: int) -> list[Iterator[Batch | Errand]]:
        """Independent streams for one thread each; keys are paths.

        All but the first have errands where there is enough to be read.
        """
        count = min(jobs, len(self._groups)) or 1
        more = self._sent if self.helpers(jobs) else self._slice
        return [self._slice(), *(more() for _ in range(1, count))]

    def helpers(self, jobs: int) -> int:
        """How many of `jobs` streams have errands."""
        size = self._size if jobs > 1 and len(self.paths) > _FEW else 0
        return min(jobs, len(self._groups)) - 1 if size is None or size > WORTH_A_PROCESS else 0

    def skips(self, delivered: set[bytes]) -> list[Skip]:
        """What was listed and not delivered, each with what is known of why."""
        return [
            self.problems.get(path) or Skip(os.fsdecode(path), "was not read", SkipKind.FAILED)
            for path in self.paths
            if path not in delivered
        ]

    def opened(self, path: bytes) -> AbstractContextManager[IO[bytes]]:
        """The file at `path` once more, to be read in any order.

        Raises:
            OSError: it cannot be read, or is no file any more.
        """
        return _opened(self._root, path)

    def _taken(self) -> Iterator[list[bytes]]:
        """Groups of paths that no other thread has taken."""
        with contextlib.suppress(IndexError):
            while True:
                yield self._groups.popleft()

    def _slice(self) -> Iterator[Batch]:
        return _batches(self._root, (path for group in self._taken() for path in group), self.problems)

    def _sent(self) -> Iterator[Errand]:
        for group in self._taken():
            errand = FileErrand(self._root, group)
            yield errand
            self.problems.update(errand.unread)


@dataclass(slots=True)
class FileErrand:
    """Files that any process can read by itself.

    Attributes:
        root: the folder they are below.
        paths: which they are.
        unread: those that could not be read, and why, known at the end.
    """

    root: Path
    paths: list[bytes]
    unread: dict[bytes, Skip] = field(default_factory=dict)
    is_past: bool = False

    def batches(self) -> Iterator[Batch]:
        """Batches with the files; keys are paths."""
        return _batches(self.root, self.paths, self.unread)

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes]]:
        """The file once more.

        Raises:
            OSError: it cannot be read, or is no file any more.
        """
        return _opened(self.root, key)


def _batches(root: Path, paths: Iterable[bytes], problems: dict[bytes, Skip]) -> Iterator[Batch]:
    """Batches with the files at `paths`; what cannot be read goes to `problems`."""
    filler = Filler(bytearray(BUFFER_SIZE))
    with Folders(root) as folders:
        for path in paths:
            try:
                with _content(folders, path) as read:
                    yield from filler.add(path, read)
            except OSError as error:
                problems[path] = _problem(path, error)
        yield from filler.flush()


@contextlib.contextmanager
def _opened(root: Path, path: bytes) -> Iterator[IO[bytes]]:
    with Folders(root) as folders, open(folders.open(path), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.ENODEV, "not a regular file")
        yield file


def read_stream(stream: IO[bytes], key: bytes) -> Iterator[Batch]:
    """The content of a stream to its end, as one content known by `key`."""

    def read(view: memoryview) -> int:
        data = stream.read(len(view))
        view[: len(data)] = data
        return len(data)

    filler = Filler(bytearray(BUFFER_SIZE))
    yield from filler.add(key, read)
    yield from filler.flush()


@contextlib.contextmanager
def _content(folders: Folders, path: bytes) -> Iterator[Callable[[memoryview], int]]:
    """What reads the content at `path`: of a file its bytes, of a link its target's name, as git stores it.

    Raises:
        OSError: it cannot be read, or is neither.
    """
    try:
        descriptor = folders.open(path)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        text = folders.link_text(path)
        yield _reader_of(text)
        return
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.ENODEV, "not a regular file")
        yield lambda view: os.readv(descriptor, [view]) if hasattr(os, "readv") else _read(descriptor, view)
    finally:
        os.close(descriptor)


def _reader_of(text: bytes) -> Callable[[memoryview], int]:
    remaining = [text]

    def read(view: memoryview) -> int:
        piece, remaining[0] = remaining[0][: len(view)], remaining[0][len(view) :]
        view[: len(piece)] = piece
        return len(piece)

    return read


def _read(descriptor: int, view: memoryview) -> int:
    data = os.read(descriptor, len(view))
    view[: len(data)] = data
    return len(data)


def _problem(path: bytes, error: OSError) -> Skip:
    """The skip for a file that cannot be read; a pipe, device or socket has no content of its own."""
    if error.errno in (errno.ENODEV, errno.ENXIO):
        return Skip(os.fsdecode(path), "not a regular file", SkipKind.EXCLUDED)
    if error.errno == errno.ELOOP:
        return Skip(os.fsdecode(path), "behind a link; links are not followed", SkipKind.EXCLUDED)
    return Skip(os.fsdecode(path), f"cannot be read: {error.strerror}", SkipKind.FAILED)
