"""What `git rev-list` says is there: the objects of some commits, each behind the first commit that has it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["ARGUMENTS", "Introduction", "Walk"]

ARGUMENTS = ("rev-list", "--objects", "--date-order", "--reverse", "--in-commit-order", "--missing=print", "--stdin")
"""The command whose output a walk reads. Commits come oldest first, each followed by what it brought in."""


class Introduction(NamedTuple):
    """How an object came in: the id of the first commit that has it, and its path there; neither for a tag."""

    commit: bytes | None
    path: bytes


class Walk:
    """The answer to `ARGUMENTS`, kept as git gave it: a large repository has millions of lines.

    Args:
        text: git's output: `commit` alone, `object path` for what the commit above brought in, `?object` for what
            is referred to and missing.
        hex_length: characters of an object id.
        problem: why git did not come to the end, or None.
    """

    def __init__(self, text: bytes, hex_length: int, problem: str | None) -> None:
        self._text = text
        self._hex_length = hex_length
        self.problem = problem
        lines = text.removeprefix(b"?").replace(b"\n?", b"\n").split(b"\n")
        self.names = dict.fromkeys(line[:hex_length] for line in lines if line)
        """The ids of all objects in git's order, those that are missing included."""

    @property
    def is_whole(self) -> bool:
        """True if git came to the end and lacked nothing behind which there could be more."""
        return self.problem is None and not self._text.startswith(b"?") and b"\n?" not in self._text

    def introductions(self, wanted: Collection[bytes]) -> dict[bytes, Introduction]:
        """How those of the objects `wanted` came in that the walk reached."""
        length = self._hex_length
        found = {}
        commit: bytes | None = None
        for line in io.BytesIO(self._text):
            name = line[:length]
            if len(line) == length + 1:
                commit = name
            if name in wanted:
                path = line[length + 1 :].rstrip(b"\n")
                found[name] = Introduction(None if name == commit else commit, path)
        return found
