"""The code cells of a notebook as one Python source, and the way back to the bytes of the notebook."""

from __future__ import annotations

import ast
import json
import re
import warnings
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.python.values import Span

__all__ = ["Notebook", "read_notebook"]

_TOKEN = re.compile(rb'"|[{}\[\],:]|[^\s{}\[\],:"]+')
_ESCAPE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_MAGIC = re.compile(rb"^([ \t]*|[ \t]*[\w, \t]+=[ \t]*)[%!?][^\n]", re.MULTILINE)
_QUESTION = re.compile(rb"^([\w.()]+)\?\??[ \t]*$", re.MULTILINE)
_SOURCES = (["cells", "*", "source"], ["cells", "*", "input"])
_SOURCE_LINES = tuple([*place, "*"] for place in _SOURCES)
_PYTHON_MAGICS = (b"%%time", b"%%capture", b"%%timeit", b"%%prun")


class _Line(NamedTuple):
    """A string of the notebook: its text, where that starts in the source, and where its bytes start."""

    text: bytes
    start: int
    raw: int


class _Cell(NamedTuple):
    """The strings of a cell, as spans between their quotes."""

    is_code: bool
    strings: list[Span]


class Notebook:
    """A Python source made of code cells. Magics are replaced by comments of the same length."""

    def __init__(self, data: bytes, cells: list[list[Span]], *, is_whole: bool) -> None:
        self._data = data
        self._lines: list[_Line] = []
        self.is_whole = is_whole
        """False if cells that are no Python were left out."""
        parts: list[bytes] = []
        size = 0
        for cell in cells:
            text = b""
            for start, end in cell:
                meant = _meaning(data[start:end])
                self._lines.append(_Line(meant, size + len(text), start))
                text += meant
            parts.append(_without_magics(text) + b"\n")
            size += len(text) + 1
        self.source = b"".join(parts)
        self._starts = [line.start for line in self._lines]

    def origin(self, span: Span) -> Span:
        """The bytes of the notebook for those of the source."""
        return self._offset(span[0]), self._offset(span[1], is_end=True)

    def _offset(self, at: int, *, is_end: bool = False) -> int:
        line = self._lines[max(bisect_right(self._starts, at - is_end) - 1, 0)]
        left = at - line.start
        raw = line.raw
        while left > 0:
            escape = _ESCAPE.match(self._data, raw)
            step = raw + 1 if escape is None else escape.end()
            left -= 1 if escape is None else len(_meaning(escape[0]))
            raw = step
        return raw


def _meaning(escaped: bytes) -> bytes:
    """What the inside of a JSON string means."""
    return str(json.loads(b'"' + escaped + b'"', strict=False)).encode("utf-8", "replace")


def _without_magics(text: bytes) -> bytes:
    """The text of a cell with every magic made a comment behind a value, and no byte moved."""
    text = _MAGIC.sub(lambda found: found[1] + b"0#", text)
    return _QUESTION.sub(lambda found: found[1].ljust(len(found[0])), text)


def read_notebook(data: bytes) -> Notebook | None:
    """The code cells of a notebook in JSON that are Python; None if `data` is no notebook."""
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return None
    cells = [cell.strings for cell in _cells(data) if cell.is_code and _is_python(data, cell)]
    readable = [cell for cell in cells if _parses(Notebook(data, [cell], is_whole=True).source)]
    return Notebook(data, readable, is_whole=len(readable) == len(cells))


def _is_python(data: bytes, cell: _Cell) -> bool:
    first = _meaning(data[slice(*cell.strings[0])]).lstrip() if cell.strings else b""
    return bool(first) and (not first.startswith(b"%%") or first.startswith(_PYTHON_MAGICS))


def _parses(source: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _cells(data: bytes) -> Iterator[_Cell]:
    """The cells of a notebook in order. `data` is valid JSON."""
    path: list[str] = []
    containers: list[bytes] = []
    is_key = is_code = False
    strings: list[Span] = []
    at = 0
    while token := _TOKEN.search(data, at):
        mark, at = token[0], token.end()
        if mark == b'"':
            end = _string_end(data, at)
            if is_key:
                path[-1], is_key = data[at:end].decode("utf-8", "replace"), False
            elif path[-3:] == ["cells", "*", "cell_type"]:
                is_code = data[at:end] == b"code"
            elif path[-3:] in _SOURCES or path[-4:] in _SOURCE_LINES:
                strings.append((at, end))
            at = end + 1
        elif mark in (b"{", b"["):
            containers.append(mark)
            path.append("*" if mark == b"[" else "")
            is_key = mark == b"{"
        elif mark in (b"}", b"]"):
            containers.pop()
            path.pop()
            is_key = False
            if path[-2:] == ["cells", "*"]:
                yield _Cell(is_code, strings)
                is_code, strings = False, []
        elif mark == b",":
            is_key = containers[-1] == b"{"


def _string_end(data: bytes, at: int) -> int:
    """Where the string that starts at `at` ends."""
    close = data.find(b'"', at)
    while (escape := data.find(b"\\", at, close)) >= 0:
        at = escape + 2
        if at > close:
            close = data.find(b'"', at)
    return close
