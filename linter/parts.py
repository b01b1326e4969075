"""The parts of a scan: a source each, made ready, and the account of what it delivered."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Protocol

from linter.history import attribution
from linter.model import Coverage, Place, Skip, SkipKind, State, Tracking
from linter.sources import files, index, objects
from linter.sources.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from linter import git
    from linter.model import Batch, Commit
    from linter.sources.errand import Errand

__all__ = ["Account", "FilesPart", "HistoryPart", "IndexPart", "Part", "StreamPart"]


SMALL = 0
"""Bytes of a part whose size is not asked for, because it is next to nothing."""

PACKED = 8
"""Bytes of content that come out of a byte of a pack, about; seen were 9 to 20."""

PathTest = Callable[[bytes], bool]
"""Says of a path whether its content is wanted."""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a part: its numbers, what was not scanned, and where the contents that were asked for stand.

    `blobs` are the object ids of those contents that git has; `commits` are the commits that their places name.
    """

    coverage: Coverage
    places: dict[bytes, list[Place]]
    blobs: dict[bytes, str]
    commits: dict[str, Commit]


class Part(Protocol):
    """A source made ready to be scanned; `is_past` if it is what was, and not what is or is about to be."""

    is_past: bool

    def size(self) -> int | None:
        """About how many bytes there are, or None where they are many; waits until that is known."""

    def count(self) -> int | None:
        """How many contents there are to scan, or None as long as that is not known."""

    def paths(self) -> list[str]:
        """The files among the contents, as they are shown; objects of a history are none."""

    def slices(self, jobs: int) -> Sequence[Iterator[Batch] | Iterator[Batch | Errand]]:
        """Streams for up to `jobs` threads, of batches and of errands, which any process can run."""

    def early(self, jobs: int, is_wanted: PathTest) -> Sequence[Iterator[Batch]]:
        """Streams of what was read before its path was known, and is wanted by that path; keys as before."""

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes] | None]:
        """The content `key` once more, as a stream, or None where that cannot be had.

        Raises:
            OSError: it cannot be read.
        """

    def account(self, delivered: set[bytes], wanted: set[bytes]) -> Account:
        """The ledger: `delivered` are the keys of whole contents, `wanted` those whose places are asked for."""


class FilesPart:
    """Files below a folder; their paths are shown behind `prefix`."""

    is_past = False

    def __init__(self, root: Path, listing: files.Listing, prefix: str = "") -> None:
        self._files = files.Files(root, listing.paths)
        self._skips = listing.skips
        self._tracking = listing.tracking
        self._prefix = prefix

    def size(self) -> int | None:
        """Bytes of the files, or None where there are many."""
        return self._files.size()

    def count(self) -> int:
        """The number of files."""
        return len(self._files.paths)

    def paths(self) -> list[str]:
        """The files."""
        return [self._prefix + os.fsdecode(path) for path in self._files.paths]

    def slices(self, jobs: int) -> Sequence[Iterator[Batch | Errand]]:
        """Streams of batches and errands for up to `jobs` threads."""
        return self._files.slices(jobs)

    def helpers(self, jobs: int) -> int:
        """How many of `jobs` streams have errands."""
        return self._files.helpers(jobs)

    def early(self, jobs: int, is_wanted: PathTest) -> Sequence[Iterator[Batch]]:
        """None: the paths were known from the start."""
        return ()

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes]]:
        """The file, once more."""
        return self._files.opened(key)

    def account(self, delivered: set[bytes], wanted: set[bytes]) -> Account:
        """The ledger of the files."""
        skips = [replace(skip, path=self._prefix + skip.path) for skip in (*self._skips, *self._files.skips(delivered))]
        places = {
            path: [Place(self._prefix + os.fsdecode(path), None, State.WORKTREE, self._tracking(path))]
            for path in wanted
        }
        return Account(Coverage(files=len(delivered), skipped=tuple(skips)), places, {}, {})


class StreamPart:
    """One content that is read from a stream, shown as `name`."""

    is_past = False

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self._key = os.fsencode(name)

    def size(self) -> int | None:
        """Not known."""
        return SMALL

    def count(self) -> int | None:
        """One content, whose length is not known."""
        return None

    def paths(self) -> list[str]:
        """The name of the stream."""
        return [self._name]

    def slices(self, jobs: int) -> Sequence[Iterator[Batch]]:
        """One stream of batches."""
        return [files.read_stream(self._stream, self._key)]

    def early(self, jobs: int, is_wanted: PathTest) -> Sequence[Iterator[Batch]]:
        """None: the paths were known from the start."""
        return ()

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes] | None]:
        """The stream from its start again, where it is not a pipe."""
        del key
        if not self._stream.seekable():
            return nullcontext()
        self._stream.seek(0)
        return nullcontext(self._stream)

    def account(self, delivered: set[bytes], wanted: set[bytes]) -> Account:
        """The ledger of the stream.

        Raises:
            Error: there was nothing in it.
        """
        if self._key not in delivered:
            skip = Skip(self._name, "was not read to its end", SkipKind.FAILED)
            return Account(Coverage(skipped=(skip,)), {}, {}, {})
        places = {key: [Place(self._name, None, State.WORKTREE)] for key in wanted}
        return Account(Coverage(files=1), places, {}, {})


