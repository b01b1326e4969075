"""Archives as bytes: plain ones, and those that are made to hurt whoever opens them."""

from __future__ import annotations

import bz2
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "encrypted",
    "gzip_quine",
    "lying",
    "many_members",
    "nested",
    "overlapping",
    "tar_of",
    "tar_with_large_header",
    "zeros",
    "zip_of",
]

MIB = 1 << 20

_MODES: dict[str, Literal["w:", "w:gz", "w:bz2", "w:xz"]] = {"": "w:", "gz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}


def zip_of(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def tar_of(
    members: Mapping[str, bytes], compression: Literal["", "gz", "bz2", "xz"] = "", form: int = tarfile.PAX_FORMAT
) -> bytes:
    """A tar with these members."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=_MODES[compression], format=form) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def zeros(size: int) -> bytes:
    """A gzip file of so many zero bytes, in MiB a piece, without ever holding them."""
    piece = gzip.compress(bytes(MIB), 9)
    return piece * (size // MIB)


def nested(content: bytes, depth: int) -> bytes:
    """A zip in a zip, so many in all, around a file with this content."""
    made = zip_of({"inner.env": content})
    for _ in range(depth - 1):
        made = zip_of({"inner.zip": made}, zipfile.ZIP_STORED)
    return made


def overlapping(count: int, size: int) -> bytes:
    """A zip whose directory names one deflated member of zeros so many times (as in bamsoftware.com/hacks/zipbomb)."""
    plain = zip_of({"z": bytes(size)})
    start = plain.index(b"PK\1\2")
    end = plain.index(b"PK\5\6")
    header = plain[start:end]
    directory = header * count
    closing = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, min(count, 65_535), min(count, 65_535), len(directory), start, 0)
    return plain[:start] + directory + closing


def lying(content: bytes) -> bytes:
    """A zip that says of its member that it is ten bytes long."""
    plain = bytearray(zip_of({"a.env": content}, zipfile.ZIP_DEFLATED))
    directory = plain.index(b"PK\1\2")
    plain[directory + 24 : directory + 28] = struct.pack("<L", 10)
    plain[22:26] = struct.pack("<L", 10)
    return bytes(plain)


def encrypted(content: bytes) -> bytes:
    """A zip that says that its member is encrypted, beside one that is not."""
    plain = bytearray(zip_of({"locked.env": content, "open.env": content}))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        plain[plain.index(mark) + offset] |= 1
    return bytes(plain)


def many_members(count: int) -> bytes:
    """A tar with so many empty files."""
    entry = tarfile.TarInfo("f").tobuf(tarfile.USTAR_FORMAT)
    return entry * count + bytes(1024)


def tar_with_large_header(size: int) -> bytes:
    """A tar that starts with an extended header of so many bytes, which are not there."""
    entry = tarfile.TarInfo("././@PaxHeader")
    entry.type = tarfile.XHDTYPE
    entry.size = size
    return entry.tobuf(tarfile.GNU_FORMAT) + b"30 path=x\n" + bytes(2048)


def gzip_quine() -> bytes:
    """A gzip file, but for its checksum, that decompresses to itself.

    Made of instructions of five bytes, as in research.swtch.com/zip: print the next so many, and repeat the last four.
    """
    header = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    nothing = b"\0\0\0\xff\xff"
    print_four = b"\0\x14\0\xeb\xff"
    repeat_four = b"\x42\x88\x21\xc4\0"
    start = header + nothing + print_four
    middle = (repeat_four + print_four) * 2
    return start * 2 + middle * 2 + nothing * 4


def expands_to(data: bytes) -> bytes:
    """What comes out of the deflated stream in a gzip file without names."""
    return zlib.decompressobj(-15).decompress(data[10:])


def bzip2_in_zip(size: int) -> bytes:
    """A zip whose member is packed by bzip2, so that a few bytes give a megabyte."""
    packed = bz2.compress(bytes(size), 9)
    made = bytearray(zip_of({"z": packed}, zipfile.ZIP_STORED))
    directory = made.index(b"PK\1\2")
    checksum = struct.pack("<L", zlib.crc32(bytes(size)))
    for at, method, check, length in ((0, 8, 14, 22), (directory, 10, 16, 24)):
        made[at + method : at + method + 2] = struct.pack("<H", zipfile.ZIP_BZIP2)
        made[at + check : at + check + 4] = checksum
        made[at + length : at + length + 4] = struct.pack("<L", size)
    return bytes(made)
