"""Which cell of a Jupyter notebook holds a byte (nbformat 4: https://nbformat.readthedocs.io)."""

from __future__ import annotations

import json
import re

__all__ = ["Notebook", "is_notebook"]

_MARK = b'"nbformat"'
_CELLS = re.compile(r'"cells"\s*:\s*\[')
_SOURCE = re.compile(r'"source"\s*:\s*')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SEPARATOR = re.compile(r"[\s,]*")


def is_notebook(data: bytearray, start: int, end: int) -> bool:
    """True if the content between two offsets looks like a notebook."""
    return data[start:end].lstrip()[:1] == b"{" and data.find(_MARK, start, end) >= 0


class Notebook:
    """The cells of the notebook between two offsets of a buffer."""

    def __init__(self, data: bytearray, start: int, end: int) -> None:
        # One character a byte, so that offsets stay what they are; only the marks of JSON are looked at.
        self._text = data[start:end].decode("latin-1")
        self._start = start
        self._cells = _spans(self._text)

    def cell(self, offset: int) -> str | None:
        """In words, which cell holds the byte at `offset` of the buffer: `cell 3, line 2`, `output of cell 3`."""
        at = offset - self._start
        for number, (start, end) in enumerate(self._cells, 1):
            if start <= at < end:
                line = _line(self._text[start:end], at - start)
                return f"output of cell {number}" if line is None else f"cell {number}, line {line}"
        return None


def _spans(text: str) -> list[tuple[int, int]]:
    """Where each cell stands."""
    begin = _CELLS.search(text)
    spans: list[tuple[int, int]] = []
    at = begin.end() if begin else len(text)
    decoder = json.JSONDecoder()
    while (found := _SEPARATOR.match(text, at)) and text.startswith("{", found.end()):
        try:
            _, at = decoder.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            break
        spans.append((found.end(), at))
    return spans


def _line(cell: str, at: int) -> int | None:
    """The line of the source, from 1, that holds the character `at` of a cell; None if it is no source."""
    source = _SOURCE.search(cell)
    if source is None:
        return None
    line = 1
    for string in _STRING.finditer(cell, source.end()):
        if "]" in _STRING.sub("", cell[source.end() : string.start()]):
            break
        if string.start() <= at < string.end():
            return line + cell.count("\\n", string.start(), at)
        line += max(cell.count("\\n", string.start(), string.end()), 1)
        if not cell.startswith("[", source.end()):
            break
    return None
