"""Byte offsets of syntax nodes, and of each piece of text in the literals among them."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import NamedTuple

from linter.python.names import text_of

__all__ = ["Literal", "Source"]

_LINE_END = re.compile(rb"\r\n|\r|\n")
_GAP = re.compile(rb"(?:[^#A-Za-z\"']|#[^\r\n]*)*")
_OPENING = re.compile(rb"([A-Za-z]{0,3})(\"\"\"|'''|\"|')")


class Literal(NamedTuple):
    """One string literal of an implicit concatenation: what it means, and the bytes between its quotes."""

    text: str
    start: int
    end: int


class Source:
    """The bytes of a module in UTF-8 and its lines."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def _lines(self) -> list[int]:
        """The offsets at which lines start; of most sources nobody asks."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.data))]

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a line, from 1, and a column in bytes."""
        return min(self._lines[min(line, len(self._lines)) - 1] + column, len(self.data))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The half-open byte range of a node."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        start = self.offset(node.lineno, node.col_offset)
        return start, self.offset(end_line or node.lineno, end_column or node.col_offset)

    def literals(self, node: ast.expr) -> list[Literal]:
        """The string literals at `node`, in order; none if it is written in a way that is not understood."""
        start, end = self.span(node)
        found: list[Literal] = []
        at = start
        while at < end:
            opening = _OPENING.match(self.data, at, end)
            if opening is None:
                gap = _GAP.match(self.data, at, end)
                at = max(gap.end() if gap else end, at + 1)
                continue
            inner = opening.end()
            close = self._closing(inner, end, opening[2])
            if close < 0:
                return []
            prefix = opening[1].lower()
            found.append(Literal(_meaning(self.data[inner:close], prefix, opening[2]), inner, close))
            at = close + len(opening[2])
        return found

    def _closing(self, at: int, end: int, quote: bytes) -> int:
        """Where the literal that starts at `at` ends, or -1; what stands behind a backslash does not end it."""
        close = self.data.find(quote, at, end)
        while close >= 0 and (escape := self.data.find(b"\\", at, close)) >= 0:
            at = escape + 2
            if at > close:
                close = self.data.find(quote, at, end)
        return close


def _meaning(inner: bytes, prefix: bytes, quote: bytes) -> str:
    """The text of a literal; of an f-string, its source."""
    plain = inner.decode("utf-8", "replace")
    if b"r" in prefix or b"f" in prefix or b"\\" not in inner:
        return plain.replace("\r\n", "\n").replace("\r", "\n")
    kind = b"b" if b"b" in prefix else b""
    try:
        value = ast.literal_eval((kind + quote + inner + quote).decode("utf-8", "replace"))
    except (SyntaxError, ValueError):
        return plain
    return text_of(value) if isinstance(value, bytes) else str(value)
