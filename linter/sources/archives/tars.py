"""Tar archives in the formats of POSIX (pubs.opengroup.org pax, "ustar Interchange Format"), GNU tar and star.

The standard library's reader takes the length of an extended header at its word, and so may a bomb all memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.sources.archives.entry import Entry
from linter.sources.archives.limits import DamagedError
from linter.sources.archives.stream import Part, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.sources.archives.limits import Budget

__all__ = ["entries"]

BLOCK = 512
_EXTENDED_LIMIT = 1 << 20
"""Bytes of an extended header; there names and attributes stand."""

_LINKS = b"2"
_WITHOUT_CONTENT = b"123456"
"""Links, devices, folders and pipes; a kind that is not known is a file."""
_PAX = b"xX"
_EXTENDED = _PAX + b"LK"
_PASSED_OVER = b"gVMDN"
"""Kinds whose content speaks of the archive, not of a file: what holds for all members, a label, listings."""
_SPARSE = b"S"
_SPARSE_MORE, _SPARSE_AGAIN = 482, 504
"""Where a sparse member's header, and each block of it that follows, say whether one more follows."""


class _Header(NamedTuple):
    kind: bytes
    name: bytes
    size: int
    link: bytes


def entries(stream: Stream, budget: Budget) -> Iterator[Entry]:
    """The files and the links of the tar in `stream`; of a link the text that it points to is the content.

    Hard links, folders and devices have no content of their own.

    Raises:
        DamagedError: a header is not valid, or the archive ends too early.
    """
    told: dict[bytes, bytes] = {}
    while block := stream.peek(BLOCK):
        budget.check_time()
        stream.exactly(BLOCK)
        # Behind the end there may be another archive, as when two are appended.
        if not any(block):
            continue
        header = _header(block)
        if header.kind in _EXTENDED:
            told |= _extended(header, stream)
            continue
        if header.kind == _SPARSE and block[_SPARSE_MORE]:
            _pass_sparse_map(stream)
        link, size = told.get(b"linkpath", header.link), _size(told, header)
        name = told.get(b"path", header.name)
        content = Part(stream, size)
        if header.kind in _LINKS:
            yield Entry(name, Stream.of(link))
        elif header.kind not in _WITHOUT_CONTENT + _PASSED_OVER and not (name.endswith(b"/") and not size):
            yield Entry(name, content)
        content.leave()
        _pad(stream, size)
        if header.kind not in _PASSED_OVER:
            told = {}


def _header(block: bytes) -> _Header:
    """What a block says.

    Raises:
        DamagedError: it is no header, as its checksum tells.
    """
    without = sum(block[:148]) + sum(block[156:]) + 8 * ord(" ")
    if len(block) < BLOCK or _number(block[148:156]) != without:
        raise DamagedError("a header is not valid")
    name = _up_to_zero(block[:100])
    prefix = _up_to_zero(block[345:500]) if block[257:263] == b"ustar\0" else b""
    return _Header(
        block[156:157], prefix + b"/" + name if prefix else name, _number(block[124:136]), _up_to_zero(block[157:257])
    )


def _number(field: bytes) -> int:
    """A number in octal digits, or, marked by its first bit, in bytes; -1 if it is neither, or negative."""
    if field[0] & 0x80:
        return -1 if field[0] & 0x40 else int.from_bytes(bytes([field[0] & 0x3F]) + field[1:], "big")
    try:
        return int(_up_to_zero(field).strip() or b"0", 8)
    except ValueError:
        return -1


def _up_to_zero(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _size(told: dict[bytes, bytes], header: _Header) -> int:
    try:
        size = int(told.get(b"size", header.size))
    except ValueError:
        size = -1
    if size < 0:
        raise DamagedError("a header is not valid")
    # Links and devices have no content, whatever some writers note as their size.
    return 0 if header.kind in _WITHOUT_CONTENT else size


def _extended(header: _Header, stream: Stream) -> dict[bytes, bytes]:
    """What an extended header tells of the member that follows."""
    if not 0 <= header.size <= _EXTENDED_LIMIT:
        raise DamagedError(f"an extended header is larger than {_EXTENDED_LIMIT >> 20} MiB")
    data = stream.exactly(header.size)
    _pad(stream, header.size)
    if header.kind in _PAX:
        return _records(data)
    return {b"path" if header.kind == b"L" else b"linkpath": _up_to_zero(data)}


def _records(data: bytes) -> dict[bytes, bytes]:
    """The records `length key=value` of a pax header; the length counts the whole record."""
    records = {}
    at = 0
    while at < len(data):
        length, _, _ = data[at : at + 20].partition(b" ")
        if not length.isdigit() or not 0 < int(length) <= len(data) - at:
            raise DamagedError("an extended header is not valid")
        key, _, value = data[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        records[key] = value
        at += int(length)
    return records


def _pass_sparse_map(stream: Stream) -> None:
    while stream.exactly(BLOCK)[_SPARSE_AGAIN]:
        pass


def _pad(stream: Stream, size: int) -> None:
    """Read to the end of the block. That of the last member may be missing."""
    rest = -size % BLOCK
    if len(stream.peek(rest)) == rest:
        stream.skip(rest)
