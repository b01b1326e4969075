"""The report for people: grouped by rule, the worst first, readable at 80 columns and without colour."""

from __future__ import annotations

import textwrap
import unicodedata
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from linter.model import COMPLETE, Severity, State, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.model import Coverage, Finding, Guidance, Occurrence, Report, Secret

__all__ = ["counted", "printable", "render", "render_findings", "render_statistics"]

WIDTH = 80
PLACES_SHOWN = 4
SKIPS_SHOWN = 20

_STATES = {
    State.WORKTREE: "in the work tree",
    State.HEAD: "at HEAD",
    State.OTHER_REF: "on another branch or tag",
    State.HISTORY: "only in the history",
    State.UNREACHABLE: "in an object that nothing names",
}
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
# Red, magenta, yellow and cyan are readable on light and dark grounds.
_COLOURS = {
    Severity.CRITICAL: "\x1b[1;31m",
    Severity.HIGH: "\x1b[31m",
    Severity.MEDIUM: "\x1b[35m",
    Severity.LOW: "\x1b[36m",
    Severity.INFO: "",
}


def printable(text: str) -> str:
    """`text` with everything that steers a terminal written out: control, format and surrogate characters."""
    return "".join(character if character.isprintable() else _written_out(character) for character in text)


def _written_out(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def render(report: Report, show_secrets: bool, *, is_coloured: bool = False, is_verbose: bool = False) -> str:
    """The report, with colours for a terminal or without.

    Verbose, it names every place of a finding, what is accepted and why, and every path that was left out.
    """
    return _Text(report, show_secrets, is_coloured=is_coloured, is_verbose=is_verbose).text()


def render_statistics(report: Report) -> str:
    """How many new findings each rule has, the most first, in the place of the findings."""
    names = {finding.rule: printable(finding.name) for finding in report.new()}
    counts = Counter(finding.rule for finding in report.new())
    widths = len(f"{max(counts.values(), default=0)}"), max(map(len, names), default=0)
    rows = [
        f"{counts[rule]:>{widths[0]}}  {rule:<{widths[1]}}  {names[rule]}"
        for rule in sorted(counts, key=lambda rule: (-counts[rule], rule))
    ]
    summary = _Text(report, False).summary()
    return "\n".join([*rows, *([""] if rows else []), *summary]) + "\n"


def render_findings(report: Report, *, is_coloured: bool) -> str:
    """The new findings alone, as the report shows them."""
    return "\n".join(_Text(report, False, is_coloured=is_coloured).groups()).rstrip("\n") + "\n"


class _Text:
    def __init__(
        self, report: Report, show_secrets: bool, *, is_coloured: bool = False, is_verbose: bool = False
    ) -> None:
        self._report = report
        self._show_secrets = show_secrets
        self._is_coloured = is_coloured
        self._is_verbose = is_verbose

    def text(self) -> str:
        """The whole report."""
        return "\n".join([*self.groups(), *self.summary()]) + "\n"

    def groups(self) -> Iterator[str]:
        """The new findings, the worst first."""
        ordered = sorted(self._report.new(), key=lambda finding: (-finding.severity, finding.rule))
        for _, group in groupby(ordered, key=lambda finding: finding.rule):
            yield from self._group(list(group))

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._is_coloured and style else text

    def _group(self, findings: list[Finding]) -> Iterator[str]:
        first = findings[0]
        severity = self._styled(first.severity.label.upper(), _COLOURS[first.severity])
        yield f"{severity} {self._styled(printable(first.name), _BOLD)} {self._styled(first.rule, _DIM)}"
        for finding in findings:
            yield ""
            yield from self._finding(finding)
        yield ""
        yield from _guidance(first.guidance)
        yield ""
        yield ""

    def _finding(self, finding: Finding) -> Iterator[str]:
        first = finding.occurrences[0]
        cell = f" ({first.cell})" if first.cell else ""
        yield f"  {self._styled(printable(_place(first)), _BOLD)}{printable(cell)}"
        yield from self._frame(finding)
        if self._show_secrets:
            for secret in [finding.secret, *(part.secret for part in finding.parts)]:
                yield from _revealed(secret)
        yield from _paragraph("stands", _stands(finding))
        yield from _paragraph("known by", f"{'; '.join(finding.evidence)} ({finding.confidence.label} confidence)")
        if finding.introduced is not None:
            commit = finding.introduced
            yield from _paragraph("brought in", f"{commit.date[:10]} by {commit.author}, commit {commit.sha[:12]}")
        elif first.state is State.WORKTREE:
            yield from _paragraph("brought in", "not committed")
        if finding.guidance.site:
            yield from _paragraph("here", finding.guidance.site)
        for number, part in enumerate(finding.parts):
            evidence = f" ({'; '.join(part.evidence)})" if part.evidence else ""
            yield from _paragraph("" if number else "holds", f"{part.name}, {_place(part.occurrence)}{evidence}")
        others = finding.occurrences[1:]
        shown = others if self._is_verbose else others[:PLACES_SHOWN]
        for number, other in enumerate(shown):
            yield from _paragraph("" if number else "also at", f"{_place(other)} {_STATES[other.state]}")
        if len(others) > len(shown):
            yield from _paragraph("", f"and {len(others) - len(shown)} more places (--verbose shows them)")

    def _frame(self, finding: Finding) -> Iterator[str]:
        frame = finding.frame
        for number, line in enumerate(frame.lines, frame.first):
            shown = printable(line.replace("\t", "    ").rstrip("\r"))
            gutter = self._styled(f"{number:>7} |", _DIM)
            yield f"{gutter} {_shortened(shown, WIDTH - 10)}".rstrip()

    def summary(self) -> Iterator[str]:
        """What was scanned and what was not, and how many findings there are."""
        report, coverage = self._report, self._report.coverage
        if self._is_verbose:
            for finding in report.findings:
                if finding.status is not Status.NEW:
                    place = _place(finding.occurrences[0])
                    yield from _paragraph(finding.status.value, f"{place} {finding.rule}: {finding.status_reason}")
        for notice in report.notices:
            yield from _paragraph("note", notice)
        yield from self._skips(coverage)
        counts = Counter(finding.severity for finding in report.new())
        statuses = Counter(finding.status for finding in report.findings)
        by_severity = ", ".join(f"{counts[each]} {each.label}" for each in sorted(counts, reverse=True))
        total = sum(counts.values())
        found = f"{counted(total, 'finding')}: {by_severity}" if total else "No findings"
        for status in (Status.BASELINED, Status.SUPPRESSED):
            found += f"; {statuses[status]} {status.value}" if statuses[status] else ""
        yield self._styled(f"{found}.", _BOLD)
        yield f"Scanned {_scanned(coverage)}."
        if not coverage.complete:
            yield self._styled("The scan is INCOMPLETE: see what was not scanned above.", _COLOURS[Severity.HIGH])

    def _skips(self, coverage: Coverage) -> Iterator[str]:
        """Everything that makes the scan incomplete by name, up to a number, and the rest by reason."""
        weighty = [skip for skip in coverage.skipped if skip.kind not in COMPLETE]
        light = [skip for skip in coverage.skipped if skip.kind in COMPLETE]
        shown = weighty if self._is_verbose else weighty[:SKIPS_SHOWN]
        for skip in shown:
            yield from _paragraph("not scanned", f"{skip.path}: {skip.reason}")
        if len(weighty) > len(shown):
            yield from _paragraph("", f"and {len(weighty) - len(shown)} more (--verbose shows them)")
        if self._is_verbose:
            for skip in light:
                yield from _paragraph("left out", f"{skip.path}: {skip.reason}")
            return
        for reason, count in sorted(Counter(skip.reason for skip in light).items()):
            yield from _paragraph("left out", f"{counted(count, 'path')}: {reason}")


def _guidance(guidance: Guidance) -> Iterator[str]:
    if guidance.reach:
        yield from _paragraph("its holder", guidance.reach)
    yield from _paragraph("what to do", guidance.advice)
    if guidance.rotate:
        yield f"  {'':<12}{printable(guidance.rotate)}"
    if guidance.breaks:
        yield from _paragraph("then ends", guidance.breaks)
    for number, rule in enumerate(guidance.policy):
        yield from _paragraph("" if number else "the rule", rule)


def _revealed(secret: Secret | None) -> Iterator[str]:
    if secret is not None:
        value = secret.reveal().decode("utf-8", "backslashreplace")
        yield from (f"  {'secret':<12}{printable(line)}" for line in value.splitlines())


def _place(occurrence: Occurrence) -> str:
    return f"{occurrence.path}:{occurrence.line}:{occurrence.column}"


def _stands(finding: Finding) -> str:
    first = finding.occurrences[0]
    if first.state in (State.WORKTREE, State.HEAD) or first.commit is None:
        return _STATES[first.state]
    return f"{_STATES[first.state]}, since commit {first.commit[:12]}"


def _paragraph(label: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(printable(text), WIDTH - 14, break_on_hyphens=False, break_long_words=False) or [""]
    for number, line in enumerate(lines):
        yield f"  {'' if number else label:<12}{line}"


def _shortened(line: str, width: int) -> str:
    """`line` cut to `width` characters, around the masked secret if there is one."""
    if len(line) <= width:
        return line
    start = max(0, min(line.find("…") - width // 2, len(line) - width))
    return line[start : start + width]


def counted(number: int, noun: str) -> str:
    """The number and the noun, in the plural where it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _scanned(coverage: Coverage) -> str:
    numbers = {
        "file": coverage.files,
        "blob": coverage.blobs,
        "commit": coverage.commits,
        "tag": coverage.tags,
        "archive member": coverage.members,
    }
    parts = [counted(number, noun) for noun, number in numbers.items() if number] or ["nothing"]
    return f"{', '.join(parts)} ({coverage.bytes / 1e6:,.1f} MB)"
