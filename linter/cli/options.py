"""Options and steps that the commands which scan have in common."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linter import scanning
from linter.cli import completion
from linter.cli.exit_codes import exit_code
from linter.cli.output import Outputs, progress_shown
from linter.configured import Options
from linter.formats import NAMES
from linter.formats.text import printable
from linter.model import Confidence, Severity
from linter.rules import names
from linter.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from linter.configured import Configured
    from linter.pipeline import Progress
    from linter.targets import Request

__all__ = ["Watch", "options_of", "run", "scan_options", "selection_options", "settled_options", "watched"]


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is looked for, and how."""
    severities = [severity.label for severity in sorted(Severity, reverse=True)]
    confidences = [confidence.label for confidence in sorted(Confidence, reverse=True)]
    file = click.Path(path_type=Path)
    options = [
        _rules_option("--select", help="Only these rules (ids or their first words)."),
        _rules_option("--ignore", help="Not these rules."),
        click.option("--exclude", multiple=True, metavar="GLOB", help="Paths not to scan, as in .gitignore."),
        click.option("--archives/--no-archives", default=None, help="Open archives, databases, documents (default)."),
        click.option("--show-samples", is_flag=True, help="Report what a provider's documentation prints, too."),
        _settable("--min-severity", type=click.Choice(severities), help="Leave out what reaches less far."),
        _settable("--min-confidence", type=click.Choice(confidences), help="Leave out what is less sure."),
        _settable("--jobs", "-j", type=click.IntRange(1, 256), metavar="N", help="Threads (default: processors)."),
        _settable("--config", "config_file", type=file, metavar="FILE", help="This configuration file."),
        _settable("--baseline", type=file, metavar="FILE", help="The file of accepted findings."),
        _settable("--isolated", is_flag=True, help="Ignore configuration files and comments of the target."),
        _settable("--quiet", "-q", is_flag=True, help="No progress, and no text if nothing is found."),
    ]
    return _decorated(command, options)


def settled_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`selection_options`, and what else may be settled for every scan by a variable."""
    colors = click.Choice(["auto", "always", "never"])
    options = [
        _settable(
            "--format",
            "-f",
            "form",
            metavar="FORMAT",
            default="text",
            shell_complete=completion.formats,
            help=", ".join(NAMES) + ".",
        ),
        _settable("--color", type=colors, default="auto", help="Colours."),
        _settable("--verbose", "-v", is_flag=True, help="Tell more, and all by name; stronger than --quiet."),
    ]
    return selection_options(_decorated(command, options))


def scan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that scans and reports."""
    options = [
        click.option(
            "--output",
            "-o",
            multiple=True,
            metavar="[FORMAT=]FILE",
            shell_complete=completion.files,
            help="Write the report to a file.",
        ),
        click.option("--statistics", is_flag=True, help="Counts by rule in the place of the findings."),
        click.option("--show-secrets", is_flag=True, help="Show the credentials themselves."),
        click.option("--exit-zero", is_flag=True, help="Findings do not make the exit code 1."),
    ]
    return settled_options(_decorated(command, options))


def _rules_option(flag: str, **how: Any) -> Callable[..., Any]:
    return click.option(flag, multiple=True, metavar="RULE,…", shell_complete=completion.rule_names, **how)


def _settable(*flags: str, **how: Any) -> Callable[..., Any]:
    """An option that a variable may set too: `TWLINT_` and its name."""
    return click.option(*flags, envvar=f"TWLINT_{flags[0].lstrip('-').replace('-', '_').upper()}", **how)


def _decorated(command: Callable[..., Any], options: list[Callable[..., Any]]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def options_of(given: dict[str, Any]) -> Options:
    """The values of `selection_options`, in their types."""
    severity, confidence = given["min_severity"], given["min_confidence"]
    return Options(
        select=names(given["select"]),
        ignore=names(given["ignore"]),
        exclude=given["exclude"],
        min_severity=Severity[severity.upper()] if severity else None,
        min_confidence=Confidence[confidence.upper()] if confidence else None,
        **{name: given[name] for name in ("config_file", "baseline", "isolated", "jobs", "show_samples", "archives")},
    )


def run(request: Request, given: dict[str, Any]) -> int:
    """Scan what is asked for, write the report and give the exit code; `given` are the values of `scan_options`.

    Raises:
        Error: bad input, of any kind.
    """
    ways = {name: given[name] for name in ("show_secrets", "statistics", "verbose")}
    is_quiet = given["quiet"] and not given["verbose"]
    outputs = Outputs(given["form"], given["output"], given["color"], quiet=is_quiet, **ways)
    options = options_of(given)
    settled = scanning.settle(request, options)
    started = time.monotonic()
    with watched(is_quiet=is_quiet) as watch:
        report = scanning.report(request, options, settled, watch.progress, watch.stop)
    if given["verbose"]:
        _tell(settled, time.monotonic() - started)
    outputs.write(report)
    return 128 + watch.signalled if watch.signalled else exit_code(report, exit_zero=given["exit_zero"])


def _tell(settled: Configured, seconds: float) -> None:
    """Say on standard error what a report does not hold: it is the same from run to run."""
    files = {"configuration": settled.file, "baseline": settled.config.baseline}
    for what, file in files.items():
        click.echo(f"twlint: {what}: {printable(str(file)) if file else 'none'}", err=True)
    click.echo(f"twlint: scanned in {seconds:.2f} s", err=True)


class Watch:
    """A scan under way, as the user sees and ends it.

    The first SIGINT or SIGTERM becomes a stop, so that what was found is still reported; the second ends it at once.

    Attributes:
        progress: what shows how far it is, or None where nobody looks.
        stop: the wish to end it.
        signalled: the number of the signal that came, or 0.
    """

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.stop = Stop()
        self.signalled = 0

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Take in a signal."""
        if self.signalled:
            os._exit(128 + number)
        self.signalled = number
        self.stop.set()


@contextmanager
def watched(*, is_quiet: bool) -> Iterator[Watch]:
    """The watch over the scan in the block."""
    with progress_shown(is_quiet) as progress:
        watch = Watch(progress)
        before = {number: signal.signal(number, watch.on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield watch
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
