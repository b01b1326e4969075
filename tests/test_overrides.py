"""What the configuration says of findings after they are found."""

from __future__ import annotations

from linter.findings import Sighting, gather
from linter.model import Confidence, Coverage, Frame, Match, Place, Report, Secret, Severity, State, Status
from linter.overrides import PathRule, apply
from tests.rule_files import pattern_rule

RULE = pattern_rule()
IN_TESTS = PathRule(lambda path: path.startswith("tests/"), frozenset([RULE.id]), "per-path: tests/")


def _report(*places: tuple[str, State], ignored: str | None = None) -> Report:
    secret = Secret(b"acme" + b"_7h2kq9x4mz1v")
    match = Match(RULE.id, Confidence.HIGH, secret, (), 1, 1, 1, 18, Frame(1, ("",)), ignored)
    sightings = [Sighting(match, Place(path, None, state), None) for path, state in places]
    return Report(gather(sightings, (RULE,), {}), Coverage(), ())


def test_a_severity_of_the_configuration_wins() -> None:
    (finding,) = apply(_report(("a", State.WORKTREE)), {RULE.id: Severity.INFO}, ()).findings
    assert (finding.severity, finding.status) == (Severity.INFO, Status.NEW)


def test_a_rule_does_not_count_at_a_path_and_is_still_there() -> None:
    (finding,) = apply(_report(("tests/a", State.WORKTREE)), {}, (IN_TESTS,)).findings
    assert (finding.status, finding.status_reason) == (Status.SUPPRESSED, "per-path: tests/")


def test_it_counts_where_it_stands_elsewhere_too() -> None:
    report = _report(("tests/a", State.WORKTREE), ("b", State.WORKTREE))
    assert [finding.status for finding in apply(report, {}, (IN_TESTS,)).findings] == [Status.NEW]


def test_another_rule_counts_at_that_path() -> None:
    other = IN_TESTS._replace(rules=frozenset(["acme-token"]))
    assert [each.status for each in apply(_report(("tests/a", State.WORKTREE)), {}, (other,)).findings] == [Status.NEW]


def test_a_comment_keeps_its_own_reason() -> None:
    report = _report(("tests/a", State.WORKTREE), ignored="a comment")
    assert [finding.status_reason for finding in apply(report, {}, (IN_TESTS,)).findings] == ["a comment"]
