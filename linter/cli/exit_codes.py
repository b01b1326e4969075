"""What the exit code says of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linter.model import Report

__all__ = ["BAD_INPUT", "CLEAN", "FOUND", "INCOMPLETE", "INTERRUPTED", "exit_code"]

CLEAN = 0
FOUND = 1
BAD_INPUT = 2
INCOMPLETE = 3
INTERRUPTED = 130


def exit_code(report: Report, *, exit_zero: bool) -> int:
    """1 for findings, 3 if there are none and the scan is incomplete, else 0.

    Findings of severity info or confidence low never count. `exit_zero` leaves findings out of it.
    """
    from linter.model import Confidence, Severity

    counts = any(
        finding.severity >= Severity.LOW and finding.confidence >= Confidence.MEDIUM for finding in report.new()
    )
    if counts and not exit_zero:
        return FOUND
    return CLEAN if report.coverage.complete else INCOMPLETE
