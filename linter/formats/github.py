"""Annotations of GitHub Actions: workflow commands, no more than GitHub shows of one step."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from linter.formats.text import counted, printable
from linter.formats.wording import CURRENT, WHERE, brought_in, known_by, place, redacted, relative, unscanned
from linter.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.model import Finding, Report

__all__ = ["render"]

SHOWN = 10
"""GitHub shows as many errors, as many warnings and as many notices of a step."""

_COMMANDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(report: Report) -> str:
    """An annotation for each new finding, the worst first, and one that says what has none."""
    # One error and one notice are kept for what is said of the whole scan.
    room = Counter(error=SHOWN - (not report.coverage.complete), warning=SHOWN, notice=SHOWN - 1)
    lines: list[str] = []
    findings = sorted(report.new(), key=lambda finding: -finding.severity)
    for finding in findings:
        name = _COMMANDS[finding.severity]
        if room[name]:
            room[name] -= 1
            lines.append(_annotation(name, finding))
    more = len(findings) - len(lines)
    if not report.coverage.complete:
        lines.append(_command("error", {"title": "twlint: the scan is incomplete"}, _unscanned(report)))
    if more:
        text = f"{counted(more, 'finding')} more: GitHub shows {SHOWN} annotations of a kind. Another format has all."
        lines.append(_command("notice", {"title": "twlint"}, text))
    if not lines:
        lines.append(_command("notice", {"title": "twlint"}, "No findings."))
    return "\n".join(lines) + "\n"


def _annotation(name: str, finding: Finding) -> str:
    first = finding.occurrences[0]
    properties = {"title": finding.name}
    if first.state in CURRENT:
        properties |= {
            "file": relative(first.path),
            "line": str(first.line),
            "endLine": str(first.end_line),
            "col": str(first.column),
            "endColumn": str(first.end_column),
        }
    return _command(name, properties, " ".join(_sentences(finding)))


def _sentences(finding: Finding) -> Iterator[str]:
    first = finding.occurrences[0]
    yield f"{redacted(finding) or finding.name} {WHERE[finding.state]}, {place(first)}."
    yield f"Known by {known_by(finding)}."
    if finding.introduced:
        yield f"Brought in {brought_in(finding)}."
    yield finding.guidance.advice


def _unscanned(report: Report) -> str:
    first, *others = unscanned(report)
    more = f"; and {len(others)} more" if others else ""
    return f"Not scanned: {first.path}: {first.reason}{more}."


def _command(name: str, properties: dict[str, str], text: str) -> str:
    """A workflow command on one line, escaped as actions/toolkit does."""
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {written}::{_data(text)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
