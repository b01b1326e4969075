"""Rules are tested by their own examples: the same test for ours and for anyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.extract import Extractor
from linter.matcher import KeywordEngine
from linter.model import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.matcher import Engine
    from linter.rules import PatternRule

__all__ = ["failures", "spans"]


def spans(text: str, rules: Sequence[PatternRule], engine: Engine) -> list[tuple[str, int, int]]:
    """What `rules` find in `text`, as rule id and half-open byte span, by place."""
    content = text.encode()
    data = bytearray(b"\n" + content + b"\n")
    batch = Batch(data, len(data), [1], [1 + len(content)], [b"example"])
    extraction = Extractor(rules).extract(batch, engine.session().places(batch).windows)
    return [(rules[found.rule].id, found.start - 1, found.end - 1) for found in extraction.candidates]


def failures(rule: PatternRule, engine: Engine | None = None) -> list[str]:
    """What is wrong with the examples of `rule`, run alone: sentences that name the example by its number, from 1."""
    engine = engine or KeywordEngine([rule], None)
    wrong = []
    for number, example in enumerate(rule.examples, 1):
        found = spans(example.text, [rule], engine)
        if [(start, end) for _, start, end in found] != [example.span]:
            wrong.append(
                f"{rule.id}: example {number}: expected the secret at bytes {example.span[0]}-{example.span[1]}, "
                f"found {_places(found)}"
            )
    for number, example in enumerate(rule.counterexamples, 1):
        if not any(keyword in example.text.lower() for keyword in rule.keywords):
            wrong.append(f"{rule.id}: counterexample {number}: holds no keyword, so it tests nothing")
        if found := spans(example.text, [rule], engine):
            wrong.append(f"{rule.id}: counterexample {number}: expected nothing, found {_places(found)}")
    return wrong


def _places(found: list[tuple[str, int, int]]) -> str:
    return ", ".join(f"{start}-{end}" for _, start, end in found) or "nothing"
