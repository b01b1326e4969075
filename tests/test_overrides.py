"""What the configuration says of findings after they are found."""

from __future__ import annotations

from linter.globs import Globs
from linter.model import Coverage, Report, Severity, Status
from linter.overrides import PathRule, apply
from tests.sightings import RANDOM, findings_of, sighting

IN_TESTS = PathRule(Globs(["tests/"]), frozenset([RANDOM.id]), "per-path: tests/")


def _report(*paths: str, ignored: str | None = None) -> Report:
    return Report(findings_of(*(sighting("a value", path, ignored=ignored) for path in paths)), Coverage(), ())


def test_a_severity_of_the_configuration_wins() -> None:
    (finding,) = apply(_report("a"), {RANDOM.id: Severity.INFO}, ()).findings
    assert (finding.severity, finding.status) == (Severity.INFO, Status.NEW)


def test_a_rule_does_not_count_at_a_path_and_is_still_there() -> None:
    (finding,) = apply(_report("tests/a"), {}, (IN_TESTS,)).findings
    assert (finding.status, finding.status_reason) == (Status.SUPPRESSED, "per-path: tests/")


def test_it_counts_where_it_stands_elsewhere_too() -> None:
    report = _report("tests/a", "b")
    assert [finding.status for finding in apply(report, {}, (IN_TESTS,)).findings] == [Status.NEW]


def test_another_rule_counts_at_that_path() -> None:
    other = IN_TESTS._replace(rules=frozenset(["acme-token"]))
    assert [each.status for each in apply(_report("tests/a"), {}, (other,)).findings] == [Status.NEW]


def test_a_comment_keeps_its_own_reason() -> None:
    report = _report("tests/a", ignored="a comment")
    assert [finding.status_reason for finding in apply(report, {}, (IN_TESTS,)).findings] == ["a comment"]
