"""What `git rev-list` says is there: the objects of some commits, each behind the first commit that has it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ARGUMENTS", "Introduction", "Walk"]

ARGUMENTS = ("rev-list", "--objects", "--date-order", "--reverse", "--in-commit-order", "--missing=print", "--stdin")
"""The command whose output a walk reads. Commits come oldest first, each followed by what it brought in."""


class Introduction(NamedTuple):
    """How an object came in: the id of the first commit that has it, and its path there; neither for a tag."""

    commit: bytes | None
    path: bytes


class Walk:
    """The answer to `ARGUMENTS`, kept by lines: a large repository has millions of them.

    Args:
        text: git's output: `commit` alone, `object path` for what the commit above brought in, `?object` for what
            is referred to and missing.
        hex_length: characters of an object id.
        problem: why git did not come to the end, or None.
    """

    def __init__(self, text: bytes, hex_length: int, problem: str | None) -> None:
        self._hex_length = hex_length
        self.problem = problem
        missing = text.startswith(b"?") + text.count(b"\n?")
        # What is missing stands behind all else: the marks in front of those ids say nothing more.
        self._lines = text.removeprefix(b"?").replace(b"\n?", b"\n").split(b"\n")
        self._lines.pop()
        self.missing = frozenset(line[:hex_length] for line in self._lines[len(self._lines) - missing :])
        """The ids of the objects that git lacks."""
        self.names = {line[:hex_length]: number for number, line in enumerate(self._lines)}
        """The ids of all objects in git's order, those that are missing included, and the numbers of their lines."""
        self._commits = [number for number, line in enumerate(self._lines) if len(line) == hex_length]
        """The numbers of the lines that hold a commit."""

    @property
    def is_whole(self) -> bool:
        """True if git came to the end and lacked nothing behind which there could be more."""
        return self.problem is None and not self.missing

    def paths(self, keys: Iterable[bytes]) -> list[bytes]:
        """The path at which each of some objects came in, up to its first line feed; empty where there is none.

        `keys` start with the ids.
        """
        length, numbers, lines = self._hex_length, self.names, self._lines
        found = (numbers.get(key[:length]) for key in keys)
        return [b"" if number is None else lines[number][length + 1 :] for number in found]

    def introductions(self, wanted: Iterable[bytes]) -> dict[bytes, Introduction]:
        """How those of the objects `wanted` came in that the walk reached."""
        return {name: self._introduction(name) for name in wanted if name in self.names}

    def _introduction(self, name: bytes) -> Introduction:
        """How the object `name` came in."""
        number = self.names[name]
        line = self._lines[number]
        nearest = bisect_right(self._commits, number) - 1
        commit = self._commits[nearest] if nearest >= 0 else number
        return Introduction(self._lines[commit] if commit != number else None, line[self._hex_length + 1 :])
