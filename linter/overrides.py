"""What the configuration says of findings: other severities, and what it allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from linter.findings import status_of
from linter.model import Status

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence
    from datetime import date

    from linter.globs import Globs
    from linter.model import Finding, Occurrence, Report, Severity

__all__ = ["Allowance", "apply"]


class Allowance(NamedTuple):
    """Findings that are suppressed, for `reason`: those for which all holds that is given.

    Attributes:
        name: what notices call it.
        rules: the finding is of one of these.
        paths: it stands there; elsewhere the same credential still counts.
        values: this is found in the credential.
        fingerprints: the finding has one of these.
        until: the last day on which it is in force.
        is_own: it was written for this target alone, which a list that others share was not.
    """

    name: str
    reason: str
    rules: frozenset[str] | None = None
    paths: Globs | None = None
    values: re.Pattern[bytes] | None = None
    fingerprints: frozenset[str] | None = None
    until: date | None = None
    is_own: bool = False

    def covers(self, finding: Finding) -> bool:
        """True if the finding is meant, wherever it stands."""
        secret = finding.secret
        return (
            (self.rules is None or finding.rule in self.rules)
            and (self.fingerprints is None or finding.fingerprint in self.fingerprints)
            and (self.values is None or (secret is not None and self.values.search(secret.reveal()) is not None))
        )


def apply(
    report: Report, severities: Mapping[str, Severity], allowances: Sequence[Allowance], today: date, *, is_whole: bool
) -> Report:
    """The report with the severities of `severities`, by rule, and without what `allowances` cover among the new.

    Findings are marked, none is dropped. Notices tell which allowances have ended, and, if the scan `is_whole`,
    which ones of its own cover nothing.
    """
    ended = [each for each in allowances if each.until is not None and each.until < today]
    in_force = [each for each in allowances if each not in ended]
    used: set[str] = set()
    judged = [_judged(finding, in_force, used) for finding in report.findings]
    findings = tuple(replace(each, severity=severities.get(each.rule, each.severity)) for each in judged)
    notices = [f"{each.name}: ended on {each.until}; what it covers counts again" for each in ended]
    if is_whole:
        notices += [
            f"{each.name}: covers nothing; remove it" for each in in_force if each.is_own and each.name not in used
        ]
    return replace(report, findings=findings, notices=(*report.notices, *notices))


def _judged(finding: Finding, allowances: Sequence[Allowance], used: set[str]) -> Finding:
    """The finding, marked where it is allowed; what allows it, now or beside a comment, is added to `used`."""
    covering = [each for each in allowances if each.covers(finding)]
    if not covering:
        return finding
    occurrences = tuple(_ignored(each, covering, used) for each in finding.occurrences)
    if finding.status is not Status.NEW:
        return finding
    status, reason = status_of(occurrences)
    return replace(finding, occurrences=occurrences, status=status, status_reason=reason)


def _ignored(occurrence: Occurrence, covering: Sequence[Allowance], used: set[str]) -> Occurrence:
    here = [each for each in covering if each.paths is None or occurrence.path in each.paths]
    used.update(each.name for each in here)
    if not here or occurrence.ignored is not None:
        return occurrence
    return replace(occurrence, ignored=here[0].reason)
