"""The encoding of a source, and the way from its bytes in UTF-8 back to those that were given."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from linter.word_sets import word_set

if TYPE_CHECKING:
    from linter.python.values import Span

__all__ = ["MARK", "Origin", "codec_of"]

MARK = b"\xef\xbb\xbf"
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
_CODECS = word_set(
    "ascii utf-8 utf-8-sig big5 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp437 cp850 cp866 cp874 cp932 cp936"
    " cp949 euc_jp euc_kr euc_jis_2004 gb18030 gb2312 gbk koi8-r koi8-u mac-roman shift_jis tis-620 iso8859-1"
    " iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-7 iso8859-9 iso8859-15 iso2022_jp"
)
"""Encodings of real source files. Others that Python knows can take a time that grows with the square of the size."""

_UTF_8 = ("", "ascii", "utf-8", "utf-8-sig")


class Origin:
    """The way back from UTF-8 to the bytes that were given."""

    def __init__(self, text: bytes, codec: str, shift: int) -> None:
        self._text = text
        self._codec = codec
        self._shift = shift

    def span(self, span: Span) -> Span:
        """A span of what was given, for one of it in UTF-8."""
        return self._offset(span[0]), self._offset(span[1])

    def _offset(self, at: int) -> int:
        if not self._codec:
            return at + self._shift
        before = self._text[:at].decode("utf-8", "replace")
        return len(before.encode(self._codec, "replace")) + self._shift


def codec_of(data: bytes) -> str:
    """The encoding that a comment in the first two lines names; empty for UTF-8.

    Raises:
        LookupError: an encoding that no source is written in.
    """
    declared = _CODING.search(b"\n".join(data.split(b"\n", 2)[:2]))
    name = codecs.lookup(declared[1].decode()).name if declared else ""
    if name and name not in _CODECS:
        raise LookupError(name)
    return "" if name in _UTF_8 else name
