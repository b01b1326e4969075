"""What `git rev-list` says is there: the objects of some commits, each behind the first commit that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ARGUMENTS", "Walk"]

ARGUMENTS = ("rev-list", "--objects", "--reverse", "--in-commit-order", "--missing=print", "--stdin")
"""The command whose output a walk reads. Commits come oldest first, each followed by what it brought in."""


class Walk:
    """The answer to `ARGUMENTS`.

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

    def objects(self) -> Iterator[tuple[bytes, bytes | None, bytes]]:
        """Each object: its id, the commit that brought it in (None for commits and tags), and its path."""
        length = self._hex_length
        commit: bytes | None = None
        for line in self._text.split(b"\n"):
            if len(line) == length:
                commit = line
                yield line, None, b""
            elif line and not line.startswith(b"?"):
                yield line[:length], commit, line[length + 1 :]

    def missing(self) -> Iterator[bytes]:
        """The ids of objects that are referred to and not there."""
        return (line[1:] for line in self._text.split(b"\n") if line.startswith(b"?"))
