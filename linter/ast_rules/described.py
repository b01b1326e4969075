"""AST rules as the rest of twlint knows rules: to be listed, chosen, explained and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import Sort
from linter.rules import PatternRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.ast_rules.base import AstRule

__all__ = ["FAMILY", "described"]

FAMILY = "python"


def described(rules: Iterable[type[AstRule]]) -> tuple[PatternRule, ...]:
    """The rules without what finds their candidates."""
    return tuple(_described(rule) for rule in rules)


def _described(rule: type[AstRule]) -> PatternRule:
    return PatternRule(
        id=rule.id,
        provider=FAMILY,
        name=rule.name,
        severity=rule.severity,
        confidence=rule.confidence,
        keywords=(),
        pattern="",
        hint=None,
        width=0,
        hint_width=0,
        advice=rule.advice,
        structure=None,
        chosen=False,
        bound=False,
        min_entropy=0,
        min_classes=0,
        context=(),
        context_of=None,
        context_on="content",
        without_context=None,
        unless=(),
        parts=(),
        within=0,
        practice=rule.sort is Sort.PRACTICE,
        opt_in=rule.opt_in,
        is_parsed=True,
        paths=(),
        exclude_paths=(),
        rotate=None,
        reach="",
        breaks="",
        policy=(),
        samples=(),
        references=rule.references,
        examples=(),
        counterexamples=(),
    )
