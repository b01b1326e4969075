"""GitLab's secret detection report, for `artifacts:reports:secret_detection`."""

from __future__ import annotations

import os
import time
import uuid
from typing import TYPE_CHECKING, Any

from linter import __version__
from linter.formats.json import dumped
from linter.formats.markdown import code, escaped
from linter.formats.wording import WHERE, known_by, left_out, links, redacted, relative, unscanned, utf8

if TYPE_CHECKING:
    from linter.model import Finding, Occurrence, Report

__all__ = ["render"]

VERSION = "15.0.7"
"""The version of GitLab's schema that the report keeps to; GitLab refuses a report that breaks its own version."""

UNCOMMITTED = "0000000"
PLACES = 100
NAME_LENGTH, SOLUTION_LENGTH = 255, 7_000

_TOOL = {"id": "twlint", "name": "twlint", "version": __version__, "vendor": {"name": "twlint"}}
_CWE = {"type": "cwe", "name": "CWE-798", "value": "798", "url": "https://cwe.mitre.org/data/definitions/798.html"}


def render(report: Report) -> str:
    """The new findings; the scan is a failure if it is incomplete, and the messages say why."""
    moment = _moment()
    fields = {
        "version": VERSION,
        "scan": {
            "analyzer": _TOOL,
            "scanner": _TOOL,
            "type": "secret_detection",
            "start_time": moment,
            "end_time": moment,
            "status": "success" if report.coverage.complete else "failure",
            "messages": _messages(report),
        },
        "vulnerabilities": [_vulnerability(finding) for finding in report.new()],
    }
    return dumped(fields) + "\n"


def _moment() -> str:
    """Now, in UTC, or what SOURCE_DATE_EPOCH says (reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(epoch) if epoch.isdecimal() else time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _messages(report: Report) -> list[dict[str, str]]:
    rows = [("warn", f"Not scanned: {skip.path}: {skip.reason}") for skip in unscanned(report)]
    rows += [("info", f"Left out: {sentence}") for sentence in left_out(report)]
    rows += [("info", notice) for notice in report.notices if notice]
    return [{"level": level, "value": utf8(text)} for level, text in rows]


def _vulnerability(finding: Finding) -> dict[str, Any]:
    first, *others = finding.occurrences
    fields: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, _identity(finding))),
        "category": "secret_detection",
        "name": utf8(finding.name)[:NAME_LENGTH],
        "description": _description(finding),
        "severity": finding.severity.label.capitalize(),
        "solution": utf8(finding.guidance.advice)[:SOLUTION_LENGTH],
        "identifiers": [
            {"type": "twlint_rule_id", "name": f"twlint rule {utf8(finding.rule)}", "value": utf8(finding.rule)},
            _CWE,
        ],
        "links": [{"url": link} for link in links(finding)],
        "location": {
            "file": utf8(relative(first.path)),
            "start_line": first.line,
            "end_line": first.end_line,
            "commit": _commit(finding),
        },
    }
    if finding.secret:
        fields["raw_source_code_extract"] = redacted(finding)
    if others:
        fields["details"] = {"places": _places(others)}
    return fields


def _identity(finding: Finding) -> str:
    """What one finding has alone: for passwords the fingerprint does not suffice."""
    first = finding.occurrences[0]
    place = f"{relative(first.path)}:{first.line}:{first.column}:{first.blob}"
    return utf8(f"twlint:{finding.rule}:{finding.fingerprint}:{place}")


def _description(finding: Finding) -> str:
    """GitLab reads it as Markdown."""
    return f"{escaped(finding.name)} {WHERE[finding.state]}. Known by {code(known_by(finding))}."


def _commit(finding: Finding) -> dict[str, str]:
    """The commit of the place that is shown; zeros stand for what is not committed."""
    sha, commit = finding.occurrences[0].commit, finding.introduced
    if sha is None:
        return {"sha": UNCOMMITTED}
    if commit is None or commit.sha != sha:
        return {"sha": utf8(sha) or UNCOMMITTED}
    return {"sha": utf8(sha) or UNCOMMITTED, "author": utf8(commit.author), "date": utf8(commit.date)}


def _places(others: list[Occurrence]) -> dict[str, Any]:
    more = len(others) - PLACES
    return {
        "name": "Also at" if more <= 0 else f"Also at ({more} more places are not listed)",
        "type": "list",
        "items": [
            {"type": "file-location", "file_name": utf8(relative(other.path)) or ".", "line_start": other.line}
            for other in others[:PLACES]
        ],
    }
