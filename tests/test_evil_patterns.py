"""No rule of one's own can hang a scan: it is refused when it is loaded, or ends in time on whatever text."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from linter import rule_files
from linter.extract import TIME_LIMIT, Extractor
from linter.matcher import PatternEngine, compile_patterns
from linter.model import Error, SkipKind
from tests.batches import batch_of
from tests.rule_files import pattern_rule, rule_file, written_rule

KNOWN = (
    "(?:a+)+!", "(?:[a-zA-Z]+)*!", "(?:a|aa)+!", "(?:a|a?)+!", "(?:.*a){20}!", r"(?:\w+\s?)*!", r"([a-z])+\1",
    "(?=a+)a+!", "(?:a{1,20}){1,20}!", "(?:a|aa){1,60}!", "(?:a?){50}a{50}!", "(?:[a-z]{1,30}){1,30}!",
    "(?:.{0,90}){0,20}!", "(?:a|a|a|a){1,100}!", r"(?:\w{1,9}\s?){1,40}!", "(?:a{0,40}a{0,40}){1,9}!",
    "(?:(?:a{1,8}){1,8}){1,8}!", "a{1,99}a{1,99}a{1,99}a{1,99}!",
    "(?:.{1,99}a){1,12}!", "(?:[a-f]{1,16}[0-9a-f]{1,16}){1,16}!",
)  # fmt: skip
"""Expressions that take exponential time in engines that go back, and the same with bounds."""

SLACK = 1.0
"""Seconds for all else: the engine, and what was under way when the time was over."""


def _random_pattern(dice: random.Random, depth: int = 0) -> str:
    """Repeats in repeats of what overlaps."""
    if depth == 3 or (depth and dice.random() < 0.3):
        return dice.choice(["a", "aa?", "[a-z]", r"\w", ".", "[ab]"])
    parts = [_random_pattern(dice, depth + 1) for _ in range(dice.randrange(1, 4))]
    low, high = dice.randrange(3), dice.choice(["", 3, 9, 20])
    return f"(?:{dice.choice(['', '|']).join(parts)}){{{low},{high}}}"


def _text(width: int) -> bytes:
    """A megabyte in which a match stands again and again behind what looks like one for long, windows apart."""
    piece = b"key" + b"a" * 380 + b"?keyaa! b!" + b"\n" + b"#" * (width + 500) + b"\n"
    return piece * ((1 << 20) // len(piece) + 1)


RANDOM = tuple(f"{_random_pattern(random.Random(seed))}!" for seed in range(100))


@pytest.mark.parametrize("pattern", [*KNOWN, *RANDOM[:10]], ids=range(len(KNOWN) + 10))
def test_a_pattern_is_refused_or_ends_in_time(pattern: str) -> None:
    check(pattern)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", RANDOM[10:], ids=range(len(RANDOM) - 10))
def test_more_patterns_are_refused_or_end_in_time(pattern: str) -> None:
    check(pattern)


def check(pattern: str) -> None:
    """One rule on a megabyte made for it."""
    written = rule_file(written_rule(keywords=["key"], pattern=f"key(?P<secret>{pattern})"))
    try:
        (rule,) = rule_files.parse([(Path("acme.yaml"), written)])
        engine = PatternEngine((rule,), compile_patterns((rule,)))
    except Error:
        return
    batch = batch_of(_text(rule.width))
    start = time.process_time()
    extraction = Extractor((rule,)).extract(batch, engine.session().places(batch).windows)
    assert time.process_time() - start < TIME_LIMIT + SLACK
    assert all(fault.kind is SkipKind.FAILED for faults in extraction.faults.values() for fault in faults)


def test_the_patterns_are_evil() -> None:
    """The control: some of those that are not refused run out of their time, and are told."""
    rule = pattern_rule(keywords=["key"], pattern=f"key(?P<secret>{KNOWN[8]})")
    engine = PatternEngine((rule,), compile_patterns((rule,)))
    batch = batch_of(_text(rule.width), b"keyaa!")
    windows = engine.session().places(batch).windows
    assert len(windows) > 100
    extraction = Extractor((rule,)).extract(batch, windows)
    assert [fault.reason for fault in extraction.faults[0]] == ["rule acme-api-key took more than 2 s"]
    assert [each.content for each in extraction.candidates if each.content == 1] == [1], "the next content is read"


def test_of_the_known_ones_those_without_a_bound_are_refused() -> None:
    for pattern in KNOWN[:8]:
        with pytest.raises(Error):
            pattern_rule(keywords=["key"], pattern=f"key(?P<secret>{pattern})")
