"""The text in the tables of an SQLite database (https://www.sqlite.org/fileformat2.html).

In the file the cells of a row stand side by side without anything between them, so that where a value starts cannot be
told. No engine runs on the database: what it defines may run code of its own.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, NamedTuple

from linter.sources.archives.entry import Entry
from linter.sources.archives.limits import DamagedError
from linter.sources.archives.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.sources.archives.limits import Budget

__all__ = ["entries"]

_HEADER = 100
_TABLE_LEAF, _TABLE_INNER = 0x0D, 0x05
_INDEX_LEAF, _INDEX_INNER = 0x0A, 0x02
_FIRST_TEXT = 13
_ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_CELL_LIMIT = 16 << 20
"""Bytes of a row that are read; of a longer one the file as it is, is scanned."""
_COLUMN = re.compile(r'\s*(?:"([^"]*)"|`([^`]*)`|\[([^\]]*)\]|([\w$]+))')
_NO_COLUMN = re.compile(r"\s*(?:constraint|primary|unique|check|foreign)\b", re.IGNORECASE)


class _Table(NamedTuple):
    name: str
    root: int
    columns: list[str]


def entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """A text for each table, a line `column: value` for each text in a row.

    Raises:
        DamagedError: a page is not what the format says.
    """
    database = _Database(file, budget)
    for table in database.tables():
        yield Entry(table.name.encode("utf-8", "replace"), Stream(_Lines(database, table).read), is_member=False)


class _Database:
    """The pages and rows of the database in `file`."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file = file
        self._budget = budget
        file.seek(0)
        header = file.read(_HEADER)
        size = int.from_bytes(header[16:18], "big")
        self._page_size = 65536 if size == 1 else size
        if len(header) < _HEADER or self._page_size < 512 or self._page_size & (self._page_size - 1):
            raise DamagedError("its header is not valid")
        self._usable = self._page_size - header[20]
        encoding = int.from_bytes(header[56:60], "big")
        if self._usable < 480 or encoding not in {0, *_ENCODINGS}:
            raise DamagedError("its header is not valid")
        self._encoding = _ENCODINGS.get(encoding, "utf-8")
        self._pages = file.seek(0, 2) // self._page_size

    def tables(self) -> Iterator[_Table]:
        """The tables that the first page names."""
        for row in self.rows(1):
            kind, name, _, root, sql = (row + [None] * 5)[:5]
            if kind == "table" and isinstance(name, str) and isinstance(root, int) and root:
                yield _Table(name, root, _columns(sql if isinstance(sql, str) else ""))

    def rows(self, root: int) -> Iterator[list[str | int | None]]:
        """The rows of the table at page `root`: its texts and whole numbers, and None for all else."""
        seen: set[int] = set()
        pending = [root]
        while pending:
            number = pending.pop()
            if number in seen:
                raise DamagedError("its pages form a circle")
            seen.add(number)
            page = self._page(number)
            self._budget.check_time()
            at = _HEADER if number == 1 else 0
            kind, cells = page[at], int.from_bytes(page[at + 3 : at + 5], "big")
            if kind not in (_TABLE_LEAF, _TABLE_INNER, _INDEX_LEAF, _INDEX_INNER):
                raise DamagedError(f"page {number} is not valid")
            is_inner = kind in (_TABLE_INNER, _INDEX_INNER)
            pointers = at + (12 if is_inner else 8)
            places = [
                int.from_bytes(page[place : place + 2], "big")
                for place in range(pointers, min(pointers + 2 * cells, len(page) - 1), 2)
            ]
            if is_inner:
                pending += [int.from_bytes(page[at + 8 : at + 12], "big")]
                pending += [int.from_bytes(page[place : place + 4], "big") for place in reversed(places)]
            if kind != _TABLE_INNER:
                for place in places:
                    yield self._row(page, place + (4 if is_inner else 0), is_table=kind == _TABLE_LEAF)

    def _page(self, number: int) -> bytes:
        if not 0 < number <= self._pages:
            raise DamagedError(f"page {number} is not there")
        self._file.seek((number - 1) * self._page_size)
        return self._file.read(self._page_size)

    def _row(self, page: bytes, at: int, *, is_table: bool) -> list[str | int | None]:
        length, at = _varint(page, at)
        if is_table:
            _, at = _varint(page, at)
        record = self._payload(page, at, length, is_table=is_table)
        # Rows may overlap, so that a small file holds many large ones.
        self._budget.expand(len(record))
        return self._values(record)

    def _payload(self, page: bytes, at: int, length: int, *, is_table: bool) -> bytes:
        """The bytes of a row, which go on in other pages where there are many (1.6, "B-tree Pages")."""
        usable = self._usable
        longest = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
        if length <= longest:
            return page[at : at + length]
        shortest = (usable - 12) * 32 // 255 - 23
        local = shortest + (length - shortest) % (usable - 4)
        local = local if local <= longest else shortest
        parts = [page[at : at + local]]
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        left = min(length, _CELL_LIMIT) - local
        while left > 0 and following:
            more = self._page(following)
            following = int.from_bytes(more[:4], "big")
            parts.append(more[4 : min(usable, 4 + left)])
            left -= usable - 4
            self._budget.check_time()
        return b"".join(parts)

    def _values(self, record: bytes) -> list[str | int | None]:
        """The values of a record (2.1, "Record Format")."""
        header_size, at = _varint(record, 0)
        values: list[str | int | None] = []
        place = header_size
        while at < min(header_size, len(record)):
            kind, at = _varint(record, at)
            size = _size(kind)
            data = record[place : place + size]
            place += size
            if kind >= _FIRST_TEXT and kind % 2:
                values.append(data.decode(self._encoding, "replace"))
            elif kind in (8, 9):
                values.append(kind - 8)
            else:
                values.append(int.from_bytes(data, "big", signed=True) if 0 < kind < 7 else None)
        return values


def _size(kind: int) -> int:
    """Bytes of a value by its serial type."""
    if kind >= 12:
        return (kind - 12) // 2
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and the offset behind it."""
    value = 0
    for number, byte in enumerate(data[at : at + 9]):
        if number == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if not byte & 0x80:
            return value, at + number + 1
    raise DamagedError("a row ends too early")


def _columns(sql: str) -> list[str]:
    """The names of the columns that a CREATE TABLE defines, as well as a split at its commas tells them."""
    depth = 0
    parts = [""]
    for character in sql[sql.find("(") + 1 :]:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    found = [_COLUMN.match(part) for part in parts if not _NO_COLUMN.match(part)]
    return [next((name for name in each.groups() if name is not None), "") if each else "" for each in found]


class _Lines:
    """Reads the texts of a table as lines."""

    def __init__(self, database: _Database, table: _Table) -> None:
        self._rows = database.rows(table.root)
        self._columns = table.columns

    def read(self, count: int) -> bytes:
        """The next lines, whatever `count`; none at the end."""
        del count
        for row in self._rows:
            lines = [
                f"{self._columns[number] if number < len(self._columns) else ''}: {value}\n"
                for number, value in enumerate(row)
                if isinstance(value, str) and value
            ]
            if lines:
                return "".join(lines).encode("utf-8", "replace")
        return b""
