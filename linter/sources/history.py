"""The history of a repository: every blob, commit and tag that its references reach, each once."""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import accumulate, chain, compress, filterfalse, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from linter.model import Skip, SkipKind
from linter.sources.families import Families, Stored
from linter.sources.objects import CACHE_SIZE, read_objects, with_paths
from linter.walk import ARGUMENTS, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from linter.git import Sterile
    from linter.model import Batch
    from linter.sources.errand import Errand
    from linter.sources.families import Member

__all__ = ["History"]

RUN_SIZE = 3 << 20
"""Bytes on the disk, in the order of the packs, that one git process is asked for at least."""

CACHE_LIMIT = 192 << 20
"""Bytes in which one git process may keep the bases of deltas; a fifth less time than with a third of them."""

WORTH_A_PROCESS = 8 << 20
"""Bytes of packs that take longer to read and to examine than another process to start."""

SKIPS_NAMED = 1_000
"""Objects that were not scanned and are named one by one; the rest is one skip with their number."""

# The size on the disk, which the index of a pack tells; that of the content costs as much again as all the rest.
_LISTED = "--batch-check=%(objecttype) %(objectname) %(objectsize:disk) %(deltabase)"
_ABSENT = re.compile(rb"^(\w+) missing\n", re.MULTILINE)