class IndexPart:
    """What is in the index of a repository."""

    is_past = False

    def __init__(self, sterile: git.Sterile, entries: dict[bytes, tuple[bytes, bytes]]) -> None:
        self._sterile = sterile
        self._index = index.Index(sterile, entries)

    def size(self) -> int | None:
        """Not known; what is committed at once is small."""
        return SMALL

    def count(self) -> int:
        """The number of different contents."""
        return len(self._index.paths)

    def paths(self) -> list[str]:
        """The files, by what the index calls them."""
        return [os.fsdecode(path) for paths in self._index.paths.values() for path in paths]

    def slices(self, jobs: int) -> Sequence[Iterator[Batch]]:
        """One stream of batches."""
        return self._index.slices()

    def early(self, jobs: int, is_wanted: PathTest) -> Sequence[Iterator[Batch]]:
        """None: the paths were known from the start."""
        return ()

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes]]:
        """The blob, once more."""
        return objects.opened(self._sterile, key.partition(b" ")[0])

    def account(self, delivered: set[bytes], wanted: set[bytes]) -> Account:
        """The ledger of the index."""
        names = {key: key.partition(b" ")[0] for key in wanted}
        places = {
            key: [
                Place(os.fsdecode(path), None, State.WORKTREE, Tracking.TRACKED)
                for path in self._index.paths.get(name, ())
            ]
            for key, name in names.items()
        }
        oids = {key.partition(b" ")[0] for key in delivered}
        count = sum(len(paths) for name, paths in self._index.paths.items() if name in oids)
        coverage = Coverage(files=count, skipped=tuple(self._index.skips(oids)))
        return Account(coverage, places, {key: name.decode() for key, name in names.items()}, {})


class HistoryPart:
    """The objects of a repository that `included` reaches and `excluded` does not; `prefix` stands before paths.

    `is_broken` if some of what should be reached cannot even be named.
    """

    is_past = True

    def __init__(
        self,
        sterile: git.Sterile,
        references: list[git.Reference],
        included: list[str],
        excluded: list[str],
        *,
        everything: bool,
        is_broken: bool = False,
        prefix: str = "",
    ) -> None:
        self._sterile = sterile
        self._shows_unreached = everything or is_broken
        self._prefix = prefix
        self._history = History(sterile, included, excluded, everything=everything)
        pool = ThreadPoolExecutor(max_workers=1)
        self._tips = pool.submit(attribution.at_tips, sterile, references)
        self._head = pool.submit(attribution.at_head, sterile, references)
        pool.shutdown(wait=False)

    def size(self) -> int | None:
        """Bytes of all objects, as their packs let one expect."""
        return self._history.size() * PACKED

    def count(self) -> int | None:
        """The number of objects, or None while git still lists them."""
        return self._history.count()

    def paths(self) -> list[str]:
        """None: what is scanned are objects."""
        return []

    def slices(self, jobs: int) -> Sequence[Iterator[Batch | Errand]]:
        """Streams of batches and errands for up to `jobs` threads."""
        return self._history.slices(jobs)

    def early(self, jobs: int, is_wanted: PathTest) -> Sequence[Iterator[Batch]]:
        """Streams of what was read before git told the paths, and is wanted by its path."""
        return self._history.early(jobs, is_wanted)

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes]]:
        """The object, once more."""
        return objects.opened(self._sterile, key.partition(b" ")[0])

    def account(self, delivered: set[bytes], wanted: set[bytes]) -> Account:
        """The ledger of the objects.

        What nothing reaches has a place only where everything is scanned, or where not all could be walked.
        """
        names = dict(key.split(b" ") for key in wanted)
        kinds = {name: kind.decode() for name, kind in names.items()}
        walk = self._history.walk
        found = attribution.places(walk, self._tips.result(), self._head.result(), kinds)
        if self._shows_unreached or not walk.is_whole:
            for name in kinds:
                found.setdefault(name, [Place(f"(object {name.decode()[:12]})", None, State.UNREACHABLE)])
        introduced = {place.commit for each in found.values() for place in each if place.commit}
        with ThreadPoolExecutor(max_workers=1) as pool:
            commits = pool.submit(attribution.commits, self._sterile, introduced)
            coverage = self._coverage(delivered)
        keys = {name: name + b" " + kind for name, kind in names.items()}
        places = {
            keys[name]: [place._replace(path=self._prefix + place.path) for place in found_places]
            for name, found_places in found.items()
        }
        blobs = {keys[name]: name.decode() for name in found}
        return Account(coverage, places, blobs, commits.result())

    def _coverage(self, delivered: set[bytes]) -> Coverage:
        # One text is counted in a tenth of the time of that many keys.
        keys = b"\n".join(delivered)
        kinds = {kind: keys.count(b" " + kind) for kind in (b"blob", b"commit", b"tag")}
        skips = tuple(self._history.skips(delivered))
        return Coverage(blobs=kinds[b"blob"], commits=kinds[b"commit"], tags=kinds[b"tag"], skipped=skips)
