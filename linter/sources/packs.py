"""The packs of a repository, read as git wrote them: contents, and how each was made from another.

The formats are those of gitformat-pack(5). What cannot be read here, for whatever reason, is left to git itself.
"""

from __future__ import annotations

import struct
import zlib
from binascii import unhexlify
from itertools import chain
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["PackFault", "Unpacked", "applied", "copies", "delta_size", "places", "unpacked"]

_BLOB, _OFFSET_DELTA, _NAME_DELTA = 3, 6, 7

_COPY = 0x80
_SHIFTS = [tuple(8 * bit for bit in range(4) if flags >> bit & 1) for flags in range(16)]
"""How far the bytes of a number are to be shifted that four flags say are there."""

_MAGIC = b"\xfftOc\0\0\0\2"
_FANOUT = 256 * 4
_LARGE = 1 << 31

SHORTEST_COPY = 2048
"""Bytes of a copied stretch below which it is not worth knowing where it came from."""

Copy = tuple[int, int, int]
"""A stretch from the first to before the second offset, which stands at the third in what it was copied from."""


class PackFault(Exception):
    """The pack or its index does not hold what its format promises."""


class Unpacked(NamedTuple):
    """An entry of a pack, unpacked: a whole blob, or a delta to the entry at `base` or to the object `base_name`."""

    data: bytes
    base: int | None = None
    base_name: bytes | None = None


def places(index: Path, names: Iterable[bytes], length: int) -> dict[bytes, int]:
    """Those of the object ids `names` (hexadecimal, as bytes) that a pack holds, with their offsets there.

    Args:
        index: the file `.idx` beside the pack.
        names: what is looked for.
        length: bytes of an object id of this repository.

    Raises:
        PackFault: it is no index of version 2, or cut short.
        OSError: it cannot be read.
    """
    data = index.read_bytes()
    start = len(_MAGIC) + _FANOUT
    if data[: len(_MAGIC)] != _MAGIC or len(data) < start:
        raise PackFault
    count = int.from_bytes(data[start - 4 : start], "big")
    small = start + count * (length + 4)
    large = small + count * 4
    if len(data) < large:
        raise PackFault
    listed = chain.from_iterable(struct.iter_unpack(f"{length}s", data[start : start + count * length]))
    offsets = dict(zip(listed, struct.unpack_from(f">{count}I", data, small), strict=True))
    found = {name: offset for name in names if (offset := offsets.get(unhexlify(name))) is not None}
    for name, offset in found.items():
        if offset >= _LARGE:
            at = large + (offset - _LARGE) * 8
            found[name] = int.from_bytes(data[at : at + 8], "big")
    return found


def unpacked(pack: IO[bytes], offset: int, size: int, limit: int, length: int) -> Unpacked:
    """The blob or delta in the `size` bytes of a pack at `offset`.

    Args:
        pack: the file, not buffered.
        offset: where the entry starts.
        size: how many bytes it has there.
        limit: how many it may have unpacked.
        length: bytes of an object id of this repository.

    Raises:
        PackFault: there is none, it is damaged, or larger than `limit`.
        OSError: the file cannot be read.
    """
    pack.seek(offset)
    data = pack.read(size)
    try:
        kind = data[0] >> 4 & 7
        at = 1
        while data[at - 1] & 0x80:
            at += 1
        base = name = None
        if kind == _OFFSET_DELTA:
            back, at = _distance(data, at)
            base = offset - back
        elif kind == _NAME_DELTA:
            name, at = data[at : at + length], at + length
        elif kind != _BLOB:
            raise PackFault
        stream = zlib.decompressobj()
        content = stream.decompress(data[at:], limit)
    except (IndexError, zlib.error):
        raise PackFault from None
    if not stream.eof:
        raise PackFault
    return Unpacked(content, base, name)


def _distance(data: bytes, at: int) -> tuple[int, int]:
    """How far before an entry its base stands, and where what follows that number starts."""
    byte = data[at]
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = data[at]
        value = (value + 1) << 7 | byte & 0x7F
    return value, at + 1


def delta_size(delta: bytes) -> int:
    """Bytes of the content that a delta makes.

    Raises:
        PackFault: it is cut short.
    """
    try:
        return _size(delta, _size(delta, 0)[1])[0]
    except IndexError:
        raise PackFault from None


def _size(delta: bytes, at: int) -> tuple[int, int]:
    """The number at `at`, least significant bits first, and where what follows starts."""
    byte = delta[at]
    value, shift = byte & 0x7F, 7
    while byte & 0x80:
        at += 1
        byte = delta[at]
        value |= (byte & 0x7F) << shift
        shift += 7
    return value, at + 1


def applied(base: bytes, delta: bytes) -> bytes:
    """What `delta` makes of `base`.

    Raises:
        PackFault: it is not a delta to this base.
    """
    from dulwich.errors import ApplyDeltaError
    from dulwich.pack import apply_delta  # late: it imports much

    try:
        return b"".join(apply_delta(base, delta))
    except (ApplyDeltaError, AssertionError, ValueError):
        raise PackFault from None


def copies(delta: bytes) -> tuple[Copy, ...]:
    """The longer stretches of what a delta makes that are copied from its base, ascending.

    Raises:
        PackFault: it is cut short.
    """
    found: list[Copy] = []
    length = 0
    try:
        at = _size(delta, _size(delta, 0)[1])[1]
        stop = len(delta)
        while at < stop:
            code = delta[at]
            at += 1
            if code < _COPY:
                at += code
                length += code
                continue
            offset = count = 0
            for shift in _SHIFTS[code & 0x0F]:
                offset |= delta[at] << shift
                at += 1
            for shift in _SHIFTS[code >> 4 & 0x07]:
                count |= delta[at] << shift
                at += 1
            count = count or 0x10000
            if count >= SHORTEST_COPY:
                found.append((length, length + count, offset))
            length += count
    except IndexError:
        raise PackFault from None
    return tuple(found)
