"""What several formats say of a finding, in the same words, and as text that is valid UTF-8."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from linter.model import COMPLETE, State

if TYPE_CHECKING:
    from linter.model import Finding, Occurrence, Report, Skip

__all__ = [
    "CURRENT",
    "WHERE",
    "brought_in",
    "is_link",
    "known_by",
    "left_out",
    "links",
    "place",
    "redacted",
    "relative",
    "unscanned",
    "utf8",
]

WHERE = {
    State.WORKTREE: "in the work tree",
    State.HEAD: "at HEAD",
    State.OTHER_REF: "on another branch or tag",
    State.HISTORY: "in the history",
    State.UNREACHABLE: "in an object that nothing names",
}
CURRENT = (State.WORKTREE, State.HEAD)
"""The states in which the line that is named can be looked at where the report is read."""

_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#](?:[A-Za-z0-9._~:/?#@!$&'*+,;=-]|%[0-9A-Fa-f]{2})*)?")


def utf8(text: str) -> str:
    """`text` without the surrogates that stand for bytes that are not UTF-8."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def redacted(finding: Finding) -> str:
    """What may be shown of the secret; nothing for a finding that has none."""
    return utf8(finding.secret.redacted) if finding.secret else ""


def place(occurrence: Occurrence) -> str:
    """Path, line and column."""
    return f"{occurrence.path}:{occurrence.line}:{occurrence.column}"


def known_by(finding: Finding) -> str:
    """How it is known that this is a credential of its kind."""
    return f"{'; '.join(finding.evidence)} ({finding.confidence.label} confidence)".lstrip()


def brought_in(finding: Finding) -> str:
    """Who brought it in, when, in which commit; empty where git does not know."""
    commit = finding.introduced
    return f"{commit.date[:10]} by {commit.author}, commit {commit.sha[:12]}" if commit else ""


def links(finding: Finding) -> list[str]:
    """Where to read on, and to rotate the credential first, each once; only what is a web address."""
    return [
        link for link in dict.fromkeys([finding.guidance.rotate or "", *finding.guidance.references]) if is_link(link)
    ]


def is_link(text: str) -> bool:
    """True for a web address in the characters that one may hold."""
    return _LINK.fullmatch(text) is not None


def relative(path: str) -> str:
    """`path` as readers on other machines may have it: no absolute path, and no name of a home folder.

    Paths in a repository are relative to it already; others are taken relative to the current folder, to the home
    folder, or to the root, whichever is the first above them.
    """
    if not os.path.isabs(path) and path.partition("/")[0] != "..":
        return path
    absolute = os.path.abspath(path)
    for base in (os.getcwd(), os.path.expanduser("~")):
        if absolute.startswith(base.rstrip("/") + "/"):
            return absolute[len(base.rstrip("/")) + 1 :]
    return absolute.lstrip("/") or "."


def unscanned(report: Report) -> list[Skip]:
    """What makes the scan incomplete."""
    return [skip for skip in report.coverage.skipped if skip.kind not in COMPLETE]


def left_out(report: Report) -> list[str]:
    """What was not scanned by choice: one sentence a reason, with the number of paths."""
    reasons: dict[str, int] = {}
    for skip in report.coverage.skipped:
        if skip.kind in COMPLETE:
            reasons[skip.reason] = reasons.get(skip.reason, 0) + 1
    return [f"{reason} (paths: {count})" for reason, count in sorted(reasons.items())]
