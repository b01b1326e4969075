"""Rules are tested by their own examples: the same test for ours and for anyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.bound import completed
from linter.extract import Extractor
from linter.file_rules import FileRules
from linter.matcher import KeywordEngine
from linter.model import Batch
from linter.pairs import Sets
from linter.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.extract import Candidate
    from linter.matcher import Engine
    from linter.rules import Example, PatternRule

__all__ = ["failures", "spans", "with_parts"]


def spans(text: str, rules: Sequence[PatternRule], engine: Engine) -> list[tuple[str, int, int]]:
    """What `rules` find in `text`, as rule id and half-open byte span, by place."""
    content = text.encode()
    data = bytearray(b"\n" + content + b"\n")
    batch = Batch(data, len(data), [1], [1 + len(content)], [b"example"])
    extraction = Extractor(rules).extract(batch, engine.session().places(batch).windows)
    positions = Positions(data, 1, 1 + len(content))
    bound = [each for each in extraction.candidates if rules[each.rule].bound]
    firm = [each for each in extraction.candidates if not rules[each.rule].bound]
    unsure = frozenset(number for number, rule in enumerate(rules) if rule.paths)
    found = completed(Sets(rules).combine(firm, positions.line), bound, unsure)
    return [(rules[each.rule].id, each.start - 1, each.end - 1) for each in found if not each.path_words]


def with_parts(rule: PatternRule, known: Sequence[PatternRule]) -> list[PatternRule]:
    """The rule and, of a set, the rules of its parts and the smaller sets of them."""
    names = {name for part in rule.parts for name in part}
    smaller = {
        each.id for each in known if each.parts and names.issuperset(name for part in each.parts for name in part)
    }
    return [rule, *(each for each in known if each.id != rule.id and each.id in names | smaller)]


def failures(rule: PatternRule, known: Sequence[PatternRule] = ()) -> list[str]:
    """What is wrong with the examples of `rule`: sentences that name the example by its number, from 1.

    The rule is run alone; a set with its parts, which are among `known`.
    """
    if rule.is_by_path:
        return _file_failures(rule)
    rules = with_parts(rule, known)
    engine = KeywordEngine(rules, None)
    wrong = []
    for number, example in enumerate(rule.examples, 1):
        found = _found(example.text, rule, rules, engine)
        if [(start, end) for _, start, end in found] != [example.span]:
            wrong.append(
                f"{rule.id}: example {number}: expected the secret at bytes {example.span[0]}-{example.span[1]}, "
                f"found {_places(found)}"
            )
    for number, example in enumerate(rule.counterexamples, 1):
        if rule.keywords and not any(keyword in example.text.lower() for keyword in rule.keywords):
            wrong.append(f"{rule.id}: counterexample {number}: holds no keyword, so it tests nothing")
        if found := _found(example.text, rule, rules, engine):
            wrong.append(f"{rule.id}: counterexample {number}: expected nothing, found {_places(found)}")
    return wrong


def _file_failures(rule: PatternRule) -> list[str]:
    """What is wrong with the examples of a rule that knows files by their paths."""
    files = FileRules([rule])
    wrong = [
        f"{rule.id}: example {number}: expected {example.path} to be found"
        for number, example in enumerate(rule.examples, 1)
        if not _is_found(files.candidates(_file(example), 0), rule, example)
    ]
    wrong += [
        f"{rule.id}: counterexample {number}: expected {example.path} not to be found"
        for number, example in enumerate(rule.counterexamples, 1)
        if files.candidates(_file(example), 0)
    ]
    return wrong


def _is_found(candidates: Sequence[Candidate], rule: PatternRule, example: Example) -> bool:
    if rule.practice:
        return bool(candidates)
    return [(each.start - 1, each.end - 1) for each in candidates] == [example.span]


def _file(example: Example) -> Batch:
    data = bytearray(b"\n" + example.content + b"\n")
    return Batch(data, len(data), [1], [len(data) - 1], [b"example"], paths=[example.path.encode()])


def _found(text: str, rule: PatternRule, rules: Sequence[PatternRule], engine: Engine) -> list[tuple[str, int, int]]:
    return [found for found in spans(text, rules, engine) if found[0] == rule.id]


def _places(found: list[tuple[str, int, int]]) -> str:
    return ", ".join(f"{start}-{end}" for _, start, end in found) or "nothing"
