"""Paths named by globs, as in .gitignore."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Globs"]


class Globs:
    """The paths that `patterns` name, in the language of .gitignore (git-scm.com/docs/gitignore)."""

    def __init__(self, patterns: Iterable[str]) -> None:
        import pathspec

        # Its other backends compile a database first, which costs more than a few paths are worth.
        self._spec = pathspec.GitIgnoreSpec.from_lines(patterns, backend="simple")

    def __contains__(self, path: str) -> bool:
        # The library encodes what it cannot write in UTF-8; bytes that are no text match only wildcards anyway.
        return self._spec.match_file(path.encode("utf-8", "replace").decode())
