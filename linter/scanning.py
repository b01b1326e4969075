"""From a request and options to a judged report: what the commands that scan and `linter.scan` have in common."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from linter.configured import allowances_of, configured, is_own, rules_of, severities_of
from linter.globs import Globs
from linter.model import Error, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.config import Config
    from linter.configured import Configured, Options
    from linter.model import Finding, Report
    from linter.pipeline import Progress
    from linter.stop import Stop
    from linter.targets import Request

__all__ = ["Scanned", "files", "is_shown", "report", "scan", "settle"]


class Scanned(NamedTuple):
    """A scan that has ended.

    Attributes:
        report: everything that was found, judged by the configuration.
        config: that configuration.
        known: the ids of all rules.
        active: the ids of those that were looked for.
    """

    report: Report
    config: Config
    known: frozenset[str]
    active: frozenset[str]


def settle(request: Request, options: Options) -> Configured:
    """The configuration for a scan.

    Raises:
        Error: its file cannot be read or is wrong.
    """
    return configured(options, request.targets[0], is_own=_is_trusted(request, options))


def _is_trusted(request: Request, options: Options) -> bool:
    """True if the configuration and the comments of the targets count."""
    return not options.isolated and all(is_own(target) for target in request.targets)


def report(
    request: Request,
    options: Options,
    settled: Configured,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Report:
    """Scan what is asked for: what the baseline covers is marked, what the thresholds leave out is not there.

    Raises:
        Error: bad input, of any kind.
    """
    covered = _cover(request, settled.config.baseline)
    scanned = scan(request, options, settled, progress, stop)
    return _shown(covered(scanned), settled.config)


def _cover(request: Request, file: Path | None) -> Callable[[Scanned], Report]:
    """What marks the findings that the baseline in `file` covers, and tells of entries that match nothing.

    Raises:
        Error: the baseline cannot be read.
    """
    if file is None:
        return lambda scanned: scanned.report
    from linter import baseline_file
    from linter.cover import apply

    baseline, tree = baseline_file.load(file), baseline_file.Tree(request, file)

    def covered(scanned: Scanned) -> Report:
        applied = apply(scanned.report, baseline, tree.exists, tree.relative)
        told = baseline_file.tell(file, baseline_file.stale(applied.unused, tree, scanned))
        return replace(applied.report, notices=(*applied.report.notices, *told))

    return covered


def scan(
    request: Request,
    options: Options,
    settled: Configured,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Scanned:
    """Scan what is asked for to its end or until `stop` is set, and judge it by the configuration.

    Raises:
        Error: bad input, of any kind.
    """
    from linter import targets
    from linter.helper import Helpers
    from linter.stop import Stop

    config = settled.config
    request = _narrowed(request, config)
    stop = stop or Stop()
    jobs = options.jobs or _processors()
    with ExitStack() as stack:
        planned = targets.plan(request, stack, stop)
        helpers = stack.enter_context(Helpers(stop))
        helpers.start(planned.helpers(jobs))
        # After the plan: git and helpers already work while these are imported and the rules are read.
        from linter import all_rules, overrides, pipeline, slices

        if config.sinks:
            from linter import sinks

            sinks.load([*sinks.builtin_files(), *config.sinks])
        known = all_rules.load(config.rules)
        rules, left_out = rules_of(known, settled)
        severities, allowances = severities_of(config, known), allowances_of(config, known)
        if not rules:
            raise Error("no rules are left to run; look at --select and --ignore")
        settings = slices.Settings(
            rules,
            frozenset(rule.id for rule in known),
            jobs,
            request.excluded,
            config.accept_skips,
            honours_comments=_is_trusted(request, options),
            honoured=config.honour,
            shows_samples=options.show_samples,
            sinks=config.sinks,
            opens_archives=config.archives,
        )
        notices = [*settled.notices, *left_out, *planned.notices]
        made = pipeline.scan(planned.parts, settings, helpers, notices, progress, stop)
    coverage = replace(made.coverage, skipped=(*planned.skips, *made.coverage.skipped))
    is_whole = coverage.complete and not config.select and not config.ignore and _is_whole(request)
    today = datetime.now(timezone.utc).date()
    judged = overrides.apply(replace(made, coverage=coverage), severities, allowances, today, is_whole=is_whole)
    return Scanned(judged, config, settings.rule_ids, frozenset(rule.id for rule in rules))


def _is_whole(request: Request) -> bool:
    """True if all is scanned that the configuration speaks of: a whole folder or repository, with its history."""
    from linter import repository

    path, *others = map(Path, request.targets)
    is_part = request.staged or request.indexed is not None or request.commits is not None or request.history is False
    if others or is_part or not path.is_dir():
        return False
    layout = repository.find(path)
    return layout is None or layout.worktree is None or layout.worktree.resolve() == path.resolve()


def files(request: Request, settled: Configured) -> list[str]:
    """The files that would be scanned, as reports name them, sorted; the history is left out.

    Raises:
        Error: a target does not exist, or there is no file to scan.
    """
    from linter import targets
    from linter.stop import Stop

    has_modes = request.staged or request.indexed is not None
    request = _narrowed(request if has_modes else replace(request, history=False), settled.config)
    with ExitStack() as stack:
        planned = targets.plan(request, stack, Stop())
        return sorted({path for part in planned.parts for path in part.paths()})


def _narrowed(request: Request, config: Config) -> Request:
    """What is asked for, without what the configuration excludes."""
    excluded = Globs(config.exclude) if config.exclude else None
    return replace(request, excluded=excluded, allow_shallow=request.allow_shallow or config.allow_shallow)


def is_shown(finding: Finding, config: Config) -> bool:
    """True if the thresholds let the finding pass."""
    return finding.severity >= config.min_severity and finding.confidence >= config.min_confidence


def _shown(made: Report, config: Config) -> Report:
    """The report without what the thresholds leave out, and with a notice of how much that is."""
    kept = tuple(finding for finding in made.findings if is_shown(finding, config))
    hidden = len(made.new()) - sum(finding.status is Status.NEW for finding in kept)
    if not hidden:
        return replace(made, findings=kept)
    notice = (
        f"{hidden} findings are below severity {config.min_severity.label} or confidence "
        f"{config.min_confidence.label}; --min-severity info --min-confidence low shows them"
    )
    return replace(made, findings=kept, notices=(*made.notices, notice))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
