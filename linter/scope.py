"""Where a rule applies, and how sure it is there: its paths, tests, and states in which a practice can be mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.globs import Globs
from linter.model import Confidence, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.model import Match, Place
    from linter.rules import PatternRule

__all__ = ["Scope"]

_TESTS = re.compile(r"(?:^|[/!])(?:tests?|testing|test_[^/]*|[^/]*_tests?\.py|conftest\.py)(?:[/!]|$)")
_CURRENT = (State.WORKTREE, State.HEAD)


class Scope:
    """The paths of `rules`; what no rule restricts applies everywhere."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._paths = {rule.id: Globs(rule.paths) for rule in rules if rule.paths}
        self._exclude_paths = {rule.id: Globs(rule.exclude_paths) for rule in rules if rule.exclude_paths}
        self._practices = frozenset(rule.id for rule in rules if rule.practice)
        self._parsed = frozenset(rule.id for rule in rules if rule.is_parsed)

    def confidence(self, match: Match, place: Place) -> Confidence:
        """How sure the match is at this place. What only its name tells is most often made up in a test."""
        is_guess = match.rule in self._parsed and match.rule not in self._practices
        return Confidence.LOW if is_guess and _TESTS.search(place.path) else match.confidence

    def credentials(self, matches: Sequence[Match]) -> tuple[Match, ...]:
        """Those of `matches` that are credentials; a practice counts only where one's own sources stand."""
        return tuple(match for match in matches if match.rule not in self._practices)

    def holds(self, match: Match, place: Place) -> bool:
        """True if the match counts at this place. A practice counts only in the current tree."""
        if match.rule in self._practices and place.state not in _CURRENT:
            return False
        paths, excluded = self._paths.get(match.rule), self._exclude_paths.get(match.rule)
        return (paths is None or place.path in paths) and not (excluded and place.path in excluded)
