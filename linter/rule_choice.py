"""Which AST rules may hold in a Python source: what a look for their marks tells before it is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from linter import matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Marked", "RuleChoice", "RuleMarks"]

WORTH_COMPILING = 128 << 10
"""Bytes of sources whose analysis costs about as much as compiling the marks."""


class Marked(Protocol):
    """What has marks: an AST rule, or what is known of one without importing it."""

    @property
    def marks(self) -> tuple[tuple[bytes, ...], ...]:
        """Groups of patterns; where it holds, all of one group are found."""


class RuleMarks(NamedTuple):
    """The marks of the AST rule `id`."""

    id: str
    marks: tuple[tuple[bytes, ...], ...]


_Rule = TypeVar("_Rule", bound=Marked)


class RuleChoice(Generic[_Rule]):
    """Looks for one thread for the marks of `rules`.

    While the marks are not in the cache, the first `unseen` bytes of sources are not looked at: a commit hook sees only
    a few. Where Hyperscan cannot run, none are: by the standard library's `re` a look would cost as much as the
    analysis.
    """

    def __init__(self, rules: Sequence[_Rule], unseen: int = WORTH_COMPILING) -> None:
        self._rules = tuple(rules)
        self._patterns = sorted({mark for rule in rules for group in rule.marks for mark in group})
        numbers = {pattern: number for number, pattern in enumerate(self._patterns)}
        self._groups = [
            (rule, [frozenset(numbers[mark] for mark in group) for group in rule.marks]) for rule in self._rules
        ]
        self._search: matcher.MarkSearch | None = None
        self._unseen = unseen
        self._is_ready = self._prepare(at_once=not unseen)

    def rules_for(self, source: bytes) -> tuple[_Rule, ...]:
        """The rules that may hold in `source`."""
        if not self._is_ready:
            self._unseen -= len(source)
            if self._unseen < 0:
                self._prepare(at_once=True)
                self._is_ready = True
        if self._search is None:
            return self._rules
        found = self._search.found(source)
        return tuple(rule for rule, groups in self._groups if any(map(found.issuperset, groups))) if found else ()

    def _prepare(self, *, at_once: bool) -> bool:
        """True if there is a search now."""
        database = matcher.compiled_marks(self._patterns, at_once=at_once)
        self._search = None if database is None else matcher.MarkSearch(database)
        return database is not None