class History:
    """A source of objects, and the account of which were delivered.

    Two gits work beside the scan: one lists the objects that are there, in the order of the packs; the other walks
    what the references reach, which is what must have been read. Commits and tags are read while the list still grows,
    then the blobs: those in packs by families of versions, what is left by git.

    Args:
        sterile: the repository.
        included: commits and tags whose history is scanned.
        excluded: commits whose history is not.
        everything: also scan what nothing reaches, and what other repositories' alternates bring.
    """

    def __init__(self, sterile: Sterile, included: list[str], excluded: list[str], *, everything: bool) -> None:
        self._sterile = sterile
        self._everything = everything
        self._trees: set[bytes] = set()
        self._late_trees: set[bytes] = set()
        self._listed: set[bytes] = set()
        self._is_listed = True
        self._problems: list[str] = []
        self._early: list[bytes] = []
        self._blobs: list[Stored] = []
        self._families = Families(sterile.objects, (), sterile.hex_length // 2)
        self._pending = _Pending()
        pool = ThreadPoolExecutor(max_workers=2)
        self._walk = pool.submit(_walk, sterile, included, excluded)
        self._size = pool.submit(self._list, is_partial=bool(excluded))
        self._expected = pool.submit(self._to_be_read)
        pool.shutdown(wait=False)

    @property
    def walk(self) -> Walk:
        """What the references reach; waits for git to have listed it."""
        return self._walk.result()

    def size(self) -> int:
        """Bytes on the disk of all that is to be read; waits for git to have listed it."""
        return self._size.result()

    def count(self) -> int | None:
        """How many objects are to be read, or None while git still lists them."""
        return self._pending.count + self._families.count if self._size.done() else None

    def _list(self, *, is_partial: bool) -> int:
        """Queue what is to be read, all objects there are or, of a part, those of the walk; gives their bytes."""
        arguments = [] if is_partial else ["--batch-all-objects", "--unordered"]
        stdin = b"".join(name + b"\n" for name in self.walk.names) if is_partial else b""
        try:
            with self._sterile.start("cat-file", *arguments, _LISTED, stdin=stdin) as git:
                rest = b""  # at the end, half a line of a git that died
                for piece in git.pieces():
                    lines, newline, rest = (rest + piece).rpartition(b"\n")
                    self._take_in(lines + newline)
                self._is_listed = git.status() == 0
            if not is_partial:
                self._families = Families(self._sterile.objects, self._blobs, self._sterile.hex_length // 2)
            self._queue_rest()
            return self._pending.size + self._families.size
        finally:
            self._pending.close()

    def _to_be_read(self) -> set[bytes]:
        """The ids of what must be delivered, found while the scan goes on; waits for both gits."""
        self._size.result()
        return set(filterfalse(self._trees.__contains__, chain(self.walk.names, self._listed)))

    def _queue_rest(self) -> None:
        """Queue the blobs that are in no family."""
        known = self._families.names()
        rest = [blob for blob in self._blobs if blob.name not in known]
        self._pending.add([blob.name for blob in rest], [blob.size for blob in rest])
        self._blobs = []

    def _take_in(self, lines: bytes) -> None:
        """Take in some lines of git's list of objects."""
        absent = _ABSENT.findall(lines) if b" missing" in lines else []
        fields = (_ABSENT.sub(b"", lines) if absent else lines).split()
        kinds, names, sizes, bases = (fields[column::4] for column in range(4))
        is_blob, is_tree = ([each == kind for each in kinds] for kind in (b"blob", b"tree"))
        is_other = [not (blob or tree) for blob, tree in zip(is_blob, is_tree, strict=True)]
        others = list(compress(names, is_other))
        self._trees.update(compress(names, is_tree))
        self._blobs += map(Stored, *(compress(column, is_blob) for column in (names, map(int, sizes), bases)))
        self._pending.add(others, [int(size) for size in compress(sizes, is_other)])
        if self._everything:
            self._listed.update(others, compress(names, is_blob), absent)

    def slices(self, jobs: int) -> list[Iterator[Batch | Errand]]:
        """Independent streams for one thread each; keys are `id type`, paths are told as soon as the walk ends.

        All but the first have errands where there is enough to be read.
        """
        first = chain(self._slice(jobs), self._unlisted())
        return [first, *(self._more(jobs, is_last=number == jobs - 1) for number in range(1, jobs))]

    def _unlisted(self) -> Iterator[Batch]:
        """What the walk reached and git did not list, because packs took the place of others meanwhile."""
        names = self._expected.result().difference(self._families.names(), self._pending.names, self.walk.missing)
        if not names:
            return
        asked = b"".join(name + b"\n" for name in sorted(names))
        kinds = self._sterile.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked).output.split()
        kind_of = dict(zip(kinds[::2], kinds[1::2], strict=False))  # a git that dies may leave half a line
        self._late_trees.update(name for name, kind in kind_of.items() if kind == b"tree")
        yield from self._told(read_objects(self._sterile, sorted(names - self._late_trees), self._cache_size()))

    def _slice(self, jobs: int) -> Iterator[Batch]:
        while run := self._pending.take(jobs):
            yield from self._told(read_objects(self._sterile, run, self._cache_size()))
        with self._families.reader() as reader:
            while families := self._families.take(jobs):
                yield from self._told(reader.batches(families))
        yield from self._told(read_objects(self._sterile, reader.unread, self._cache_size()))

    def _more(self, jobs: int, *, is_last: bool) -> Iterator[Batch | Errand]:
        if is_last:
            # Until then its processor belongs to the walk, which no other can help and the end of the scan waits for.
            wait([self._walk])
        if self._size.result() and self._families.size > WORTH_A_PROCESS:
            while families := self._families.take(jobs):
                yield from self._sent(families)
        yield from self._slice(jobs)

    def _sent(self, families: Sequence[Sequence[Member]]) -> Iterator[Batch | Errand]:
        errand = self._families.errand(families)
        if self._walk.done():
            errand.paths = self.walk.paths(errand.keys())
        else:
            self._early += errand.keys()
        yield errand
        yield from self._told(read_objects(self._sterile, errand.unread, self._cache_size()))

    def _told(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The batches, with the paths of their objects if the walk knows them by now."""
        for batch in batches:
            if self._walk.done():
                batch.paths = self.walk.paths(batch.keys)
            else:
                self._early += batch.keys
            yield batch

    def _cache_size(self) -> int:
        """The more there is, the further apart a delta and its base may be."""
        return min(max(CACHE_SIZE, self._pending.size // 2), CACHE_LIMIT)

    def early(self, jobs: int, is_wanted: Callable[[bytes], bool]) -> list[Iterator[Batch]]:
        """What was read before the walk knew its path, and is wanted by it, once more; streams as of `slices`."""
        paths = self.walk.paths(self._early)
        keys = [key for key, path in zip(self._early, paths, strict=True) if is_wanted(path)]
        names = list(dict.fromkeys(key[: self._sterile.hex_length] for key in keys))
        share = -(-len(names) // jobs)
        return [self._again(names[start : start + share]) for start in range(0, len(names), share or 1)]

    def _again(self, names: list[bytes]) -> Iterator[Batch]:
        missing = len(names)
        for batch in with_paths(read_objects(self._sterile, names, self._cache_size()), self.walk.paths):
            missing -= len(batch.keys) if batch.last else 0
            yield batch
        if missing:
            self._problems.append(f"{missing} files could not be read again, for the rules that need their paths")

    def skips(self, delivered: set[bytes]) -> list[Skip]:
        """What should have been delivered and was not: the ledger's other side, from git's own walk."""
        length = self._sterile.hex_length
        names = sorted(self._expected.result().difference(map(itemgetter(slice(length)), delivered), self._late_trees))
        skips = [
            Skip(f"object {name.decode()}", "missing or corrupt: git did not deliver it", SkipKind.FAILED)
            for name in names[:SKIPS_NAMED]
        ]
        if len(names) > SKIPS_NAMED:
            rest = f"{len(names) - SKIPS_NAMED} more objects"
            skips.append(Skip(rest, "missing or corrupt: git did not deliver them", SkipKind.FAILED))
        if not self._is_listed and (self._everything or not self.walk.is_whole):
            # Else all that counts was asked for by name.
            self._problems.append("git could not list all objects")
        skips += [Skip("history", problem, SkipKind.FAILED) for problem in self._problems]
        if self.walk.problem:
            reason = f"git could not walk it to its end; all objects there are were scanned: {self.walk.problem}"
            skips.append(Skip("history", reason, SkipKind.FAILED))
        return skips


class _Pending:
    """What is to be read, in the order of the packs; it is taken in runs while it still grows.

    A run is contiguous, and the longer the fewer times git unpacks the bases of deltas again; towards the end runs
    get shorter, so that no thread is left with much while the others have nothing.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.names: list[bytes] = []
        """What was added."""
        self._ends: list[int] = []
        self._taken = 0
        self._is_closed = False

    @property
    def size(self) -> int:
        """Bytes of all that was added."""
        return self._ends[-1] if self._ends else 0

    @property
    def count(self) -> int:
        """How many objects were added."""
        return len(self.names)

    def add(self, names: list[bytes], sizes: list[int]) -> None:
        """Add objects, each by its id and its number of bytes."""
        with self._changed:
            self.names += names
            self._ends += islice(accumulate(sizes, initial=self.size), 1, None)
            self._changed.notify_all()

    def close(self) -> None:
        """Say that nothing will be added."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def take(self, jobs: int) -> list[bytes]:
        """The next run for one of `jobs` threads, once there is enough for it; empty at the end."""
        with self._changed:
            while not self._is_closed and self._left() < RUN_SIZE:
                self._changed.wait()
            wanted = max(RUN_SIZE, self._left() * 2 // (jobs * 3))
            start = self._taken
            stop = bisect_left(self._ends, self.size - self._left() + wanted) + 1
            self._taken = min(stop, len(self._ends))
            return self.names[start : self._taken]

    def _left(self) -> int:
        """Bytes of what is not yet taken."""
        return self.size - (self._ends[self._taken - 1] if self._taken else 0)


def _walk(sterile: Sterile, included: list[str], excluded: list[str]) -> Walk:
    revisions = [*included, *(f"^{name}" for name in excluded)]
    result = sterile.run(*ARGUMENTS, stdin="".join(f"{name}\n" for name in revisions).encode())
    problem = None if result.status == 0 else result.errors or f"git ended with {result.status}"
    return Walk(result.output, sterile.hex_length, problem)
