"""Options and steps that the commands which scan have in common."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from linter.cli.configured import allowances_of, configured, is_own, rules_of, severities_of
from linter.cli.exit_codes import exit_code
from linter.cli.output import Outputs, progress_shown
from linter.formats import NAMES
from linter.globs import Globs
from linter.model import Confidence, Error, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from linter.cli.configured import Configured
    from linter.config import Config
    from linter.model import Finding, Report
    from linter.stop import Stop
    from linter.targets import Request

__all__ = ["Scanned", "is_shown", "run", "scan", "scan_options", "selection_options", "settle"]


class Scanned(NamedTuple):
    """A scan that has ended.

    Attributes:
        report: everything that was found, judged by the configuration.
        config: that configuration.
        signalled: the number of the signal that ended the scan early, or 0.
        known: the ids of all rules.
        active: the ids of those that were looked for.
    """

    report: Report
    config: Config
    signalled: int
    known: frozenset[str]
    active: frozenset[str]


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is looked for, and how."""
    severities = [severity.label for severity in sorted(Severity, reverse=True)]
    confidences = [confidence.label for confidence in sorted(Confidence, reverse=True)]
    file = click.Path(path_type=Path)
    options = [
        click.option("--select", multiple=True, metavar="RULE,…", help="Only these rules (ids or their first words)."),
        click.option("--ignore", multiple=True, metavar="RULE,…", help="Not these rules."),
        click.option("--exclude", multiple=True, metavar="GLOB", help="Paths not to scan, as in .gitignore."),
        click.option("--archives/--no-archives", default=None, help="Open archives, databases, documents (default)."),
        click.option("--show-samples", is_flag=True, help="Report what a provider's documentation prints, too."),
        _settable("--min-severity", type=click.Choice(severities), help="Leave out what reaches less far."),
        _settable("--min-confidence", type=click.Choice(confidences), help="Leave out what is less sure."),
        _settable("--jobs", "-j", type=click.IntRange(1, 256), metavar="N", help="Threads (default: processors)."),
        _settable("--config", "config_file", type=file, metavar="FILE", help="This configuration file."),
        _settable("--baseline", type=file, metavar="FILE", help="The file of accepted findings."),
        _settable("--isolated", is_flag=True, help="Ignore configuration files and comments of the target."),
        _settable("--quiet", "-q", is_flag=True, help="No progress on standard error."),
    ]
    return _decorated(command, options)


