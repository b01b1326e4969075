"""The JSON report, version 1: its own field names, which outlive changes of our values."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from linter import __version__
from linter.formats.wording import WHERE, utf8
from linter.model import Severity

if TYPE_CHECKING:
    from linter.model import Finding, Occurrence, Report, Secret, Skip

__all__ = ["coverage_fields", "dumped", "finding_fields", "render", "summary_fields"]

SCHEMA = "twlint.report/1"

_UNUSUAL = re.compile("[^\n -~]")


def render(report: Report, show_secrets: bool) -> str:
    """The whole report as one JSON object, a line for each key and each finding."""
    findings = ",\n".join(dumped(finding_fields(finding, show_secrets)) for finding in report.findings)
    fields = {
        "schema": dumped(SCHEMA),
        "tool": dumped({"name": "twlint", "version": __version__}),
        "findings": f"[\n{findings}\n]",
        "coverage": dumped(coverage_fields(report)),
        "summary": dumped(summary_fields(report)),
        "notices": dumped([utf8(notice) for notice in report.notices]),
    }
    return "{\n" + ",\n".join(f'"{key}": {value}' for key, value in fields.items()) + "\n}\n"


def dumped(value: object) -> str:
    """`value` as JSON on one line; characters that steer a terminal are written by their numbers."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return _UNUSUAL.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)


def finding_fields(finding: Finding, show_secrets: bool) -> dict[str, Any]:
    """One finding; `secret.value` is there only if secrets are shown."""
    first = finding.occurrences[0]
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "message": utf8(f"{finding.name} {WHERE[finding.state]}"),
        "evidence": [utf8(line) for line in finding.evidence],
        "secret": _secret_fields(finding.secret, show_secrets),
        "fingerprint": finding.fingerprint,
        "location": _occurrence_fields(first),
        "occurrences": [_occurrence_fields(occurrence) for occurrence in finding.occurrences],
        "status": finding.status.value,
        "status_reason": utf8(finding.status_reason),
        "state": finding.state.value,
        "introduced": None
        if finding.introduced is None
        else {
            "commit": finding.introduced.sha,
            "author": utf8(finding.introduced.author),
            "email": utf8(finding.introduced.email),
            "date": finding.introduced.date,
        },
        "removed": None,
        "verification": "not-checked",
        "advice": finding.guidance.advice,
        "rotate": finding.guidance.rotate,
        "reach": finding.guidance.reach,
        "breaks": finding.guidance.breaks,
        "policy": list(finding.guidance.policy),
        "site_advice": finding.guidance.site,
        "fix": None,
        "parts": [
            {
                "rule": part.rule,
                "name": part.name,
                "evidence": [utf8(line) for line in part.evidence],
                "secret": _secret_fields(part.secret, show_secrets),
                "location": _occurrence_fields(part.occurrence),
            }
            for part in finding.parts
        ],
    }


def _secret_fields(secret: Secret | None, show_secrets: bool) -> dict[str, Any] | None:
    if secret is None:
        return None
    fields: dict[str, Any] = {"redacted": secret.redacted, "length": secret.length}
    if show_secrets:
        fields["value"] = secret.reveal().decode("utf-8", "backslashreplace")
    return fields


def _occurrence_fields(occurrence: Occurrence) -> dict[str, Any]:
    return {
        **_path_fields(occurrence.path),
        "line": occurrence.line,
        "column": occurrence.column,
        "end_line": occurrence.end_line,
        "end_column": occurrence.end_column,
        "commit": occurrence.commit,
        "blob": occurrence.blob,
        "site": occurrence.site,
        "cell": occurrence.cell,
    }


def _path_fields(path: str) -> dict[str, str]:
    """The path, and where it is not UTF-8 its bytes as well, in base64."""
    shown = utf8(path)
    if shown == path:
        return {"path": path}
    raw = path.encode("utf-8", "surrogateescape")
    return {"path": shown, "path_b64": base64.b64encode(raw).decode("ascii")}


def coverage_fields(report: Report) -> dict[str, Any]:
    """What was scanned and what was not."""
    coverage = report.coverage
    return {
        "complete": coverage.complete,
        "blobs": coverage.blobs,
        "files": coverage.files,
        "bytes": coverage.bytes,
        "commits": coverage.commits,
        "tags": coverage.tags,
        "members": coverage.members,
        "skipped": [_skip_fields(skip) for skip in coverage.skipped],
    }


def _skip_fields(skip: Skip) -> dict[str, str]:
    return {**_path_fields(skip.path), "reason": utf8(skip.reason), "kind": skip.kind.value}


def summary_fields(report: Report) -> dict[str, int]:
    """The number of new findings of each severity."""
    counts = {severity.label: 0 for severity in sorted(Severity, reverse=True)}
    for finding in report.new():
        counts[finding.severity.label] += 1
    return counts
