"""Every example of every AST rule, and what the analysis of one source promises."""

from __future__ import annotations

import gc
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linter import ast_rules, sinks
from linter.ast_rules import RULES, Sort, analyse
from linter.model import Confidence, Severity
from linter.rule_choice import RuleChoice
from linter.rule_files import read_files
from linter.word_sets import word_set

if TYPE_CHECKING:
    from linter.ast_rules import AstCandidate, AstRule, Example

SINKS = sinks.parse(read_files(sinks.builtin_files()))
ALL = ast_rules.builtin(SINKS)
BY_ID = {rule.id: rule for rule in ALL}
LOOK = RuleChoice(ALL, 0)

RANDOM = "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6"
CHOSEN = "Zx9!k" + "Lm2#Qp"


NAMES = word_set("""
hardcoded-credential-assignment hardcoded-credential-default-argument hardcoded-credential-class-attribute
hardcoded-credential-in-mapping hardcoded-credential-keyword hardcoded-credential-known-client hardcoded-auth-header
environment-fallback-secret cli-option-default-secret hardcoded-credential-comparison credentials-in-url
credential-in-query-string private-key-literal hardcoded-crypto-key framework-secret-key jwt-hardcoded-key
weak-or-default-password credentials-over-http tls-verification-off-with-credentials login-without-tls
credential-in-request-url secret-logged secret-printed secret-in-exception secret-on-command-line
secret-written-to-file http-debug-logging environment-dumped non-constant-time-comparison insecure-random-token
jwt-verification-disabled secret-typed-in-clear short-token cassette-without-filter
""")
MORE = [
    "insecure-oauth-transport",
    "constant-oauth-state",
    "token-cookie-without-flags",
    "token-column-in-clear",
    "hardcoded-credential-typed",
]


def _numbered(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in ALL
        for number, example in enumerate(getattr(rule, kind))
    ]


def _spans(candidates: tuple[AstCandidate, ...]) -> list[tuple[int, int]]:
    return sorted(span for candidate in candidates for span in candidate.spans)


def found(text: str, *names: str) -> tuple[AstCandidate, ...]:
    """What the rules of these names, or all, find in `text`."""
    return analyse(text.encode(), [BY_ID[name] for name in names] if names else ALL).candidates


@pytest.mark.parametrize(("rule", "example"), _numbered("examples"))
def test_an_example_is_found_exactly(rule: AstRule, example: Example) -> None:
    source = example.text.encode()
    assert rule in LOOK.rules_for(source)
    analysis = analyse(source, [rule])
    assert analysis.fault is None
    assert _spans(analysis.candidates) == sorted(example.spans)
    assert {candidate.rule for candidate in analysis.candidates} == {rule.id}
    for candidate in analysis.candidates:
        assert (candidate.secret is None) == (rule.sort is Sort.PRACTICE)


@pytest.mark.parametrize(("rule", "example"), _numbered("counterexamples"))
def test_a_counterexample_is_not_found(rule: AstRule, example: Example) -> None:
    source = example.text.encode()
    analysis = analyse(source, [rule])
    assert analysis.fault is None
    assert analysis.candidates == ()


@pytest.mark.parametrize(("rule", "example"), _numbered("counterexamples"))
def test_no_certain_finding_on_a_counterexample_of_a_secret_rule(rule: AstRule, example: Example) -> None:
    if rule.sort is Sort.SECRET and rule.id != "hardcoded-credential-comparison":
        secrets = [rule for rule in ALL if rule.sort is Sort.SECRET]
        candidates = analyse(example.text.encode(), secrets).candidates
        assert [each.rule for each in candidates if each.confidence is not Confidence.LOW] == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_finds_and_what_to_do(rule: AstRule) -> None:
    assert (rule.__doc__ or "").count("\n\n") >= 1, "what, then why and what instead"
    assert len(rule.advice) > 40
    assert rule.advice.endswith(".")
    assert rule.examples
    assert rule.counterexamples
    assert all(example.spans for example in rule.examples)


