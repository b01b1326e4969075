"""Where a report goes: standard output, files, and progress on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from linter import formats, regular_file
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.model import Report
    from linter.pipeline import Progress

__all__ = ["Outputs", "progress_shown", "wants_colour"]

PROGRESS_AFTER = 1.0
PROGRESS_EVERY = 0.1


class Outputs:
    """The formats and files that were asked for, checked before the scan starts.

    Raises:
        Error: an unknown format, a folder that does not exist, or secrets or statistics in a format that never holds
            them.
    """

    def __init__(
        self,
        form: str,
        files: tuple[str, ...],
        color: str,
        *,
        show_secrets: bool,
        statistics: bool,
        quiet: bool,
        verbose: bool,
    ) -> None:
        self._show_secrets = show_secrets
        self._color = color
        self._statistics = statistics
        self._is_quiet = quiet
        self._is_verbose = verbose
        self._files: list[tuple[str, Path]] = []
        for written in files:
            name, sign, rest = written.partition("=")
            self._files.append((name, Path(rest)) if sign and name in formats.NAMES else (form, Path(written)))
        self._form = form
        for asked in (form, *(each for each, _ in self._files)):
            if asked not in formats.NAMES:
                raise Error(f"no format is named {asked}; known are {', '.join(formats.NAMES)}")
            if show_secrets and asked not in formats.SHOW_SECRETS:
                able = ", ".join(formats.SHOW_SECRETS)
                raise Error(f"{asked} never holds secrets; --show-secrets works for {able}")
            if statistics and asked != "text":
                raise Error(f"{asked} has its own form; --statistics works for text")
        for _, path in self._files:
            if not path.absolute().parent.is_dir():
                raise Error(f"{path}: there is no folder {path.parent}")

    def write(self, report: Report) -> None:
        """Write the report to every file, or to standard output if there is none.

        Quiet, nothing is said to a person of a scan that is complete and found nothing.

        Raises:
            Error: a file cannot be written; the numbers are then told on standard error, for nothing is lost.
        """
        for name, file in self._files:
            text = self._text(name, report)
            try:
                regular_file.write(file, text.encode("utf-8", "surrogateescape"), is_private=self._show_secrets)
            except OSError as error:
                found = len(report.new())
                raise Error(f"{file}: the report cannot be written: {error.strerror} ({found} findings)") from None
        is_dull = self._form == "text" and report.coverage.complete and not report.new()
        if not self._files and not (self._is_quiet and is_dull):
            self._print(report)

    def _text(self, name: str, report: Report, *, is_coloured: bool = False) -> str:
        if self._statistics:
            from linter.formats.text import render_statistics

            return render_statistics(report)
        if name == "text":
            from linter.formats.text import render

            return render(report, self._show_secrets, is_coloured=is_coloured, is_verbose=self._is_verbose)
        return formats.renderer(name)(report, self._show_secrets)

    def _print(self, report: Report) -> None:
        data = self._text(self._form, report, is_coloured=wants_colour(self._color)).encode("utf-8", "replace")
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


def wants_colour(color: str) -> bool:
    """By option, then NO_COLOR (no-color.org), then FORCE_COLOR and CLICOLOR_FORCE, then by the terminal."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


@contextlib.contextmanager
def progress_shown(is_quiet: bool) -> Iterator[Progress | None]:
    """What shows the bytes scanned so far, on standard error and only at a terminal; None where nobody looks."""
    if is_quiet or not sys.stderr.isatty():
        yield None
        return
    started = shown = time.monotonic()

    def show(done: int, share: float | None) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - started < PROGRESS_AFTER or now - shown < PROGRESS_EVERY:
            return
        shown = now
        reached = f"{min(share, 1):4.0%}, " if share is not None else ""
        megabytes = done / 1e6
        sys.stderr.write(f"\r\x1b[Kscanning: {reached}{megabytes:,.0f} MB, {megabytes / (now - started):,.0f} MB/s")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
