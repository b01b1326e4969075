"""SARIF 2.1.0 (OASIS), as code scanning services read it, within the limits that GitHub documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from linter import __version__
from linter.formats.json import dumped
from linter.formats.markdown import escaped
from linter.formats.wording import (
    CURRENT,
    WHERE,
    brought_in,
    known_by,
    left_out,
    links,
    redacted,
    relative,
    unscanned,
    utf8,
)
from linter.model import Severity, SkipKind, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.model import Finding, Frame, Occurrence, Report

__all__ = ["render"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "%SRCROOT%"
RESULTS = 25_000
"""GitHub refuses a run with more results."""
RESULTS_SHOWN = 5_000
"""GitHub keeps as many, the most severe."""
LOCATIONS = 1_000
NAME_LENGTH, DESCRIPTION_LENGTH = 255, 1_024
NOTIFICATIONS = 1_000

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub's bands: critical above 9, high from 7, medium from 4, low from 0.1.
_SECURITY_SEVERITIES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}


def render(report: Report) -> str:
    """One run, its results the worst first; what was cut or not scanned stands among the notifications."""
    ordered = sorted(report.findings, key=lambda finding: (finding.status is not Status.NEW, -finding.severity))
    shown = ordered[:RESULTS]
    rules = _rules(shown)
    places = {str(rule["id"]): number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {"name": "twlint", "version": __version__, "semanticVersion": __version__, "rules": rules},
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {BASE: {"description": {"text": "The root of what was scanned."}}},
        "columnKind": "unicodeCodePoints",
        "redactionTokens": ["…"],
        "results": [_result(finding, places[finding.rule]) for finding in shown],
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rules(findings: list[Finding]) -> list[dict[str, Any]]:
    """The rules that found something, by id."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.rule, []).append(finding)
    return [_rule(rule, group) for rule, group in sorted(groups.items())]


def _rule(rule: str, group: list[Finding]) -> dict[str, Any]:
    first = group[0]
    worst = max(finding.severity for finding in group)
    name = utf8(first.name)
    addresses = links(first)
    fields: dict[str, Any] = {
        "id": utf8(rule),
        "name": name[:NAME_LENGTH],
        "shortDescription": {"text": _literal(name)[:DESCRIPTION_LENGTH]},
        "fullDescription": {"text": _literal(f"{name}: whoever can read it can use it.")[:DESCRIPTION_LENGTH]},
        "help": {
            "text": "\n".join([_literal(utf8(first.guidance.advice)), *addresses]),
            "markdown": "\n".join([escaped(first.guidance.advice), *(f"\n- <{address}>" for address in addresses)]),
        },
        "defaultConfiguration": {"level": _LEVELS[worst]},
        "properties": {
            "tags": ["security", "external/cwe/cwe-798"],
            "precision": max(finding.confidence for finding in group).label,
            "security-severity": _SECURITY_SEVERITIES[worst],
        },
    }
    if addresses:
        fields["helpUri"] = addresses[0]
    return fields


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    first, *others = finding.occurrences
    related = others[: LOCATIONS - 1]
    fields: dict[str, Any] = {
        "ruleId": utf8(finding.rule),
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _literal(" ".join(_sentences(finding, len(others) - len(related))))},
        "locations": [{"physicalLocation": _location(first, finding.frame)}],
        "partialFingerprints": {"twlintFingerprint/v1": finding.fingerprint},
        "properties": _properties(finding),
    }
    if related:
        fields["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _location(other, None),
                "message": {"text": f"Also here, {WHERE[other.state]}{_commit(other)}."},
            }
            for number, other in enumerate(related)
        ]
    if finding.status is not Status.NEW:
        kind = "external" if first.ignored is None else "inSource"
        fields["suppressions"] = [{"kind": kind, "justification": utf8(finding.status_reason)}]
    return fields


