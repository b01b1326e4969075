"""Blobs of packs by what they were made from: versions of a file hang together by deltas and are read together."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, NamedTuple

from linter.model import Batch, Version
from linter.sources.packs import PackFault, applied, copies, delta_size, places, unpacked
from linter.sources.windows import BUFFER_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["BlobErrand", "Families", "Member", "Reader", "Stored"]

LIMIT = BUFFER_SIZE - 2
"""Bytes of a content that is read here; a larger one comes in windows, from git."""

RUN_SIZE = 256 << 10
"""Bytes on the disk of the families that a thread takes at least; less towards the end, so that all end at once."""

KEPT_SIZE = 64 << 20
"""Bytes of contents that are kept for the versions that are made from them; git reads what is beyond."""

WORTH_READING = 32
"""Bytes of a content that a byte of its delta must make for it to be worth the time to know which it copies."""

_NO_BASE = b"0"
_NOWHERE = (-1, -1)
_NEWLINE = 10


class Stored(NamedTuple):
    """A blob as git lists it: its id, the bytes of its entry in a pack, and the id of what it is a delta to.

    Ids are hexadecimal; of what is no delta all digits are 0.
    """

    name: bytes
    size: int
    base: bytes


class Member(NamedTuple):
    """A blob that stands in a pack; `base` is the place in the order of what it is made from, and before it."""

    name: bytes
    pack: int
    offset: int
    size: int
    base: int | None
    versions: int
    """How many are made from it."""


class Families:
    """The families of blobs, in the order of the packs, for threads to take.

    Args:
        folder: where the packs are.
        stored: the blobs.
        length: bytes of an object id.
    """

    def __init__(self, folder: Path, stored: Sequence[Stored], length: int) -> None:
        self._length = length
        self._packs: list[Path] = []
        self._lock = threading.Lock()
        self._taken = 0
        self._order = _families(stored, self._located(folder, stored))
        self._sizes = [sum(member.size for member in family) for family in self._order]
        self._left = self.size = sum(self._sizes)
        self.count = sum(map(len, self._order))

    def _located(self, folder: Path, stored: Sequence[Stored]) -> dict[bytes, tuple[int, int]]:
        """For the blobs in packs, by id: the number of the pack and the offset there."""
        located: dict[bytes, tuple[int, int]] = {}
        with contextlib.suppress(OSError):
            for index in sorted((folder / "pack").glob("*.idx")):
                if len(located) == len(stored):
                    break
                missing = (each.name for each in stored if each.name not in located)
                with contextlib.suppress(OSError, PackFault):
                    number, held = len(self._packs), places(index, missing, self._length)
                    located |= {name: (number, offset) for name, offset in held.items()}
                self._packs.append(index.with_suffix(".pack"))
        return located

    def names(self) -> set[bytes]:
        """The ids of all blobs in families."""
        return {member.name for family in self._order for member in family}

    def take(self, jobs: int) -> list[list[Member]]:
        """The next families for one of `jobs` threads; none at the end."""
        with self._lock:
            wanted = max(RUN_SIZE, self._left // (jobs * 3))
            start = self._taken
            size = 0
            while self._taken < len(self._order) and size < wanted:
                size += self._sizes[self._taken]
                self._taken += 1
            self._left -= size
            return self._order[start : self._taken]

    def reader(self) -> Reader:
        """What reads families for one thread."""
        return Reader(self._packs, self._length)

    def errand(self, families: Sequence[Sequence[Member]]) -> BlobErrand:
        """The reading of `families` by another process."""
        return BlobErrand(self._packs, self._length, families)


def _families(stored: Sequence[Stored], located: dict[bytes, tuple[int, int]]) -> list[list[Member]]:
    """The blobs that are whole in a pack, each with all that is made from it, in an order that has bases first."""
    versions: dict[bytes, list[Stored]] = defaultdict(list)
    for each in stored:
        versions[each.base].append(each)
    roots = [each for base, made in versions.items() if not base.strip(_NO_BASE) for each in made]
    return [_family(root, versions, located) for root in roots if root.name in located]


def _family(root: Stored, versions: dict[bytes, list[Stored]], located: dict[bytes, tuple[int, int]]) -> list[Member]:
    family: list[Member] = []
    pack, _ = located[root.name]
    ahead: list[tuple[Stored, int | None]] = [(root, None)]
    while ahead:
        (name, size, _), base = ahead.pop()
        made = [each for each in versions.pop(name, ()) if located.get(each.name, _NOWHERE)[0] == pack]
        ahead += [(each, len(family)) for each in made]
        family.append(Member(name, pack, located[name][1], size, base, len(made)))
    return family


@dataclass(slots=True)
class BlobErrand:
    """Families that any process can read by itself.

    Attributes:
        packs: the files.
        length: bytes of an object id.
        families: what is to be read.
        paths: where the blobs stand, in the order of `keys`; empty where that is not known.
        unread: the ids of blobs that could not be read, known at the end.
    """

    packs: Sequence[Path]
    length: int
    families: Sequence[Sequence[Member]]
    paths: list[bytes] = field(default_factory=list)
    unread: list[bytes] = field(default_factory=list)
    is_past: bool = True

    def keys(self) -> list[bytes]:
        """The keys of the blobs."""
        return [_key(member.name) for family in self.families for member in family]

    def batches(self) -> Iterator[Batch]:
        """Batches with the blobs; keys are `id blob`."""
        paths = dict(zip(self.keys(), self.paths, strict=True)) if self.paths else None
        with Reader(self.packs, self.length) as reader:
            for batch in reader.batches(self.families):
                if paths is not None:
                    batch.paths = [paths[key] for key in batch.keys]
                yield batch
        self.unread = reader.unread

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes] | None]:
        """Nothing: what is read here is held whole, and never asked for again."""
        del key
        return nullcontext()


class Reader:
    """Reads families for one thread; a context manager that closes the packs."""

    def __init__(self, packs: Sequence[Path], length: int) -> None:
        self._packs = packs
        self._length = length
        self._open: dict[int, IO[bytes]] = {}
        self._stack = ExitStack()
        self._buffer = bytearray(b"\n") + bytes(BUFFER_SIZE - 1)
        self.unread: list[bytes] = []
        """The ids of blobs that are damaged, too large, or not what git said: git is to read them."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def batches(self, families: Iterable[Sequence[Member]]) -> Iterator[Batch]:
        """Batches with the blobs of `families`; keys are `id blob`."""
        batch = self._empty()
        for family in families:
            for name, content, version in self._contents(family):
                if batch.size + len(content) >= BUFFER_SIZE:
                    yield batch
                    batch = self._empty()
                start, end = batch.size, batch.size + len(content)
                self._buffer[start:end] = content
                self._buffer[end] = _NEWLINE
                batch.starts.append(start)
                batch.ends.append(end)
                batch.keys.append(_key(name))
                batch.versions.append(version)
                batch.size = end + 1
        if batch.starts:
            yield batch

    def _empty(self) -> Batch:
        return Batch(self._buffer, 1, [], [], [], versions=[])

    def _contents(self, family: Sequence[Member]) -> Iterator[tuple[bytes, bytes, Version | None]]:
        """The id and the content of each, and what it shares with one before."""
        kept: dict[int, tuple[bytes, int]] = {}
        size = 0
        for number, member in enumerate(family):
            base, left = kept.pop(member.base, (None, 0)) if member.base is not None else (None, 0)
            if base is not None:
                size -= len(base)
                if left > 1 and member.base is not None:
                    kept[member.base] = base, left - 1
                    size += len(base)
            try:
                content, version = self._content(family, member, base)
            except (PackFault, OSError):
                self.unread.append(member.name)
                continue
            if member.versions and size + len(content) <= KEPT_SIZE:
                kept[number] = content, member.versions
                size += len(content)
            yield member.name, content, version

    def _content(self, family: Sequence[Member], member: Member, base: bytes | None) -> tuple[bytes, Version | None]:
        """The content of `member`, of which `base` is what it is made from.

        Raises:
            PackFault: it cannot be made, or is too large.
            OSError: the pack cannot be read.
        """
        if member.base is not None and base is None:
            raise PackFault
        entry = unpacked(self._pack(member.pack), member.offset, member.size, LIMIT + 1, self._length)
        if base is None or member.base is None:
            if entry.base is not None or entry.base_name is not None or len(entry.data) > LIMIT:
                raise PackFault
            return entry.data, None
        root = family[member.base]
        is_base = entry.base == root.offset or entry.base_name == bytes.fromhex(root.name.decode())
        if not is_base or delta_size(entry.data) > LIMIT:
            raise PackFault
        content = applied(base, entry.data)
        is_close = len(content) > WORTH_READING * len(entry.data)
        return content, Version(_key(root.name), copies(entry.data)) if is_close else None

    def _pack(self, number: int) -> IO[bytes]:
        if number not in self._open:
            self._open[number] = self._stack.enter_context(self._packs[number].open("rb", buffering=0))
        return self._open[number]


def _key(name: bytes) -> bytes:
    return name + b" blob"
