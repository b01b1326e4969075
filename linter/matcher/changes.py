"""Search of contents that are versions of one another: what was copied is not searched again.

Where a pattern ends in a copied stretch, so far behind its start that the match and the byte before it were copied too,
it ended there in the base as well. Everything else is searched, with as much before it as a match may take.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from linter.matcher.engine import REACH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linter.model import Batch, Version

__all__ = ["Changes", "Hit", "Search"]

HITS_KEPT = 100_000
"""Hits of earlier contents that are kept; a content whose base is forgotten is searched whole."""

Hit = tuple[int, int]
"""The end of a match, and the number of the pattern."""

Search = Callable[[bytes], list[Hit]]


class _Piece(NamedTuple):
    """The bytes `start` to `stop` of a batch, searched for matches of `content` that end from `low` to `high`."""

    content: int
    start: int
    stop: int
    low: int
    high: int


class Changes:
    """Finds the hits in batches for one thread, where no match has more than `REACH` bytes."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, list[Hit]] = OrderedDict()
        self._size = 0

    def hits(self, batch: Batch, search: Search) -> tuple[list[Hit], set[int]]:
        """All hits in the contents of `batch`, and the contents of which not all was searched.

        `search` is given bytes and tells all hits in them; what it raises passes through.
        """
        bases = self._bases(batch)
        pieces = [piece for content, version in enumerate(bases) for piece in _pieces(batch, content, version)]
        found = _searched(batch, pieces, search)
        hits: list[Hit] = []
        for content, version in enumerate(bases):
            start = batch.starts[content]
            copied = () if version is None else _copied(self._of(version.base), version)
            known = sorted([*found[content], *copied])  # Hyperscan promises no order
            self._keep(batch.keys[content], known)
            hits += [(end + start, number) for end, number in known]
        self._forget()
        return hits, {content for content, version in enumerate(bases) if version is not None}

    def _bases(self, batch: Batch) -> list[Version | None]:
        """Of each content what it shares with one whose hits are known, or will be when its turn comes."""
        keys = {key: content for content, key in enumerate(batch.keys)}
        return [
            version if version and (version.base in self._known or keys.get(version.base, content) < content) else None
            for content, version in enumerate(batch.versions)
        ]

    def _of(self, key: bytes) -> list[Hit]:
        self._known.move_to_end(key)
        return self._known[key]

    def _keep(self, key: bytes, hits: list[Hit]) -> None:
        self._size += len(hits) - len(self._known.get(key, ()))
        self._known[key] = hits

    def _forget(self) -> None:
        while self._size > HITS_KEPT:
            self._size -= len(self._known.popitem(last=False)[1])


def _whole(batch: Batch, content: int) -> _Piece:
    start, end = batch.starts[content], batch.ends[content]
    return _Piece(content, start - 1, end + 1, start + 1, end + 1)


def _pieces(batch: Batch, content: int, version: Version | None) -> Iterator[_Piece]:
    """What is to be searched of a content."""
    whole = _whole(batch, content)
    if version is None:
        yield whole
        return
    start, low = batch.starts[content], whole.low
    for first, stop, _ in version.copies:
        high = start + first + REACH
        if high < start + stop:
            yield _Piece(content, max(low - REACH - 1, whole.start), high + 1, low, high)
            low = start + stop
    yield _Piece(content, max(low - REACH - 1, whole.start), whole.stop, low, whole.high)


def _copied(hits: Sequence[Hit], version: Version) -> Iterator[Hit]:
    """The hits of the base that the version has too, without those that `_pieces` finds."""
    for first, stop, origin in version.copies:
        moved = first - origin
        low = bisect_left(hits, (origin + REACH + 1,))
        high = bisect_left(hits, (origin + stop - first,), low)
        for end, number in hits[low:high]:
            yield end + moved, number


def _searched(batch: Batch, pieces: Sequence[_Piece], search: Search) -> list[list[Hit]]:
    """The hits in `pieces`, by content and from its start."""
    data, at = batch.data, 0
    parts: list[bytearray] = []
    starts: list[int] = []
    for piece in pieces:
        parts.append(data[piece.start : piece.stop])
        starts.append(at)
        at += piece.stop - piece.start
    found: list[list[Hit]] = [[] for _ in batch.keys]
    for end, number in search(b"".join(parts)):
        index = bisect_left(starts, end) - 1
        piece = pieces[index]
        place = end - starts[index] + piece.start
        if piece.low <= place <= piece.high:
            found[piece.content].append((place - batch.starts[piece.content], number))
    return found
