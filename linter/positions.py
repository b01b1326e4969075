"""Lines and columns of byte offsets, and the lines of source to show around them."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from linter.model import WHOLE, Frame, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Positions", "advance", "frame"]

_CONTINUATION = bytes(range(0x80, 0xC0))
_LINE_LENGTH = 160
_REACH = 100
_MASK_END = itemgetter(1)


class Positions:
    """Lines and columns, both from 1, in one content of a buffer.

    Columns are characters of UTF-8; in text that is not UTF-8, bytes from 0x80 to 0xBF do not count. A line ends
    with a line feed, or with a carriage return where the content has no line feed. Going forward is cheap.
    """

    def __init__(self, data: bytearray, start: int, end: int, origin: Origin = WHOLE) -> None:
        self.data = data
        self.start = start
        self.end = end
        if origin.lines or data.find(b"\n", start, end) >= 0:
            self.newline = b"\n"
            self._first = (start, origin.lines + 1, origin.columns + 1)
        else:
            self.newline = b"\r"
            self._first = (start, origin.returns + 1, origin.return_columns + 1)
        self._known = self._first

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of the byte at `offset` of the buffer."""
        known, line, column = self._known
        if offset < known:
            known, line, column = self._first
        line += self.data.count(self.newline, known, offset)
        line_start = self.data.rfind(self.newline, known, offset) + 1
        if line_start:
            known, column = line_start, 1
        column += _characters(self.data[known:offset])
        self._known = (offset, line, column)
        return line, column

    def line(self, offset: int) -> int:
        """The line of the byte at `offset` of the buffer."""
        return self.place(offset)[0]

    def line_start(self, offset: int) -> int:
        """The offset of the first byte of the line that holds `offset`."""
        return max(self.data.rfind(self.newline, self.start, offset) + 1, self.start)

    def line_end(self, offset: int) -> int:
        """The offset behind the last byte of the line that holds `offset`, its line end not counted."""
        end = self.data.find(self.newline, offset, self.end)
        return self.end if end < 0 else end


def advance(origin: Origin, data: bytes | bytearray) -> Origin:
    """The origin of what follows `data`, which starts at `origin`."""
    offset = origin.offset + len(data)
    lines, columns = _behind_last(b"\n", data, origin.columns)
    if origin.lines + lines:
        return Origin(offset, origin.lines + lines, columns)
    if b"\r" not in data:
        return Origin(offset, 0, columns, origin.returns, origin.return_columns + columns - origin.columns)
    returns, return_columns = _behind_last(b"\r", data, origin.return_columns)
    return Origin(offset, 0, columns, origin.returns + returns, return_columns)


def _behind_last(newline: bytes, data: bytes | bytearray, columns: int) -> tuple[int, int]:
    """How many `newline` stand in `data`, and the characters behind the last; `columns` of them stand before."""
    count = data.count(newline)
    return (count, _characters(data[data.rfind(newline) + 1 :])) if count else (0, _characters(data) + columns)


def _characters(data: bytes | bytearray) -> int:
    return len(data.translate(None, _CONTINUATION))


def frame(positions: Positions, number: int, span: tuple[int, int], masks: Sequence[tuple[int, int, str]]) -> Frame:
    """The lines of `span` and one before and behind it, with every span of `masks` replaced by its text.

    `number` is that of the line in which `span` starts. `masks` are ascending and do not overlap; `span` is one of
    them. Long lines are cut around the span.
    """
    start, end = span
    first = positions.line_start(start)
    lines = [_masked(positions, max(first, start - _REACH), min(positions.line_end(end), end + _REACH), masks)]
    if first > positions.start:
        before = positions.line_start(first - 1)
        lines.insert(0, _masked(positions, before, min(first - 1, before + _LINE_LENGTH), masks))
        number -= 1
    behind = positions.line_end(end) + 1
    if behind < positions.end:
        lines.append(_masked(positions, behind, min(positions.line_end(behind), behind + _LINE_LENGTH), masks))
    return Frame(number, tuple(lines))


def _masked(positions: Positions, start: int, end: int, masks: Sequence[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    at = start
    for number in range(bisect_right(masks, start, key=_MASK_END), len(masks)):
        mask_start, mask_end, text = masks[number]
        if mask_start >= end:
            break
        parts += [_text(positions, at, max(at, mask_start)), text]
        at = mask_end
    parts.append(_text(positions, at, end))
    return "".join(parts)


def _text(positions: Positions, start: int, end: int) -> str:
    return positions.data[start:end].decode("utf-8", "replace")
