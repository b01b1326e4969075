"""From windows to candidates: exact, proved, plausible, and one rule a span."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter import extract
from linter.extract import Extraction, Extractor
from linter.matcher import KeywordEngine, PatternEngine, Window, compile_patterns
from linter.model import SkipKind
from tests.batches import Found, batch_of, found
from tests.rule_files import pattern_rule

if TYPE_CHECKING:
    from linter.model import Batch
    from linter.rules import PatternRule

KEY = "acme" + "_7h2kq9x4mz1v"


def _extraction(content: bytes, *rules: PatternRule) -> Extraction:
    """What the rules extract from a content where each may match anywhere."""
    batch = batch_of(content)
    windows = [Window(0, number, 1, batch.ends[0], False) for number in range(len(rules))]
    return Extractor(rules).extract(batch, windows)


def _secrets(content: str, **changes: Any) -> list[str]:
    extraction = _extraction(content.encode(), pattern_rule(**changes))
    assert not extraction.faults
    return [each.secret.reveal().decode() for each in extraction.candidates if not each.path_words]


def test_the_secret_is_the_group_and_not_the_match() -> None:
    assert _secrets("key = abcd1234;", pattern="key = (?P<secret>[a-z0-9]{8});", keywords=["key"]) == ["abcd1234"]


def test_every_match_of_a_content_is_found() -> None:
    assert _secrets(f"{KEY} {KEY[:-1]}w\n{KEY}") == [KEY, KEY[:-1] + "w", KEY]


@pytest.mark.parametrize(
    ("value", "changes", "is_found"),
    [
        (KEY, {}, True),
        ("acme_" + "x" * 12, {}, False),
        (KEY, {"min_entropy": 3}, True),
        (KEY, {"min_entropy": 5}, False),
        (KEY, {"min_classes": 3}, True),
        (KEY, {"min_classes": 4}, False),
        (KEY, {"context": ["acme"]}, True),
        (KEY, {"context": ["bolt", "ACME"]}, True),
        (KEY, {"context": ["bolt"]}, False),
        (KEY, {"structure": "github-crc32"}, False),
        ("password", {"pattern": "(?P<secret>[a-z]{8})", "chosen": True}, False),
        ("password", {"pattern": "(?P<secret>[a-z]{8})"}, True),
    ],
)
def test_a_value_that_is_not_plausible_is_left_out(value: str, changes: dict[str, Any], is_found: bool) -> None:
    assert bool(_secrets(value, **changes)) is is_found


@pytest.mark.parametrize(("keyword", "number"), [("acme_", 1), ("key=", 0)])
def test_binary_content_is_for_rules_with_a_distinctive_prefix(keyword: str, number: int) -> None:
    assert len(_secrets(f"\0\1\2 key={KEY}", keywords=[keyword])) == number


def test_what_is_known_of_the_kind_is_told() -> None:
    named = pattern_rule(keywords=["key="])
    assert [
        candidate.evidence
        for rule in (pattern_rule(), named)
        for candidate in _extraction(f"key={KEY}".encode(), rule).candidates
    ] == [("form: fixed prefix",), ("form: name and shape",)]


def _winner(content: str, *rules: dict[str, Any]) -> list[str]:
    known = [pattern_rule(**{"id": f"acme-rule-{number}", **keys}) for number, keys in enumerate(rules)]
    extraction = _extraction(content.encode(), *known)
    return [known[candidate.rule].id for candidate in extraction.candidates]


LONG = {"pattern": "(?P<secret>acme_[0-9a-z]{10,12})"}
SHORT = {"pattern": "(?P<secret>acme_[0-9a-z]{10})"}


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (LONG, SHORT),
        ({**SHORT, "confidence": "high"}, {**LONG, "confidence": "medium"}),
        (SHORT, {**LONG, "chosen": True}),
        ({**SHORT, "context": ["acme"]}, SHORT),
        ({**SHORT, "severity": "critical"}, {**SHORT, "severity": "low"}),
    ],
    ids=["longer", "surer", "not chosen", "context", "severer"],
)
def test_of_two_that_overlap_the_more_specific_remains(more: dict[str, Any], less: dict[str, Any]) -> None:
    assert _winner(KEY, more, less) == ["acme-rule-0"]
    assert _winner(KEY, less, more) == ["acme-rule-1"]


def test_of_equals_the_first_rule_remains() -> None:
    assert _winner(KEY, SHORT, SHORT) == ["acme-rule-0"]


def test_two_that_only_touch_both_remain() -> None:
    first = {"pattern": "(?P<secret>acme_[0-9]{4})"}
    second = {"pattern": "(?P<secret>beta_[0-9]{4})", "keywords": ["beta_"]}
    assert _winner("acme_1729beta_5081", first, second) == ["acme-rule-0", "acme-rule-1"]


def _slow_rule() -> PatternRule:
    return pattern_rule(pattern="(?P<secret>(?:a|aa|aaa){1,400}b)", keywords=["aaa"])


def test_a_search_that_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "TIME_LIMIT", 0.05)
    extraction = _extraction(b"a" * 4_000, _slow_rule(), pattern_rule())
    assert extraction.candidates == []
    ((fault,),) = extraction.faults.values()
    assert fault == (("rule acme-api-key took more than 0.05 s"), SkipKind.FAILED)


def test_other_rules_still_run_behind_a_slow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "TIME_LIMIT", 0.05)
    extraction = _extraction(b"a" * 4_000 + KEY.encode(), _slow_rule(), pattern_rule())
    assert [candidate.secret.reveal() for candidate in extraction.candidates] == [KEY.encode()]
    assert list(extraction.faults) == [0]


def test_a_match_that_the_engine_saw_and_the_pattern_does_not_find_is_told() -> None:
    batch = batch_of(b"nothing here")
    extraction = Extractor([pattern_rule()]).extract(batch, [Window(0, 0, 1, 10, True)])
    ((fault,),) = extraction.faults.values()
    assert fault == ("rule acme-api-key: the two stages of matching disagree", SkipKind.FAILED)


def test_a_match_that_is_left_out_for_its_value_is_no_disagreement() -> None:
    batch = batch_of(b"acme_" + b"x" * 12)
    assert not Extractor([pattern_rule()]).extract(batch, [Window(0, 0, 1, 18, True)]).faults


@pytest.mark.parametrize("separator", [" ", " " * 100], ids=["one window", "many windows"])
def test_the_candidates_of_a_content_are_capped_and_that_is_told(
    separator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "CANDIDATE_LIMIT", 50)
    rule = pattern_rule()
    batch = batch_of((KEY + separator).encode() * 200, KEY.encode())
    windows = KeywordEngine([rule], None).session().places(batch).windows
    extraction = Extractor([rule]).extract(batch, windows)
    assert len([each for each in extraction.candidates if each.content == 0]) == 50
    assert [fault.kind for fault in extraction.faults[0]] == [SkipKind.LIMITED]
    assert len([each for each in extraction.candidates if each.content == 1]) == 1


def _spans(batch: Batch, rule: PatternRule, *, start: int = 1, stop: int) -> list[tuple[int, int]]:
    extraction = Extractor([rule]).extract(batch, [Window(0, 0, start, stop, False)])
    return [(candidate.start - 1, candidate.end - 1) for candidate in extraction.candidates]


@pytest.mark.parametrize("stop", range(18, 30))
def test_the_end_of_a_window_is_no_end_of_the_text(stop: int) -> None:
    """`$` holds at the end of a window, so a greedy match may end there although text follows."""
    rule = pattern_rule(pattern=r"^(?P<secret>acme_[0-9a-z]{4,12})\s{0,4}$")
    batch = batch_of(KEY.encode() + b"\n  more = text\n")
    assert _spans(batch, rule, stop=stop) == [(0, 17)]


@pytest.mark.parametrize("stop", range(12, 30))
def test_the_end_of_a_window_is_no_end_of_a_word(stop: int) -> None:
    rule = pattern_rule(pattern=r"(?P<secret>acme_[0-9a-z]{4,9})\b")
    assert _spans(batch_of(KEY.encode() + b" text"), rule, stop=stop) == []


def test_a_match_at_the_open_end_of_large_content_is_left_to_the_next_window() -> None:
    rule = pattern_rule(pattern=r"(?P<secret>acme_[0-9a-z]{4,20})")
    batch = batch_of(KEY.encode())
    batch.last = False
    assert _spans(batch, rule, stop=batch.ends[0]) == []


LINES = st.lists(
    st.sampled_from(
        [KEY, "acme_", "7h2kq9x4mz1v", "q8", " ", "\n", "\r\n", "=", "key", "KEY", "\0", "ä", '"', "x" * 30]
    ),
    max_size=30,
).map(lambda parts: "".join(parts).encode())

EDGY = [
    pattern_rule(id="edge-plain"),
    pattern_rule(id="edge-lines", pattern=r"^(?P<secret>acme_[0-9a-z]{4,12})\s{0,4}$"),
    pattern_rule(id="edge-behind", pattern=r"(?P<secret>acme_[0-9a-z]{4,14})[^0-9a-z]"),
    pattern_rule(id="edge-before", pattern=r"[^0-9a-z](?P<secret>acme_[0-9a-z]{4,14})"),
    pattern_rule(id="edge-words", pattern=r"\b(?P<secret>acme_[0-9a-z]{4,14})\b"),
    pattern_rule(
        id="edge-class", pattern=r"(?i:key)[= ]{1,3}(?P<secret>[0-9a-z_]{6,17})(?:[^a-z]|$)", keywords=["key"]
    ),
]
ENGINES = {rule.id: (PatternEngine([rule], compile_patterns([rule])), KeywordEngine([rule], None)) for rule in EDGY}


@pytest.mark.parametrize("rule", EDGY, ids=lambda rule: rule.id)
@given(contents=st.lists(LINES, min_size=1, max_size=4))
def test_both_engines_find_the_same_at_every_edge(rule: PatternRule, contents: list[bytes]) -> None:
    batch = batch_of(*contents)
    whole = [
        each._replace(content=number) for number, content in enumerate(contents) for each in _everywhere(content, rule)
    ]
    for engine in ENGINES[rule.id]:
        assert found(batch, [rule], engine) == whole


def _everywhere(content: bytes, rule: PatternRule) -> list[Found]:
    """What the pattern finds in a content without any engine."""
    return [
        Found(0, rule.id, each.start - 1, each.end - 1, each.evidence) for each in _extraction(content, rule).candidates
    ]
