"""Which Python sources of a history are worth an analysis: those with a line that may say something new.

A file stands in a history in hundreds of versions that differ in a few lines. A credential comes in with a line that
holds it, so a version whose lines with a literal were all in versions of the same path in which AST rules found
nothing there holds nothing new. What this leaves out is a literal that became a credential by a change elsewhere, in
a version after the one that brought it in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.extract import Candidate
    from linter.matcher import ValuesSession
    from linter.model import Batch

__all__ = ["FirstLook"]

LINES_KEPT = 1_000_000
"""Lines of which is known that they say nothing; above it they are learnt anew."""


class FirstLook:
    """Chooses sources for one thread; `quiet`, the lines that say nothing, is what all threads learn together.

    Lines are kept by hashes of 64 bits (PEP 456), which a repository cannot forge: their key is chosen at start.
    """

    def __init__(self, values: ValuesSession, quiet: set[int]) -> None:
        self._values = values
        self._quiet = quiet
        self._lines: list[tuple[int, int, int]] = []
        """Of the content that was asked for last: where its lines stand, and their hashes."""

    def wants(self, batch: Batch, content: int) -> bool:
        """True if a content may hold what was not seen before."""
        path = batch.paths[content]
        self._lines = [
            (start, end, hash((path, bytes(batch.data[start:end]))))
            for start, end in self._values.lines(batch, content)
        ]
        return any(line not in self._quiet for _, _, line in self._lines)

    def learn(self, candidates: Iterable[Candidate]) -> None:
        """Take in that AST rules found these candidates, and nothing else, in the content that was asked for last."""
        telling: set[int] = set()
        for candidate in candidates:
            its = {line for start, end, line in self._lines if start <= candidate.end and candidate.start <= end}
            if not its:
                return
            telling |= its
        if len(self._quiet) > LINES_KEPT:
            self._quiet.clear()
        self._quiet.update(line for _, _, line in self._lines if line not in telling)
