"""Scans of repositories, and what a test asks of their reports."""

from __future__ import annotations

import io
import os
import sys
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from linter import targets
from linter.cli import main
from linter.parts import HistoryPart
from linter.stop import Stop
from tests import batches
from tests.command import Report, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.command import Twlint

__all__ = ["SHOWN", "call", "delivered_blobs", "failures", "kinds", "run", "scan", "values"]

SHOWN = ("--format", "json", "--show-secrets")
"""Options for a report that shows the credentials."""


@contextmanager
def _surroundings(folder: Path, env: Mapping[str, str], arguments: list[str]) -> Iterator[None]:
    """The current folder, the environment and the arguments of a command, while the block runs."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with mock.patch.dict(os.environ, env), mock.patch.object(sys, "argv", ["twlint", *arguments]):
            yield
    finally:
        os.chdir(before)


def call(
    twlint: Twlint,
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Result:
    """How a command ends, run in this process: eight times as fast as one of its own."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with (
        _surroundings(cwd or twlint.folder, env or {}, [str(each) for each in arguments]),
        redirect_stdout(out),
        redirect_stderr(errors),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    texts = []
    for stream in (out, errors):
        stream.flush()
        stream.seek(0)
        texts.append(stream.read())
    assert isinstance(code, int)
    return Result(code, *texts)


def run(
    twlint: Twlint,
    *options: str | Path,
    command: str = "scan",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Result:
    """How a command that scans ends, with a report that shows the credentials."""
    return call(twlint, command, *SHOWN, *options, cwd=cwd, env=env)


def scan(twlint: Twlint, *options: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Report:
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
    found: set[bytes] = set()
    with ExitStack() as stack:
        planned = targets.plan(targets.Request((str(folder),), history=True), stack, Stop())
        for part in planned.parts:
            if isinstance(part, HistoryPart):
                for batch in batches.read(part):
                    found.update(batch.keys if batch.last else ())
    return {key.partition(b" ")[0].decode() for key in found if key.endswith(b" blob")}
