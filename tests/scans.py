"""Scans of repositories, and what a test asks of their reports."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from linter import targets
from linter.parts import HistoryPart
from linter.stop import Stop
from tests.command import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.command import Result, Twlint

__all__ = ["delivered_blobs", "failures", "kinds", "run", "scan", "values"]


def run(
    twlint: Twlint,
    *options: str | Path,
    command: str = "scan",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
) -> Result:
    """Run twlint with a report that shows the credentials."""
    shown = ("--format", "json", "--show-secrets")
    return twlint(command, *shown, *options, cwd=cwd, env=env, timeout=timeout)


def scan(
    twlint: Twlint, *options: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Report:
    """The report of a scan, of which there must be one."""
    result = run(twlint, *options, cwd=cwd, env=env)
    assert result.stdout, result.stderr
    return result.report


def values(report: Report) -> set[str]:
    """The credentials that were found, suppressed ones too."""
    return {finding["secret"]["value"] for finding in report["findings"]}


def failures(report: Report) -> list[str]:
    """The names of the units that make the scan incomplete."""
    return [skip["path"] for skip in report["coverage"]["skipped"] if skip["kind"] != "excluded"]


def kinds(report: Report) -> dict[str, str]:
    """The skipped units, and how each is counted."""
    return {skip["path"]: skip["kind"] for skip in report["coverage"]["skipped"]}


def delivered_blobs(folder: Path) -> set[str]:
    """The ids of the blobs that a scan of the history of `folder` reads to their end."""
    found = set()
    with ExitStack() as stack:
        planned = targets.plan(targets.Request((str(folder),), history=True), stack, Stop())
        for part in planned.parts:
            if isinstance(part, HistoryPart):
                for batch in part.slices(1)[0]:
                    found.update(batch.keys if batch.last else ())
    return {key.partition(b" ")[0].decode() for key in found if key.endswith(b" blob")}
