"""JSON Lines: one finding a line, then one line with the coverage and the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.formats.json import coverage_fields, dumped, finding_fields, summary_fields

if TYPE_CHECKING:
    from linter.model import Report

__all__ = ["render"]


def render(report: Report, show_secrets: bool) -> str:
    """The report, each line a JSON object of its own."""
    rows = [finding_fields(finding, show_secrets) for finding in report.findings]
    rows.append({"coverage": coverage_fields(report), "summary": summary_fields(report)})
    return "".join(dumped(row) + "\n" for row in rows)
