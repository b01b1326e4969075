"""Sinks are tested by the examples in their files: the same test for ours and for anyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter import ast_rules
from linter.rule_choice import RuleChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.ast_rules import AstRule
    from linter.sinks import SinkExample, Sinks

__all__ = ["failures"]


def failures(sinks: Sinks) -> list[str]:
    """What is wrong with the examples of `sinks`: sentences that begin with the place of the example.

    An example with a kind holds one credential of that kind, at the place of `{secret}`; one without holds none that is
    known by where it stands.
    """
    choice = RuleChoice(ast_rules.builtin(sinks), 0)
    return [wrong for example in sinks.examples if (wrong := _failure(example, choice))]


def _failure(example: SinkExample, choice: RuleChoice[AstRule]) -> str | None:
    source = example.text.encode()
    analysis = ast_rules.analyse(source, choice.rules_for(source))
    if analysis.fault is not None:
        return f"{example.place}: {analysis.fault}"
    found = [(min(each.spans)[0], max(each.spans)[1], each.kind) for each in analysis.candidates if each.kind]
    expected = [(*example.span, example.kind)] if example.span is not None else []
    if found == expected:
        return None
    return f"{example.place}: expected {_told(expected)}, found {_told(found)}"


def _told(found: Sequence[tuple[int, int, str | None]]) -> str:
    places = (f"{kind} at bytes {start}-{end}" for start, end, kind in found)
    return ", ".join(places) or "nothing"
