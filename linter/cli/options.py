"""Options and steps that the commands which scan have in common."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from linter import config as configuration
from linter.cli.exit_codes import exit_code
from linter.cli.output import Outputs, progress_shown
from linter.formats import NAMES
from linter.globs import Globs
from linter.model import Confidence, Error, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from linter.config import Config
    from linter.model import Report
    from linter.stop import Stop
    from linter.targets import Request

__all__ = ["run", "scan_options"]


def scan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that scans."""
    severities = [severity.label for severity in sorted(Severity, reverse=True)]
    confidences = [confidence.label for confidence in sorted(Confidence, reverse=True)]
    options = [
        click.option("--select", multiple=True, metavar="RULE,…", help="Only these rules (ids or their first words)."),
        click.option("--ignore", multiple=True, metavar="RULE,…", help="Not these rules."),
        click.option("--exclude", multiple=True, metavar="GLOB", help="Paths not to scan, as in .gitignore."),
        click.option("--min-severity", type=click.Choice(severities), help="Leave out what reaches less far."),
        click.option("--min-confidence", type=click.Choice(confidences), help="Leave out what is less sure."),
        click.option("--format", "-f", "form", metavar="FORMAT", default="text", help=", ".join(NAMES) + "."),
        click.option("--output", "-o", multiple=True, metavar="[FORMAT=]FILE", help="Write the report to a file."),
        click.option("--show-secrets", is_flag=True, help="Show the credentials themselves."),
        click.option("--show-samples", is_flag=True, help="Report what a provider's documentation prints, too."),
        click.option("--exit-zero", is_flag=True, help="Findings do not make the exit code 1."),
        click.option("--jobs", "-j", type=click.IntRange(1, 256), metavar="N", help="Threads (default: processors)."),
        click.option("--config", "config_file", type=click.Path(path_type=Path), help="This configuration file."),
        click.option("--isolated", is_flag=True, help="Ignore configuration files and comments of the target."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours."),
        click.option("--quiet", "-q", is_flag=True, help="No progress on standard error."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def run(request: Request, given: dict[str, Any]) -> int:
    """Scan what is asked for, write the report and give the exit code; `given` are the values of `scan_options`.

    Raises:
        Error: bad input, of any kind.
    """
    outputs = Outputs(given["form"], given["output"], given["color"], show_secrets=given["show_secrets"])
    is_own = not given["isolated"] and all(_is_own(target) for target in request.targets)
    config, notices = _config(given, request, is_own=is_own)
    report, signalled = _scan(request, given, config, notices, is_own=is_own)
    report = _filtered(report, config)
    outputs.write(report)
    return 128 + signalled if signalled else exit_code(report, exit_zero=given["exit_zero"])


def _scan(
    request: Request, given: dict[str, Any], config: Config, notices: list[str], *, is_own: bool
) -> tuple[Report, int]:
    """The report, and the number of the signal that ended the scan early, or 0."""
    from linter import targets
    from linter.stop import Stop

    excluded = Globs(config.exclude) if config.exclude else None
    request = replace(request, excluded=excluded, allow_shallow=request.allow_shallow or config.allow_shallow)
    stop = Stop()
    with ExitStack() as stack, _Signals(stop) as signals, progress_shown(given["quiet"]) as progress:
        planned = targets.plan(request, stack, stop)
        # After the plan: git already works while these are imported and the rules are read.
        from linter import rule_files
        from linter import scan as pipeline
        from linter.rules import select

        known = rule_files.load([*rule_files.builtin_files(), *config.rules])
        rules = select(known, config.select, config.ignore)
        if not rules:
            raise Error("no rules are left to run; look at --select and --ignore")
        settings = pipeline.Settings(
            rules,
            frozenset(rule.id for rule in known),
            given["jobs"] or _processors(),
            excluded,
            config.accept_skips,
            honours_comments=is_own,
            shows_samples=given["show_samples"],
        )
        report = pipeline.scan(planned.parts, settings, [*notices, *planned.notices], progress, stop)
    coverage = replace(report.coverage, skipped=(*planned.skips, *report.coverage.skipped))
    return replace(report, coverage=coverage), signals.received


def _config(given: dict[str, Any], request: Request, *, is_own: bool) -> tuple[Config, list[str]]:
    """The configuration of the file, with what the command line says on top of it."""
    file, notice = given["config_file"], None
    if file is None and is_own and request.targets != ("-",):
        file, notice = _config_file(Path(request.targets[0]))
    config = configuration.load(file) if file else configuration.Config()
    changes: dict[str, Any] = {}
    for key in ("select", "ignore"):
        if given[key]:
            changes[key] = tuple(name.strip() for names in given[key] for name in names.split(",") if name.strip())
    if given["exclude"]:
        changes["exclude"] = (*config.exclude, *given["exclude"])
    if given["min_severity"]:
        changes["min_severity"] = Severity[given["min_severity"].upper()]
    if given["min_confidence"]:
        changes["min_confidence"] = Confidence[given["min_confidence"].upper()]
    return msgspec.structs.replace(config, **changes), [notice] if notice else []


def _config_file(target: Path) -> tuple[Path | None, str | None]:
    from linter import repository

    folder = target.resolve() if target.is_dir() else target.resolve().parent
    layout = repository.find(folder)
    return configuration.find(folder, layout.worktree or folder if layout else folder)


def _is_own(target: str) -> bool:
    """True if the target is the current folder's own: in the same repository, or at or below it."""
    from linter import repository

    if target == "-":
        return True
    path, here = Path(target).resolve(), Path.cwd()
    if path == here or here in path.parents:
        nested = repository.find(path) if path.is_dir() else None
        return nested is None or nested == repository.find(here)
    layout = repository.find(path if path.is_dir() else path.parent)
    return layout is not None and layout == repository.find(here)


def _filtered(report: Report, config: Config) -> Report:
    """The report without what the thresholds leave out, and with a notice of how much that is."""
    kept = tuple(
        finding
        for finding in report.findings
        if finding.severity >= config.min_severity and finding.confidence >= config.min_confidence
    )
    hidden = sum(finding.status is Status.NEW for finding in report.findings) - sum(
        finding.status is Status.NEW for finding in kept
    )
    if not hidden:
        return replace(report, findings=kept)
    notice = (
        f"{hidden} findings are below severity {config.min_severity.label} or confidence "
        f"{config.min_confidence.label}; --min-severity info --min-confidence low shows them"
    )
    return replace(report, findings=kept, notices=(*report.notices, notice))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Signals:
    """Turns the first SIGINT or SIGTERM into a stop, so that what was found is still reported; the second ends it."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self.received = 0

    def __enter__(self) -> _Signals:
        self._before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.received:
            os._exit(128 + number)
        self.received = number
        self._stop.set()


_SIGNALS = (signal.SIGINT, signal.SIGTERM)
