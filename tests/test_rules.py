"""Every example of every rule that comes with twlint, in both engines."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from linter import rule_files
from linter.matcher import KeywordEngine, PatternEngine, compile_patterns
from linter.matcher.databases import compile_keywords
from linter.matcher.keyword_engine import keywords_of
from linter.rule_examples import failures, spans, with_parts
from tests.rule_files import pattern_rule

if TYPE_CHECKING:
    from linter.matcher import Engine
    from linter.rules import Example, PatternRule

RULES = rule_files.parse(rule_files.read_files(rule_files.builtin_files()))
BY_ID = {rule.id: rule for rule in RULES}


def _numbered(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in RULES
        if not rule.is_by_path
        for number, example in enumerate(getattr(rule, kind))
    ]


EXAMPLES = _numbered("examples")
COUNTEREXAMPLES = _numbered("counterexamples")

# Rules whose examples hold a credential of another rule on purpose.
SHOWN_TOO = {
    # The file that the AWS console hands out: a key's id and its secret on one line.
    "aws-secret-access-key": {"aws-access-key-id"},
}


@functools.cache
def _alone(name: str) -> dict[str, Engine]:
    """The engines for one rule alone."""
    rules = with_parts(BY_ID[name], RULES)
    return {
        "patterns": PatternEngine(rules, compile_patterns(rules)),
        "keywords in Hyperscan": KeywordEngine(rules, compile_keywords(keywords_of(rules))),
        "keywords alone": KeywordEngine(rules, None),
    }


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_is_found_exactly(rule: PatternRule, example: Example) -> None:
    for name, engine in _alone(rule.id).items():
        assert (rule.id, *example.span) in spans(example.text, with_parts(rule, RULES), engine), name


@pytest.mark.parametrize(("rule", "example"), COUNTEREXAMPLES)
def test_a_counterexample_is_not_found(rule: PatternRule, example: Example) -> None:
    for name, engine in _alone(rule.id).items():
        found = spans(example.text, with_parts(rule, RULES), engine)
        assert rule.id not in [name for name, _, _ in found], name


@pytest.mark.parametrize(("rule", "example"), COUNTEREXAMPLES)
def test_a_counterexample_holds_a_keyword_and_says_why(rule: PatternRule, example: Example) -> None:
    assert not rule.keywords or any(keyword in example.text.lower() for keyword in rule.keywords)
    assert example.because


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_no_example_is_claimed_by_an_unexpected_rule(
    rule: PatternRule, example: Example, pattern_engine: PatternEngine, plain_engine: KeywordEngine
) -> None:
    expected = {rule.id, *SHOWN_TOO.get(rule.id, ())}
    # Where a rule holds in some paths only, what the name tells stands beside it.
    expected |= {each.id for each in RULES if each.bound} if rule.paths else set()
    expected |= {"recorded-authorization"} if rule.id == "generic-authorization" else set()
    claimed = spans(example.text, RULES, pattern_engine)
    assert claimed == spans(example.text, RULES, plain_engine)
    assert (rule.id, *example.span) in claimed
    assert {name for name, _, _ in claimed} <= expected


@pytest.mark.parametrize("name", SHOWN_TOO)
def test_a_listed_overlap_still_happens(name: str, pattern_engine: PatternEngine) -> None:
    claimed = {claim for example in BY_ID[name].examples for claim, _, _ in spans(example.text, RULES, pattern_engine)}
    assert claimed == {name, *SHOWN_TOO[name]}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_to_do_and_where_that_is_known_from(rule: PatternRule) -> None:
    assert len(rule.advice) > 40
    assert rule.advice.endswith(".")
    assert rule.references
    assert all(link.startswith("https://") for link in (*rule.references, *([rule.rotate] if rule.rotate else [])))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rules_own_test_passes(rule: PatternRule) -> None:
    assert failures(rule, RULES) == []


def test_a_counterexample_of_a_rule_on_paths_says_why() -> None:
    rules = [rule for rule in RULES if rule.is_on_paths]
    assert rules
    assert all(each.because for rule in rules for each in rule.counterexamples)


def test_a_failing_example_of_a_rule_on_paths_is_told_by_its_path() -> None:
    changes = {"pattern": None, "keywords": None, "practice": "true", "paths": ["*.acme"]}
    examples = [{"path": "a/B.ACME", "text": "x"}, {"path": "a.txt", "text": "x"}, {"path": "b.acme", "text": ""}]
    rule = pattern_rule(**changes, examples=examples, counterexamples=examples)
    assert failures(rule) == [
        "acme-api-key: example 2: expected a.txt to be found",
        "acme-api-key: example 3: expected b.acme to be found",
        "acme-api-key: counterexample 1: expected a/B.ACME not to be found",
    ]


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(RULES)


def test_a_failing_example_is_told_by_its_number() -> None:
    written = {"text": "key={secret}", "secret": "acme_short"}
    rule = pattern_rule(
        examples=[{"text": "key={secret}", "secret": ["acme_", "7h2kq9x4mz1v"]}, written],
        counterexamples=[{"text": "nothing here"}, {"text": "acme" + "_7h2kq9x4mz1w"}],
    )
    assert failures(rule) == [
        "acme-api-key: example 2: expected the secret at bytes 4-14, found nothing",
        "acme-api-key: counterexample 1: holds no keyword, so it tests nothing",
        "acme-api-key: counterexample 2: expected nothing, found 0-17",
    ]