def _sentences(finding: Finding, unlisted: int) -> Iterator[str]:
    first = finding.occurrences[0]
    shown = f", {redacted(finding)}," if finding.secret else ""
    line = "" if first.state in CURRENT else f", line {first.line}"
    yield f"{utf8(finding.name)}{shown} {WHERE[finding.state]}{line}{_commit(first)}."
    yield utf8(f"Known by {known_by(finding)}.")
    if finding.introduced:
        yield utf8(f"Brought in {brought_in(finding)}.")
    if unlisted:
        yield f"{unlisted} more places are not listed here."


def _commit(occurrence: Occurrence) -> str:
    return f" (commit {utf8(occurrence.commit)[:12]})" if occurrence.commit else ""


def _properties(finding: Finding) -> dict[str, Any]:
    first, commit = finding.occurrences[0], finding.introduced
    return {
        "confidence": finding.confidence.label,
        "state": finding.state.value,
        "line": first.line,
        "commit": first.commit,
        "blob": first.blob,
        "introduced": None
        if commit is None
        else {"commit": utf8(commit.sha), "author": utf8(commit.author), "date": utf8(commit.date)},
        "places": len(finding.occurrences),
    }


def _artifact(path: str) -> dict[str, str]:
    raw = relative(path).encode("utf-8", "surrogateescape")
    return {"uri": quote(raw, safe="/"), "uriBaseId": BASE}


def _location(occurrence: Occurrence, frame: Frame | None) -> dict[str, Any]:
    """The place; without a line where the file as it is now need not have that line."""
    location: dict[str, Any] = {"artifactLocation": _artifact(occurrence.path)}
    if occurrence.state not in CURRENT:
        return location
    location["region"] = {
        "startLine": occurrence.line,
        "startColumn": occurrence.column,
        "endLine": occurrence.end_line,
        "endColumn": occurrence.end_column,
    }
    if frame and frame.lines:
        last = frame.first + len(frame.lines) - 1
        if frame.first <= occurrence.line and occurrence.end_line <= last:
            snippet = {"text": "\n".join(map(utf8, frame.lines))}
            location["contextRegion"] = {"startLine": frame.first, "endLine": last, "snippet": snippet}
    return location


def _invocation(report: Report) -> dict[str, Any]:
    """How the scan ended; more notifications than `NOTIFICATIONS` are counted, not listed."""
    skips = unscanned(report)
    notifications = [
        _notification(
            f"Not scanned: {skip.reason}", "error" if skip.kind is SkipKind.FAILED else "warning", _artifact(skip.path)
        )
        for skip in skips[:NOTIFICATIONS]
    ]
    if len(skips) > NOTIFICATIONS:
        more = len(skips) - NOTIFICATIONS
        notifications.append(_notification(f"{more} more were not scanned; the JSON report lists all.", "error"))
    notifications += [_notification(text, "warning") for text in _cut(len(report.findings))]
    notifications += [_notification(f"Left out: {sentence}", "note") for sentence in left_out(report)]
    notifications += [_notification(notice, "note") for notice in report.notices]
    return {"executionSuccessful": report.coverage.complete, "toolExecutionNotifications": notifications}


def _cut(findings: int) -> Iterator[str]:
    if findings > RESULTS:
        yield f"{findings - RESULTS} findings are not in this report, the least severe: GitHub takes {RESULTS} a run."
    if findings > RESULTS_SHOWN:
        yield f"GitHub shows only the {RESULTS_SHOWN} most severe of {min(findings, RESULTS)} results."


def _notification(text: str, level: str, artifact: dict[str, str] | None = None) -> dict[str, Any]:
    fields: dict[str, Any] = {"level": level, "message": {"text": _literal(utf8(text))}}
    if artifact:
        fields["locations"] = [{"physicalLocation": {"artifactLocation": artifact}}]
    return fields


def _literal(text: str) -> str:
    """`text` as it stands: braces are no placeholder, brackets no link (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    text = re.sub(r"[{}]", lambda found: found[0] * 2, text) if re.search(r"\{\d+\}", text) else text
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text) if "](" in text else text