def test_the_rules_are_those_of_the_catalogue() -> None:
    assert sorted(rule.id for rule in RULES) == sorted([*NAMES, *MORE])


def test_every_rule_of_the_folder_is_listed() -> None:
    folder = Path(ast_rules.__file__).parent
    named = {rule.__module__.rpartition(".")[2] for rule in RULES}
    assert {file.stem for file in folder.glob("*.py") if "(AstRule)" in file.read_text()} == named
    assert all(rule.__module__.endswith(rule.id.replace("-", "_")) for rule in RULES)


def test_the_comparison_with_equals_is_opt_in_and_low() -> None:
    rule = BY_ID["non-constant-time-comparison"]
    assert (rule.opt_in, rule.severity, rule.confidence) == (True, Severity.LOW, Confidence.LOW)
    assert [each.id for each in ALL if each.opt_in] == [rule.id]


def test_of_two_rules_on_one_literal_the_one_that_knows_more_stays() -> None:
    candidates = found(f'import tweepy\nBEARER_TOKEN = "{RANDOM}"\ntweepy.Client(bearer_token=BEARER_TOKEN)\n')
    assert [(each.rule, each.kind) for each in candidates] == [
        ("hardcoded-credential-known-client", "twitter-bearer-token")
    ]


def test_a_candidate_does_not_print_its_secret() -> None:
    (candidate,) = found(f'api_key = "{RANDOM}"')
    assert candidate.secret == RANDOM.encode()
    assert RANDOM not in repr(candidate)
    assert RANDOM not in "".join(candidate.evidence)


def test_evidence_repeats_only_what_looks_like_a_name() -> None:
    key = f"my {RANDOM} \\x1b[31m secret"
    (candidate,) = found(f'd = {{"{key}": "{CHOSEN}aB3{RANDOM}"}}')
    assert RANDOM not in "".join(candidate.evidence)
    assert "\x1b" not in "".join(candidate.evidence)


def test_an_analysis_can_be_pickled() -> None:
    analysis = analyse(f'api_key = "{RANDOM}"\nprint(api_key)'.encode(), ALL)
    assert len(analysis.candidates) == 2
    assert pickle.loads(pickle.dumps(analysis)) == analysis


def test_the_rules_can_be_pickled_for_another_process() -> None:
    rules = pickle.loads(pickle.dumps(ALL))
    assert analyse(f'api_key = "{RANDOM}"'.encode(), rules).candidates


def test_nothing_of_a_source_is_left_for_the_collector_of_circles() -> None:
    source = f'class A:\n    key = "{RANDOM}"\n    def f(self):\n        self.token = [k for k in self.key]\n'.encode()
    analyse(source, ALL)
    gc.collect()
    gc.disable()
    try:
        analyse(source, ALL)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_span_points_at_the_bytes_of_the_literal_in_any_encoding() -> None:
    line = f'# café über\napi_key = "{RANDOM}"\n'
    for source in (
        line.encode(),
        b"\xef\xbb\xbf" + line.encode(),
        ("# -*- coding: latin-1 -*-\n" + line).encode("latin-1"),
        ("# coding: cp1252\r\n" + line.replace("\n", "\r\n")).encode("cp1252"),
        ("# café\r" + line.replace("\n", "\r")).encode(),
    ):
        (candidate,) = analyse(source, ALL).candidates
        ((start, end),) = candidate.spans
        assert source[start:end] == RANDOM.encode()


def test_no_file_of_ours_holds_what_the_rules_would_report() -> None:
    root = Path(ast_rules.__file__).parent.parent
    own = Path(__file__).parent.glob("test_ast_*.py")
    reported = {
        (file.name, candidate.rule)
        for file in [*root.rglob("*.py"), *own]
        for candidate in analyse(file.read_bytes(), LOOK.rules_for(file.read_bytes())).candidates
        if candidate.secret is not None and candidate.confidence is not Confidence.LOW
    }
    assert reported == set()