def scan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that scans and reports."""
    colors = click.Choice(["auto", "always", "never"])
    options = [
        _settable("--format", "-f", "form", metavar="FORMAT", default="text", help=", ".join(NAMES) + "."),
        click.option("--output", "-o", multiple=True, metavar="[FORMAT=]FILE", help="Write the report to a file."),
        click.option("--show-secrets", is_flag=True, help="Show the credentials themselves."),
        click.option("--exit-zero", is_flag=True, help="Findings do not make the exit code 1."),
        _settable("--color", type=colors, default="auto", help="Colours."),
    ]
    return selection_options(_decorated(command, options))


def _settable(*names: str, **how: Any) -> Callable[..., Any]:
    """An option that a variable may set too: `TWLINT_` and its name."""
    return click.option(*names, envvar=f"TWLINT_{names[0].lstrip('-').replace('-', '_').upper()}", **how)


def _decorated(command: Callable[..., Any], options: list[Callable[..., Any]]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def run(request: Request, given: dict[str, Any]) -> int:
    """Scan what is asked for, write the report and give the exit code; `given` are the values of `scan_options`.

    Raises:
        Error: bad input, of any kind.
    """
    outputs = Outputs(given["form"], given["output"], given["color"], show_secrets=given["show_secrets"])
    settled = settle(request, given)
    cover = _cover(request, settled.config.baseline)
    scanned = scan(request, given, settled)
    report = _shown(cover(scanned), settled.config)
    outputs.write(report)
    return 128 + scanned.signalled if scanned.signalled else exit_code(report, exit_zero=given["exit_zero"])


def settle(request: Request, given: dict[str, Any]) -> Configured:
    """The configuration for a scan."""
    return configured(given, request.targets[0], is_own=_is_trusted(request, given))


def _is_trusted(request: Request, given: dict[str, Any]) -> bool:
    """True if the configuration and the comments of the targets count."""
    return not given["isolated"] and all(is_own(target) for target in request.targets)


def _cover(request: Request, file: Path | None) -> Callable[[Scanned], Report]:
    """What marks the findings that the baseline in `file` covers, and tells of entries that match nothing.

    Raises:
        Error: the baseline cannot be read.
    """
    if file is None:
        return lambda scanned: scanned.report
    from linter.cli import baseline_file
    from linter.cover import apply

    baseline, tree = baseline_file.load(file), baseline_file.Tree(request, file)

    def covered(scanned: Scanned) -> Report:
        applied = apply(scanned.report, baseline, tree.exists, tree.relative)
        told = baseline_file.tell(file, baseline_file.stale(applied.unused, tree, scanned))
        return replace(applied.report, notices=(*applied.report.notices, *told))

    return covered


def scan(request: Request, given: dict[str, Any], settled: Configured) -> Scanned:
    """Scan what is asked for, and judge it by the configuration.

    Raises:
        Error: bad input, of any kind.
    """
    from linter import targets
    from linter.stop import Stop

    config = settled.config
    excluded = Globs(config.exclude) if config.exclude else None
    request = replace(request, excluded=excluded, allow_shallow=request.allow_shallow or config.allow_shallow)
    stop = Stop()
    with ExitStack() as stack, _Signals(stop) as signals, progress_shown(given["quiet"]) as progress:
        planned = targets.plan(request, stack, stop)
        # After the plan: git already works while these are imported and the rules are read.
        from linter import all_rules, overrides
        from linter import scan as pipeline

        known = all_rules.load(config.rules)
        rules, left_out = rules_of(known, settled)
        severities, allowances = severities_of(config, known), allowances_of(config, known)
        if not rules:
            raise Error("no rules are left to run; look at --select and --ignore")
        settings = pipeline.Settings(
            rules,
            frozenset(rule.id for rule in known),
            given["jobs"] or _processors(),
            excluded,
            config.accept_skips,
            honours_comments=_is_trusted(request, given),
            honoured=config.honour,
            shows_samples=given["show_samples"],
            opens_archives=config.archives,
        )
        notices = [*settled.notices, *left_out, *planned.notices]
        report = pipeline.scan(planned.parts, settings, notices, progress, stop)
    coverage = replace(report.coverage, skipped=(*planned.skips, *report.coverage.skipped))
    is_whole = coverage.complete and not config.select and not config.ignore and _is_whole(request)
    report = overrides.apply(
        replace(report, coverage=coverage), severities, allowances, datetime.now(timezone.utc).date(), is_whole=is_whole
    )
    return Scanned(report, config, signals.received, settings.rule_ids, frozenset(rule.id for rule in rules))


def _is_whole(request: Request) -> bool:
    """True if all is scanned that the configuration speaks of: a whole folder or repository, with its history."""
    from linter import repository

    path, *others = map(Path, request.targets)
    is_part = request.staged or request.indexed is not None or request.commits is not None or request.history is False
    if others or is_part or not path.is_dir():
        return False
    layout = repository.find(path)
    return layout is None or layout.worktree is None or layout.worktree.resolve() == path.resolve()


def is_shown(finding: Finding, config: Config) -> bool:
    """True if the thresholds let the finding pass."""
    return finding.severity >= config.min_severity and finding.confidence >= config.min_confidence


def _shown(report: Report, config: Config) -> Report:
    """The report without what the thresholds leave out, and with a notice of how much that is."""
    kept = tuple(finding for finding in report.findings if is_shown(finding, config))
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
