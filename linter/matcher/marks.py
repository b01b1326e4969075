"""Which of some patterns are found anywhere in a content: a first look at it, all patterns at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.matcher import databases

if TYPE_CHECKING:
    import hyperscan

__all__ = ["MarkSearch", "compiled_marks"]


class MarkSearch:
    """Searches for one thread; `database` is one of `compiled_marks`."""

    def __init__(self, database: hyperscan.Database) -> None:
        import hyperscan

        self._database = database
        self._scratch = hyperscan.Scratch(database)

    def found(self, data: bytes) -> frozenset[int]:
        """The numbers of the patterns that match somewhere in `data`."""
        return frozenset(databases.numbers(self._database, data, self._scratch)) if data else frozenset()


def compiled_marks(patterns: list[bytes], *, at_once: bool) -> hyperscan.Database | None:
    """`patterns`, in any case of letters, compiled or from the cache; None where Hyperscan cannot run.

    Unless they are needed `at_once`, None too where they are not in the cache: compiling takes a moment.
    """
    if databases.unusable() is not None:
        return None
    name = databases.named("marks", repr(patterns).encode())
    compiled = databases.stored(name)
    if compiled is None and at_once:
        compiled = databases.compile_marks(patterns)
        databases.keep(name, compiled)
    return compiled
