"""Paths named by globs, as in .gitignore."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pathspec

__all__ = ["Globs"]

_PLAIN = re.compile(r"[\w.-]+")
"""A pattern that is the name of a file or folder, in whatever folder that is."""


class Globs:
    """The paths that `patterns` name, in the language of .gitignore (git-scm.com/docs/gitignore).

    Raises:
        Error: with the first path that is asked for and that no plain name among them names, one of `patterns` is
            no glob.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)
        has_exceptions = any(pattern.startswith("!") for pattern in self._patterns)
        self._plain = frozenset() if has_exceptions else frozenset(filter(_PLAIN.fullmatch, self._patterns))
        """Patterns that are names: many are, and a look tells whether a file or folder has one of them."""
        self._others = [pattern for pattern in self._patterns if pattern not in self._plain]

    def __contains__(self, path: str) -> bool:
        # A member of an archive (`a.zip!b/c`) is also known by its path as if the archive were a folder.
        return self._names(path) or ("!" in path and self._names(path.replace("!", "/")))

    def _names(self, path: str) -> bool:
        if not self._plain.isdisjoint(path.split("/")):
            return True
        # The library encodes what it cannot write in UTF-8; bytes that are no text match only wildcards anyway.
        return bool(self._others) and self._spec.match_file(path.encode("utf-8", "replace").decode())

    @cached_property
    def _spec(self) -> pathspec.GitIgnoreSpec:
        # With the first path that is asked for: many a scan has none, and the library takes a while to import.
        import pathspec

        # Its other backends compile a database first, which costs more than a few paths are worth.
        try:
            return pathspec.GitIgnoreSpec.from_lines(self._others, backend="simple")
        except ValueError as error:
            raise Error(f"not a glob as in .gitignore: {error}") from None
