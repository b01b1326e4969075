"""JUnit XML: a test case for the scan itself, and one for each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from linter.formats.text import printable
from linter.formats.wording import WHERE, brought_in, known_by, place, redacted, unscanned
from linter.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.model import Finding, Report

__all__ = ["render"]


def render(report: Report) -> str:
    """A new finding is a failure, a suppressed one is skipped, and a scan that is incomplete is an error."""
    new, skips = report.new(), unscanned(report)
    suites = ElementTree.Element("testsuites", name="twlint")
    counts = {
        "tests": len(report.findings) + 1,
        "failures": len(new),
        "errors": int(bool(skips)),
        "skipped": len(report.findings) - len(new),
    }
    attributes = {"name": "twlint", **{name: str(count) for name, count in counts.items()}}
    suite = ElementTree.SubElement(suites, "testsuite", attributes)
    scan = ElementTree.SubElement(suite, "testcase", classname="twlint", name="everything was scanned")
    if skips:
        error = ElementTree.SubElement(scan, "error", type="incomplete", message=f"not scanned: {len(skips)}")
        error.text = "\n".join(printable(f"{skip.path}: {skip.reason}") for skip in skips)
    for finding in report.findings:
        _case(suite, finding)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, "unicode") + "\n"


def _case(suite: ElementTree.Element, finding: Finding) -> None:
    where = place(finding.occurrences[0])
    case = ElementTree.SubElement(suite, "testcase", classname=printable(finding.rule), name=printable(where))
    if finding.status is not Status.NEW:
        ElementTree.SubElement(case, "skipped", message=printable(finding.status_reason))
        return
    message = f"{finding.severity.label}: {finding.name} {redacted(finding)}".rstrip()
    failure = ElementTree.SubElement(case, "failure", type=printable(finding.rule), message=printable(message))
    failure.text = "\n".join(map(printable, _lines(finding)))


def _lines(finding: Finding) -> Iterator[str]:
    yield f"stands: {WHERE[finding.state]}"
    yield f"known by: {known_by(finding)}"
    if finding.introduced:
        yield f"brought in: {brought_in(finding)}"
    yield from (f"also at: {place(other)} {WHERE[other.state]}" for other in finding.occurrences[1:])
    yield f"what to do: {finding.guidance.advice}"
    if finding.guidance.rotate:
        yield finding.guidance.rotate
