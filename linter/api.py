"""What `import linter` offers to programs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from linter import rules, scanning, targets
from linter.configured import Options
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.model import Confidence, Report, Severity

__all__ = ["scan"]


def scan(
    *paths: str | os.PathLike[str],
    history: bool | None = None,
    since: str | None = None,
    staged: bool = False,
    select: str | Iterable[str] = (),
    ignore: str | Iterable[str] = (),
    exclude: Iterable[str] = (),
    min_severity: Severity | None = None,
    min_confidence: Confidence | None = None,
    config: str | os.PathLike[str] | None = None,
    baseline: str | os.PathLike[str] | None = None,
    isolated: bool = False,
    jobs: int | None = None,
) -> Report:
    """Find leaked credentials, as `twlint scan` does, with the same defaults and the same configuration files.

    The report is a value: nothing is printed, and no credential is shown by `str`, `repr` or a pickle of it;
    `finding.secret.reveal()` gives it. Findings that a comment or the baseline accepts are in `report.findings` with
    their status; `report.new()` are the others. A scan that did not see everything returns all the same:
    `report.coverage.complete` is false then, and `report.coverage.skipped` says what was not scanned and why.

    Example:
        >>> import linter
        >>> report = linter.scan("project", select="twitter", history=False)
        >>> [(each.rule, each.occurrences[0].path) for each in report.new()]
        [('twitter-bearer-token', 'project/bot.py')]

    Args:
        *paths: folders, repositories or files; `"-"` is standard input. None: the current folder.
        history: whether git's history is scanned; None: where there is one.
        since: only what the commits after this revision, up to HEAD, brought in.
        staged: only what would be committed now.
        select: only these rules, by id or first words.
        ignore: not these rules.
        exclude: paths not to scan, written as in .gitignore.
        min_severity: leave out what reaches less far.
        min_confidence: leave out what is less sure.
        config: this configuration file, and no other.
        baseline: the file of accepted findings.
        isolated: no configuration file or comment of the targets counts.
        jobs: threads; None: as many as there are processors.

    Raises:
        Error: bad input: no such path, revision or rule, a broken configuration, no git where it is needed.
    """
    if jobs is not None and jobs < 1:
        raise Error("jobs must be 1 or more")
    request = targets.requested(tuple(os.fspath(path) for path in paths), history=history, since=since, staged=staged)
    options = Options(
        select=rules.names(select),
        ignore=rules.names(ignore),
        exclude=tuple(exclude),
        min_severity=min_severity,
        min_confidence=min_confidence,
        config_file=Path(config) if config is not None else None,
        baseline=Path(baseline) if baseline is not None else None,
        isolated=isolated,
        jobs=jobs,
    )
    return scanning.report(request, options, scanning.settle(request, options))
