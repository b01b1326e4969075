"""Where a rule applies, and how sure it is there: its paths, tests, and states in which a practice can be mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.globs import Globs
from linter.model import Confidence, Severity, State, Tracking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.model import Match, Place
    from linter.rules import PatternRule

__all__ = ["Scope"]

# Key stores and environment files of fixtures, examples and other people's code are most often made up or public.
_SAMPLES = re.compile(
    r"(?:^|/)(?:tests?|testing|specs?|__tests__|e2e|fixtures?|test_?data|mocks?|samples?|examples?|demos?|docs?|tutorials?"
    r"|vendor|third_party|node_modules|[^/]*[_-]tests?|tests?[_-][^/]*)/|^t/",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(?:^|[/!])(?:tests?|testing|test_[^/]*|[^/]*_tests?\.py|conftest\.py)(?:[/!]|$)")
_CURRENT = (State.WORKTREE, State.HEAD)


class Scope:
    """The paths of `rules`; what no rule restricts applies everywhere."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._paths = {rule.id: _globs(rule, rule.paths) for rule in rules if rule.paths}
        self._exclude_paths = {rule.id: _globs(rule, rule.exclude_paths) for rule in rules if rule.exclude_paths}
        self._practices = frozenset(rule.id for rule in rules if rule.practice)
        self._parsed = frozenset(rule.id for rule in rules if rule.is_parsed)
        self._on_paths = frozenset(rule.id for rule in rules if rule.is_on_paths)
        self._by_path = frozenset(rule.id for rule in rules if rule.is_by_path)

    def severity(self, match: Match, place: Place) -> Severity:
        """How far the match reaches at this place. A file that git does not have yet is still easily kept out."""
        is_early = match.rule in self._on_paths and place.tracking is Tracking.UNTRACKED
        return min(match.severity, Severity.LOW) if is_early else match.severity

    def confidence(self, match: Match, place: Place) -> Confidence:
        """How sure the match is at this place. What only its name tells is most often made up in a test."""
        if match.rule in self._by_path:
            return Confidence.LOW if _SAMPLES.search(place.path) else match.confidence
        is_guess = match.rule in self._parsed and match.rule not in self._practices
        return Confidence.LOW if is_guess and _TESTS.search(place.path) else match.confidence

    def credentials(self, matches: Sequence[Match]) -> tuple[Match, ...]:
        """Those of `matches` that are credentials; a practice counts only where one's own sources stand."""
        return tuple(match for match in matches if match.rule not in self._practices | self._on_paths)

    def holds(self, match: Match, place: Place) -> bool:
        """True if the match counts at this place.

        A practice counts only in the current tree, but for files that belong into no repository: those are wrong
        wherever git has them, and nowhere else.
        """
        path = place.path
        if match.rule in self._on_paths:
            if place.tracking is Tracking.NONE:
                return False
        elif match.rule in self._practices and place.state not in _CURRENT:
            return False
        if match.rule in self._by_path:
            path = path.lower()
        paths, excluded = self._paths.get(match.rule), self._exclude_paths.get(match.rule)
        return (paths is None or path in paths) and not (excluded and path in excluded)


def _globs(rule: PatternRule, globs: tuple[str, ...]) -> Globs:
    """The paths that `globs` name; case does not matter where files are found by them."""
    return Globs(map(str.lower, globs) if rule.is_by_path else globs)
