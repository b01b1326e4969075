"""What the configuration says of findings: other severities, and rules that do not count at some paths."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from linter.findings import status_of
from linter.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linter.globs import Globs
    from linter.model import Finding, Occurrence, Report, Severity

__all__ = ["PathRule", "apply"]


class PathRule(NamedTuple):
    """At `paths`, findings of `rules` are suppressed, for `reason`."""

    paths: Globs
    rules: frozenset[str]
    reason: str


def apply(report: Report, severities: Mapping[str, Severity], path_rules: tuple[PathRule, ...]) -> Report:
    """The report with the severities of `severities`, by rule, and without what `path_rules` suppress among the new.

    Findings are marked, none is dropped.
    """
    if not severities and not path_rules:
        return report
    judged = (_judged(finding, path_rules) for finding in report.findings)
    findings = (replace(each, severity=severities.get(each.rule, each.severity)) for each in judged)
    return replace(report, findings=tuple(findings))


def _judged(finding: Finding, path_rules: tuple[PathRule, ...]) -> Finding:
    if finding.status is not Status.NEW:
        return finding
    occurrences = tuple(_ignored(finding.rule, each, path_rules) for each in finding.occurrences)
    status, reason = status_of(occurrences)
    return replace(finding, occurrences=occurrences, status=status, status_reason=reason)


def _ignored(rule: str, occurrence: Occurrence, path_rules: tuple[PathRule, ...]) -> Occurrence:
    if occurrence.ignored is not None:
        return occurrence
    for path_rule in path_rules:
        if rule in path_rule.rules and occurrence.path in path_rule.paths:
            return replace(occurrence, ignored=path_rule.reason)
    return occurrence
