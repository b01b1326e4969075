"""Compressed streams, read piece by piece: what comes out at a time is bounded, whatever went in.

gzip (RFC 1952), bzip2, xz (tukaani.org/xz/xz-file-format.txt), Zstandard (RFC 8878), and the methods of zip.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING, Any, Protocol

from linter.sources.archives.limits import Budget, DamagedError, RefusedError
from linter.sources.archives.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["METHODS", "bzip2", "gzip", "inflated", "xz", "zstandard"]

_PIECE = 1 << 16
_DICTIONARY = 96 << 20
"""Bytes of memory that a decoder may ask for; the strongest setting of xz takes 65 MiB."""

_ZSTD_PIECE = 512
"""The library says not how much may come out; of so many bytes it is at most 22 MB."""
_ZSTD_FRAME = b"\x28\xb5\x2f\xfd"


class Decoder(Protocol):
    """One stream being decoded, as the standard library's `BZ2Decompressor`."""

    @property
    def eof(self) -> bool:
        """True behind its end."""

    @property
    def unused_data(self) -> bytes:
        """What was given and stands behind its end."""

    @property
    def needs_input(self) -> bool:
        """True if nothing comes out before more is given."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """The next bytes that come out."""


class _Zlib:
    """Deflate with the interface of the others; `bits` as for `zlib.decompressobj`."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.needs_input = not self._inner.unconsumed_tail and len(piece) < max_length
        return piece


class _Zstandard:
    """The package `zstandard` with the interface of the others; more than `max_length` may come out."""

    def __init__(self, package: Any) -> None:
        self._inner = package.ZstdDecompressor(max_window_size=_DICTIONARY).decompressobj()
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        del max_length
        return bytes(self._inner.decompress(data))


class _Inflating:
    """Reads what comes out of the bytes of `stream`: of one coded stream, or of all that follow one another."""

    def __init__(
        self,
        stream: Stream,
        budget: Budget,
        new: Callable[[], Decoder],
        errors: tuple[type[Exception], ...],
        magic: bytes = b"",
        size: int = _PIECE,
    ) -> None:
        self._stream = stream
        self._budget = budget
        self._new = new
        self._errors = errors
        self._magic = magic
        self._size = size
        self._decoder = new()
        self._given = b""
        self._ended = False

    def read(self, count: int) -> bytes:
        """Up to about `count` bytes that come out; none at the end.

        Raises:
            DamagedError: they cannot be decoded, or end too early.
        """
        while not self._ended:
            if self._decoder.eof:
                self._begin_next()
                continue
            if self._decoder.needs_input and not self._given:
                self._given = self._stream.read(self._size)
                if not self._given:
                    self._ended = True
                    raise DamagedError("the compressed data end too early")
            if piece := self._decode(count):
                self._budget.expand(len(piece))
                return piece
        return b""

    def _decode(self, count: int) -> bytes:
        given, self._given = self._given, b""
        try:
            return self._decoder.decompress(given, count)
        except MemoryError:
            raise RefusedError("it takes too much memory to decompress") from None
        except self._errors as error:
            self._ended = True
            if "memory" in str(error).lower():
                raise RefusedError("it takes too much memory to decompress") from None
            raise DamagedError("the compressed data are not valid") from None

    def _begin_next(self) -> None:
        """Go on with the coded stream that follows; zero bytes between two are padding, and all else is at fault."""
        rest = self._decoder.unused_data.lstrip(b"\0")
        while self._magic and len(rest) < len(self._magic) and (piece := self._stream.read(self._size)):
            rest = (rest + piece).lstrip(b"\0")
            self._budget.check_time()
        if not self._magic or not rest:
            self._ended = True
        elif rest.startswith(self._magic):
            self._decoder, self._given = self._new(), rest
        else:
            self._ended = True
            raise DamagedError("something else follows the compressed data")


def gzip(stream: Stream, budget: Budget) -> Stream:
    """What comes out of a gzip file, all its members."""
    return Stream(_Inflating(stream, budget, lambda: _Zlib(31), (zlib.error,), b"\x1f\x8b").read)


def bzip2(stream: Stream, budget: Budget) -> Stream:
    """What comes out of a bzip2 file, all its streams."""
    return Stream(_Inflating(stream, budget, bz2.BZ2Decompressor, (OSError, ValueError), b"BZh").read)


def xz(stream: Stream, budget: Budget) -> Stream:
    """What comes out of an xz file, all its streams."""

    def new() -> Decoder:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, _DICTIONARY)

    return Stream(_Inflating(stream, budget, new, (lzma.LZMAError,), b"\xfd7zXZ\0").read)


def zstandard(stream: Stream, budget: Budget) -> Stream:
    """What comes out of a Zstandard file, all its frames.

    Raises:
        RefusedError: nothing is installed that decodes it.
    """
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return Stream(_with_package(stream, budget).read)
    window_log = _DICTIONARY.bit_length() - 1

    def new() -> Decoder:
        decoder: Decoder = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: window_log})
        return decoder

    return Stream(_Inflating(stream, budget, new, (zstd.ZstdError,), _ZSTD_FRAME).read)


def _with_package(stream: Stream, budget: Budget) -> _Inflating:
    try:
        import zstandard
    except ImportError:
        raise RefusedError("Zstandard needs `pip install twlint[zstd]`") from None
    new = lambda: _Zstandard(zstandard)  # noqa: E731
    return _Inflating(stream, budget, new, (zstandard.ZstdError,), _ZSTD_FRAME, _ZSTD_PIECE)


def inflated(stream: Stream, budget: Budget, method: int) -> Stream:
    """What comes out of the bytes of a zip's member (APPNOTE.TXT, 4.4.5).

    Raises:
        RefusedError: `method` is none that is known.
        DamagedError: its first bytes are not those of the method.
    """
    if method == METHODS["stored"]:
        return Stream(_Counted(stream, budget).read)
    if method == METHODS["deflated"]:
        return Stream(_Inflating(stream, budget, lambda: _Zlib(-15), (zlib.error,)).read)
    if method == METHODS["bzip2"]:
        return Stream(_Inflating(stream, budget, bz2.BZ2Decompressor, (OSError, ValueError)).read)
    if method == METHODS["zstandard"]:
        return zstandard(stream, budget)
    if method == METHODS["lzma"]:
        return Stream(_Inflating(stream, budget, _lzma_of_zip(stream), (lzma.LZMAError,)).read)
    raise RefusedError(f"compression method {method} is not known")


METHODS = {"stored": 0, "deflated": 8, "bzip2": 12, "lzma": 14, "zstandard": 93}
"""The numbers of the methods of zip that are read."""


class _Counted:
    """Bytes as they are, accounted for."""

    def __init__(self, stream: Stream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, count: int) -> bytes:
        piece = self._stream.read(count)
        self._budget.expand(len(piece))
        return piece


def _lzma_of_zip(stream: Stream) -> Callable[[], Decoder]:
    """A decoder by the properties at the start of the stream (APPNOTE.TXT, 5.8.8; LZMA specification, 1)."""
    size = int.from_bytes(stream.exactly(4)[2:], "little")
    properties = stream.exactly(size)
    if size != 5 or properties[0] >= 225:
        raise DamagedError("the LZMA properties are not valid")
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        raise DamagedError("the LZMA properties are not valid")
    dictionary = int.from_bytes(properties[1:], "little")
    if dictionary > _DICTIONARY:
        raise RefusedError("it takes too much memory to decompress")
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), "lc": lc, "lp": lp, "pb": pb}]
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, None, filters)
