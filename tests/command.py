"""The real command, run as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["COMMAND", "Report", "Result", "Twlint"]

COMMAND = (sys.executable, "-m", "linter")

Report = dict[str, Any]
"""A parsed JSON report."""


class Result(NamedTuple):
    """How a run ended and what it wrote."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def report(self) -> Report:
        """The JSON report on standard output."""
        report: Report = json.loads(self.stdout)
        return report

    @property
    def lines(self) -> list[Report]:
        """The JSON Lines on standard output."""
        return [json.loads(line) for line in self.stdout.split("\n") if line]


class Twlint:
    """Runs `twlint`.

    Args:
        folder: the current folder of the runs, unless a run names another.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *arguments: str | bytes | Path,
        cwd: Path | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Result:
        """Run the command to its end; `env` is set on top of the test's environment."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=cwd or self.folder,
            input=stdin,
            env={**os.environ, **(env or {})},
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        stdout, stderr = (each.decode("utf-8", "surrogateescape") for each in (done.stdout, done.stderr))
        return Result(done.returncode, stdout, stderr)

    def json(self, *arguments: str | bytes | Path, **how: Any) -> Report:
        """The JSON report of `twlint scan`, whatever its exit code."""
        result = self("scan", "--format", "json", *arguments, **how)
        assert result.stdout, result.stderr
        return result.report
