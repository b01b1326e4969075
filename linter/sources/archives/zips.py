"""Zip archives (pkware.com APPNOTE.TXT 6.3.10), by the directory at their end; jar, whl, docx, apk and nupkg are zips.

The standard library's reader decompresses bzip2 and LZMA without a bound and holds an object for each member that a
directory claims, so that a small file takes all memory.
"""

from __future__ import annotations

import struct
import zlib
from typing import IO, TYPE_CHECKING, NamedTuple

from linter.sources.archives.compression import inflated
from linter.sources.archives.entry import Entry
from linter.sources.archives.limits import DamagedError, RefusedError
from linter.sources.archives.stream import Part, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.sources.archives.limits import Budget

__all__ = ["entries"]

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_DIRECTORY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_COMMENT = 0xFFFF
_DIRECTORY_LIMIT = 32 << 20
"""Bytes of a directory that are held; 100,000 members with names of usual length take 15 MB."""
_FULL = 0xFFFFFFFF
_FARTHEST = (1 << 63) - 1
"""The last offset that systems know."""
_ENCRYPTED = 0x1 | 0x2000
_IS_UTF8 = 0x800


class _Header(NamedTuple):
    """What the directory says of a member."""

    name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int


def entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """The members of the zip in `file`.

    Raises:
        DamagedError: its directory is not there, or not whole.
        RefusedError: the directory is too large.
    """
    directory, shift = _directory(file)
    at = 0
    while at < len(directory):
        header, at = _header(directory, at)
        if header.name.endswith(b"/") and not header.size:
            continue
        yield Entry(header.name, Stream(_Member(file, header, shift, budget).read))


def _directory(file: IO[bytes]) -> tuple[bytes, int]:
    """The directory, and how many bytes stand before the zip that it speaks of."""
    length = file.seek(0, 2)
    tail_start = max(0, length - _COMMENT - _END.size - _LOCATOR.size)
    file.seek(tail_start)
    tail = file.read()
    found = tail.rfind(b"PK\5\6")
    if found < 0 or len(tail) - found < _END.size:
        raise DamagedError("it has no directory at its end")
    _, _, _, _, _, size, offset, _ = _END.unpack_from(tail, found)
    end = tail_start + found
    locator = tail[found - _LOCATOR.size : found] if found >= _LOCATOR.size else b""
    if locator.startswith(b"PK\6\7"):
        end, size, offset = _end_64(file, _LOCATOR.unpack(locator)[2], end - _LOCATOR.size)
    start = end - size
    if size > _DIRECTORY_LIMIT:
        raise RefusedError(f"its directory is larger than {_DIRECTORY_LIMIT >> 20} MiB")
    if start < 0 or start < offset:
        raise DamagedError("its directory is not where its end says")
    file.seek(start)
    return file.read(size), start - offset


def _end_64(file: IO[bytes], offset: int, locator: int) -> tuple[int, int, int]:
    """Where the end of a large zip stands, and the size and the offset of the directory that it tells."""
    for place in (offset, locator - _END_64.size):
        if 0 <= place <= locator:
            file.seek(place)
            record = file.read(_END_64.size)
            if len(record) == _END_64.size and record.startswith(b"PK\6\6"):
                *_, size, directory = _END_64.unpack(record)
                return place, size, directory
    raise DamagedError("its directory is not where its end says")


def _header(directory: bytes, at: int) -> tuple[_Header, int]:
    """The header at an offset of the directory, and the offset behind it."""
    if len(directory) - at < _DIRECTORY.size:
        raise DamagedError("its directory ends too early")
    fields = _DIRECTORY.unpack_from(directory, at)
    if fields[0] != b"PK\1\2":
        raise DamagedError("its directory is not valid")
    flags, method, checksum, packed, size = fields[3], fields[4], *fields[7:10]
    name_length, extra_length, comment_length, offset = *fields[10:13], fields[16]
    start = at + _DIRECTORY.size
    name = directory[start : start + name_length]
    extra = directory[start + name_length : start + name_length + extra_length]
    if _FULL in (size, packed, offset):
        size, packed, offset = _wide(extra, size, packed, offset)
    label = name if flags & _IS_UTF8 else _label(name)
    return _Header(label, flags, method, checksum, packed, size, offset), (
        start + name_length + extra_length + comment_length
    )


def _wide(extra: bytes, *narrow: int) -> tuple[int, int, int]:
    """Size, packed size and offset of a large member, which an extra field holds where they do not fit (4.5.3)."""
    values = list(narrow)
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1:
            wide = extra[4 : 4 + length]
            for number, value in enumerate(values):
                if value == _FULL and len(wide) >= 8:
                    values[number], wide = int.from_bytes(wide[:8], "little"), wide[8:]
            break
        extra = extra[4 + length :]
    size, packed, offset = values
    return size, packed, offset


def _label(name: bytes) -> bytes:
    """A name in UTF-8; without a mark it is in code page 437, which many writers do not keep to."""
    try:
        name.decode()
    except UnicodeDecodeError:
        return name.decode("cp437").encode()
    return name


class _Member:
    """Reads a member of `file` from where it starts; it is looked for when the first bytes are asked for.

    Raises:
        DamagedError: while it is read, that it is not what the directory says.
        RefusedError: it is encrypted, or packed by a method that is not known.
    """

    def __init__(self, file: IO[bytes], header: _Header, shift: int, budget: Budget) -> None:
        self._file = file
        self._header = header
        self._place = header.offset + shift
        self._budget = budget
        self._content: Stream | None = None
        self._checksum = 0
        self._size = 0

    def read(self, count: int) -> bytes:
        """Up to about `count` bytes, and none at the end, where size and checksum are compared."""
        if self._content is None:
            if self._header.flags & _ENCRYPTED:
                raise RefusedError("it is encrypted")
            self._find()
            packed = Part(Stream(self._packed), self._header.packed)
            self._content = inflated(packed, self._budget, self._header.method)
        piece = self._content.read(count)
        self._size += len(piece)
        self._checksum = zlib.crc32(piece, self._checksum)
        if not piece and (self._size, self._checksum) != (self._header.size, self._header.checksum):
            raise DamagedError("its size or checksum is not the one that it should have")
        return piece

    def _find(self) -> None:
        """Go from the header that stands before the member to its first byte."""
        if self._place > _FARTHEST:
            raise DamagedError("it is not where the directory says")
        self._file.seek(self._place)
        local = self._file.read(_LOCAL.size)
        if len(local) < _LOCAL.size or not local.startswith(b"PK\3\4"):
            raise DamagedError("it is not where the directory says")
        *_, name_length, extra_length = _LOCAL.unpack(local)
        self._place += _LOCAL.size + name_length + extra_length

    def _packed(self, count: int) -> bytes:
        self._file.seek(self._place)
        piece = self._file.read(count)
        self._place += len(piece)
        return piece
