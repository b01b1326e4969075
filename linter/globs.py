"""Paths named by globs, as in .gitignore."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pathspec

__all__ = ["Globs"]


class Globs:
    """The paths that `patterns` name, in the language of .gitignore (git-scm.com/docs/gitignore).

    Raises:
        Error: with the first path that is asked for, one of `patterns` is no glob.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)

    def __contains__(self, path: str) -> bool:
        # A member of an archive (`a.zip!b/c`) is also known by its path as if the archive were a folder.
        return self._names(path) or ("!" in path and self._names(path.replace("!", "/")))

    def _names(self, path: str) -> bool:
        # The library encodes what it cannot write in UTF-8; bytes that are no text match only wildcards anyway.
        return self._spec.match_file(path.encode("utf-8", "replace").decode())

    @cached_property
    def _spec(self) -> pathspec.GitIgnoreSpec:
        # With the first path that is asked for: many a scan has none, and the library takes a while to import.
        import pathspec

        # Its other backends compile a database first, which costs more than a few paths are worth.
        try:
            return pathspec.GitIgnoreSpec.from_lines(self._patterns, backend="simple")
        except ValueError as error:
            raise Error(f"not a glob as in .gitignore: {error}") from None
