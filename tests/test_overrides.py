"""What the configuration says of findings after they are found."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from linter.globs import Globs
from linter.model import Coverage, Report, Severity, Status
from linter.overrides import Allowance, apply
from tests.sightings import RANDOM, findings_of, sighting

TODAY = date(2026, 3, 2)
IN_TESTS = Allowance("per-path: tests/", "per-path: tests/", frozenset([RANDOM.id]), Globs(["tests/"]))
OWN = Allowance("twlint.yaml:3: allow", "an example", is_own=True)


def _report(*paths: str, ignored: str | None = None) -> Report:
    return Report(findings_of(*(sighting("a value", path, ignored=ignored) for path in paths)), Coverage(), ())


def _applied(report: Report, *allowances: Allowance, is_whole: bool = True) -> Report:
    return apply(report, {}, allowances, TODAY, is_whole=is_whole)


def test_a_severity_of_the_configuration_wins() -> None:
    (finding,) = apply(_report("a"), {RANDOM.id: Severity.INFO}, (), TODAY, is_whole=True).findings
    assert (finding.severity, finding.status) == (Severity.INFO, Status.NEW)


def test_a_rule_does_not_count_at_a_path_and_is_still_there() -> None:
    (finding,) = _applied(_report("tests/a"), IN_TESTS).findings
    assert (finding.status, finding.status_reason) == (Status.SUPPRESSED, "per-path: tests/")


def test_it_counts_where_it_stands_elsewhere_too() -> None:
    assert [finding.status for finding in _applied(_report("tests/a", "b"), IN_TESTS).findings] == [Status.NEW]


def test_another_rule_counts_at_that_path() -> None:
    other = IN_TESTS._replace(rules=frozenset(["acme-token"]))
    assert [each.status for each in _applied(_report("tests/a"), other).findings] == [Status.NEW]


def test_a_comment_keeps_its_own_reason() -> None:
    report = _report("tests/a", ignored="a comment")
    assert [finding.status_reason for finding in _applied(report, IN_TESTS).findings] == ["a comment"]


@pytest.mark.parametrize(
    ("allowance", "covers"),
    [
        (OWN._replace(values=re.compile(b"^a v")), True),
        (OWN._replace(values=re.compile(b"^v")), False),
        (OWN._replace(fingerprints=frozenset([_report("a").findings[0].fingerprint])), True),
        (OWN._replace(fingerprints=frozenset(["0" * 32])), False),
        (OWN._replace(values=re.compile(b"^a v"), paths=Globs(["b"])), False),
        (OWN._replace(values=re.compile(b"^a v"), until=TODAY), True),
        (OWN._replace(values=re.compile(b"^a v"), until=TODAY - timedelta(days=1)), False),
    ],
)
def test_what_is_allowed_is_suppressed_with_its_reason(allowance: Allowance, covers: bool) -> None:
    (finding,) = _applied(_report("a"), allowance).findings
    expected = (Status.SUPPRESSED, "an example") if covers else (Status.NEW, "")
    assert (finding.status, finding.status_reason) == expected


def test_what_covers_nothing_is_told_of_a_whole_scan() -> None:
    unused = OWN._replace(fingerprints=frozenset(["0" * 32]))
    assert _applied(_report("a"), unused).notices == ("twlint.yaml:3: allow: covers nothing; remove it",)
    assert _applied(_report("a"), unused, is_whole=False).notices == ()
    assert _applied(_report("a"), unused._replace(is_own=False)).notices == ()


def test_what_a_comment_ignores_too_is_covered() -> None:
    allowed = OWN._replace(rules=frozenset([RANDOM.id]))
    assert _applied(_report("a", ignored="a comment"), allowed).notices == ()


def test_what_has_ended_is_told() -> None:
    ended = OWN._replace(rules=frozenset([RANDOM.id]), until=date(2026, 3, 1))
    assert _applied(_report("a"), ended).notices == (
        "twlint.yaml:3: allow: ended on 2026-03-01; what it covers counts again",
    )
