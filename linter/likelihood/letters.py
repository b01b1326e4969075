"""How much a text reads like words."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["Letters"]

_WORDS = 0.4
_DIGIT = re.compile(r"[0-9]")
_RUN = re.compile(r"[A-Z]+[a-z]+|[a-z]{2,}|[A-Z]{2,}")


class Letters:
    """How much a text reads like words: for three letters in a row, how much likelier they are in words than by chance.

    `table` has a letter for each of `^a-z`, `a-z` and `a-z$` (a word's start and end), in that order: `A` is -4.0, and
    each next one a quarter more.
    """

    _FLOOR, _STEP = -4.0, 0.25

    def __init__(self, table: str) -> None:
        self._table = table
        self._value = cache(self._read)

    @staticmethod
    def place(before: str, middle: str, after: str) -> int:
        """Where these three stand in a table."""
        first = 0 if before == "^" else ord(before) - 96
        last = 26 if after == "$" else ord(after) - 97
        return (first * 26 + ord(middle) - 97) * 27 + last

    @classmethod
    def written(cls, value: float) -> str:
        """The letter that stands for `value`, a natural logarithm, in a table."""
        return chr(65 + min(25, max(0, round((value - cls._FLOOR) / cls._STEP))))

    def likeness(self, text: str) -> tuple[float, int]:
        """The sum over the letters of `text`, above 0 for words and below for random letters, and their number."""
        runs = _RUN.findall(text)
        if not runs:
            return 0.0, 0
        marked = f"^{'$^'.join(runs)}$".lower()
        return sum(map(self._value, marked, marked[1:], marked[2:])), len(marked) - 2 * len(runs)

    def _read(self, before: str, middle: str, after: str) -> float:
        if before == "$" or middle in "^$":  # between two words
            return 0.0
        return self._FLOOR + (ord(self._table[self.place(before, middle, after)]) - 65) * self._STEP

    def are_words(self, text: str) -> bool:
        """True if `text` has no digit and reads like words: a name, never a value that a machine made."""
        if _DIGIT.search(text):
            return False
        likeness, letters = self.likeness(text)
        return letters > 0 and likeness / letters > _WORDS
