"""Markdown, as GitHub and GitLab show it: a job's summary, a comment on a change."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from linter.formats.text import counted, printable
from linter.formats.wording import WHERE, brought_in, is_link, known_by, left_out, place, redacted, unscanned
from linter.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.model import Finding, Report

__all__ = ["code", "escaped", "render"]

SIZE = 900_000
"""GitHub takes a summary of 1 MiB, and nothing of a larger one."""

# What has a meaning anywhere; then what has one at the start of a line; then what GitHub makes a link by itself.
_MEANINGFUL = re.compile(r"[\\`*_\[\]<>|~&@$#]|(?<=^)[-+=]|(?<=^\d)[.)]|(?<=www)\.|(?<=:)/(?=/)", re.IGNORECASE)


def render(report: Report) -> str:
    """The new findings by rule, the worst first, and all that was not scanned; what is too much is counted."""
    parts: list[str] = []
    size = 0
    blocks = [*_head(report), *_unscanned(report), *_findings(report)]
    for number, block in enumerate(blocks):
        size += len(block.encode()) + 1
        if size > SIZE:
            parts.append(f"\n{counted(len(blocks) - number, 'line')} more: another format has all.")
            break
        parts.append(block)
    return "\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """`text` on one line, as it stands: nothing of it is a link, a picture, HTML or emphasis."""
    return _MEANINGFUL.sub(r"\\\g<0>", printable(text).strip())


def code(text: str) -> str:
    """`text` on one line as a code span, in which nothing else has a meaning, no `@name` either."""
    shown = printable(text)
    if not shown.strip():
        return "(blank)"
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _head(report: Report) -> Iterator[str]:
    new = report.new()
    suppressed = sum(finding.status is not Status.NEW for finding in report.findings)
    yield "## twlint\n"
    yield f"{counted(len(new), 'finding')}{f', {suppressed} suppressed' if suppressed else ''}.\n"
    if not report.coverage.complete:
        yield "**The scan is incomplete.**\n"


def _unscanned(report: Report) -> Iterator[str]:
    rows = [f"- not scanned: {code(skip.path)}: {code(skip.reason)}" for skip in unscanned(report)]
    rows += [f"- left out: {code(sentence)}" for sentence in left_out(report)]
    rows += [f"- note: {code(notice)}" for notice in report.notices]
    yield from rows


def _findings(report: Report) -> Iterator[str]:
    ordered = sorted(report.new(), key=lambda finding: (-finding.severity, finding.rule))
    for _, group in groupby(ordered, key=lambda finding: (finding.severity, finding.rule)):
        findings = list(group)
        first = findings[0]
        yield f"\n### {first.severity.label}: {escaped(first.name)}\n"
        yield f"{escaped(first.guidance.advice)}{_link(first.guidance.rotate)}\n"
        yield from map(_row, findings)


def _link(rotate: str | None) -> str:
    if not rotate:
        return ""
    return f" <{rotate}>" if is_link(rotate) else f" {code(rotate)}"


def _row(finding: Finding) -> str:
    first, others = finding.occurrences[0], len(finding.occurrences) - 1
    shown = f", {code(redacted(finding))}" if finding.secret else ""
    more = f" and at {counted(others, 'other place')}" if others else ""
    since = f"; brought in {code(brought_in(finding))}" if finding.introduced else ""
    return f"- {code(place(first))} {WHERE[finding.state]}{more}{shown}; known by {code(known_by(finding))}{since}"
