"""CSV (RFC 4180) for spreadsheets: a line for each finding, then one for each thing that was not scanned."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from linter.formats.text import printable
from linter.formats.wording import redacted

if TYPE_CHECKING:
    from linter.model import Finding, Report, Skip

__all__ = ["render"]

COLUMNS = (
    "status", "severity", "confidence", "rule", "name", "path", "line", "column", "state", "commit", "places",
    "secret", "evidence", "introduced", "author", "date", "reason", "advice", "rotate", "fingerprint",
)  # fmt: skip

# What starts a formula (OWASP, CSV Injection), in full width too, where a cell starts or a careless reader cuts one.
_FORMULA = re.compile('((?:^|[;,|"])[\\s\'"]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])')


def render(report: Report) -> str:
    """Every cell is quoted; one that would start a formula gets an apostrophe before it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    for row in [*map(_finding, report.findings), *map(_skip, report.coverage.skipped)]:
        writer.writerow({column: _defused(cell) for column, cell in row.items()})
    return text.getvalue()


def _finding(finding: Finding) -> dict[str, str]:
    first, commit = finding.occurrences[0], finding.introduced
    return {
        "status": finding.status.value,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "rule": finding.rule,
        "name": finding.name,
        "path": first.path,
        "line": str(first.line),
        "column": str(first.column),
        "state": finding.state.value,
        "commit": first.commit or "",
        "places": str(len(finding.occurrences)),
        "secret": redacted(finding),
        "evidence": "; ".join(finding.evidence),
        "introduced": commit.sha if commit else "",
        "author": commit.author if commit else "",
        "date": commit.date if commit else "",
        "reason": finding.status_reason,
        "advice": finding.guidance.advice,
        "rotate": finding.guidance.rotate or "",
        "fingerprint": finding.fingerprint,
    }


def _skip(skip: Skip) -> dict[str, str]:
    return {"status": skip.kind.value, "path": skip.path, "reason": skip.reason}


def _defused(cell: str) -> str:
    return _FORMULA.sub(r"\1'", printable(cell))
