"""Where a rule applies: the paths that it is for, and the states in which what it finds can still be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.globs import Globs
from linter.model import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.model import Match, Place
    from linter.rules import PatternRule

__all__ = ["Scope"]

_CURRENT = (State.WORKTREE, State.HEAD)


class Scope:
    """The paths of `rules`; what no rule restricts applies everywhere."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._paths = {rule.id: Globs(rule.paths) for rule in rules if rule.paths}
        self._exclude_paths = {rule.id: Globs(rule.exclude_paths) for rule in rules if rule.exclude_paths}
        self._practices = frozenset(rule.id for rule in rules if rule.practice)

    def holds(self, match: Match, place: Place) -> bool:
        """True if the match counts at this place. A practice counts only in the current tree."""
        if match.rule in self._practices and place.state not in _CURRENT:
            return False
        paths, excluded = self._paths.get(match.rule), self._exclude_paths.get(match.rule)
        return (paths is None or place.path in paths) and not (excluded and place.path in excluded)
