"""`twlint baseline`: accept what is known, keep that up to date, and judge it one by one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from linter import baseline, baseline_file, cover, regular_file, scanning
from linter.cli import baseline_audit, completion
from linter.cli.exit_codes import CLEAN, INCOMPLETE
from linter.cli.options import options_of, selection_options, watched
from linter.formats.text import counted, printable
from linter.model import Error, Status
from linter.scanning import Scanned, is_shown
from linter.targets import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.baseline import Baseline, Entry
    from linter.cover import Applied
    from linter.model import Finding

__all__ = ["command"]


_EXAMPLES = """\b
Examples:
  twlint baseline create                      accept what there is
  twlint baseline audit                       judge it one by one
  twlint scan --baseline .twlint-baseline     report what is new
  twlint baseline update                      remove what is gone
  twlint baseline import .gitleaksignore      take over what is accepted
"""


@click.group("baseline", epilog=_EXAMPLES)
def command() -> None:
    """Accept what is known, so that only what is new is reported.

    The baseline is a file, .twlint-baseline, of one line for each credential and path. It holds no secrets.
    """


_target = click.argument("target", default=".", shell_complete=completion.files)
_reason = click.option("--reason", default=baseline.UNJUDGED, show_default=True, help="Why all of them are accepted.")


class _Review(NamedTuple):
    """A scan of `target`, and what the baseline in `file` says of it."""

    target: str
    file: Path
    baseline: Baseline
    scanned: Scanned
    tree: baseline_file.Tree
    applied: Applied

    def new(self) -> list[tuple[Finding, tuple[Entry, ...]]]:
        """The findings that would be reported, each with the entries that cover some of its places."""
        return [
            (finding, claimed)
            for finding, claimed in zip(self.applied.report.findings, self.applied.claimed, strict=True)
            if finding.status is Status.NEW and is_shown(finding, self.scanned.config)
        ]

    def saved(self, made: Baseline) -> None:
        """Write `made` in the place of the baseline; a new one is made known to git."""
        is_first = not os.path.lexists(self.file)
        baseline_file.save(self.file, made)
        if is_first and (attributes := baseline_file.merged_by_git(self.file, self.target)) is not None:
            click.echo(f"{printable(str(attributes))}: now has git merge the baselines of two branches by itself.")

    def exit_code(self) -> int:
        """What a command returns that changed the baseline; tells of a scan that was incomplete."""
        if self.scanned.report.coverage.complete:
            return CLEAN
        click.echo("twlint: not everything was scanned: `twlint scan` tells what and why", err=True)
        return INCOMPLETE


def _review(target: str, given: dict[str, Any], load: Callable[[Path], Baseline]) -> _Review:
    request = Request(targets=(target,))
    options = options_of(given)
    settled = scanning.settle(request, options)
    file = baseline_file.default_file(target, settled.config)
    known = load(file)
    with watched(is_quiet=given["quiet"]) as watch:
        scanned = scanning.scan(request, options, settled, watch.progress, watch.stop)
    if watch.signalled:
        raise click.exceptions.Exit(128 + watch.signalled)
    tree = baseline_file.Tree(request, file)
    applied = cover.apply(scanned.report, known, tree.exists, tree.relative)
    return _Review(target, file, known, scanned, tree, applied)


def _none_yet(file: Path) -> Baseline:
    if os.path.lexists(file):
        raise Error(f"{file}: there is a baseline; `twlint baseline update --add` adds what is new to it")
    return baseline.empty()


def _one_if_any(file: Path) -> Baseline:
    return baseline_file.load(file) if os.path.lexists(file) else baseline.empty()


@command.command("create")
@_target
@_reason
@selection_options
def create(target: str, reason: str, **given: Any) -> int:
    """Accept everything that is found now in TARGET (default: the current folder)."""
    review = _review(target, given, _none_yet)
    findings = [finding for finding, _ in review.new()]
    made = [
        entry for each in findings for entry in baseline.accepted(review.baseline, each, reason, review.tree.relative)
    ]
    review.saved(baseline.changed(review.baseline, (), made))
    click.echo(f"{printable(str(review.file))}: accepted {counted(len(findings), 'finding')}.")
    if given["baseline"] or not review.scanned.config.baseline:
        click.echo(
            f"To use it: `twlint scan --baseline {printable(str(review.file))}`, or `baseline:` in .twlint.yaml."
        )
    if reason == baseline.UNJUDGED:
        click.echo("`twlint baseline audit` walks through what was accepted.")
    return review.exit_code()


@command.command("update", short_help="Remove entries that match nothing; follow renames.")
@_target
@click.option("--add", is_flag=True, help="Accept what is new, too.")
@_reason
@selection_options
def update(target: str, add: bool, reason: str, **given: Any) -> int:
    """Remove the entries that match nothing, and let the others follow renamed files.

    What is new is not accepted, unless --add says so.
    """
    review = _review(target, given, baseline_file.load)
    if not review.tree.has_history:
        raise Error(f"{target}: name the top of a repository with its whole history, or of a folder outside of git")
    if not review.scanned.report.coverage.complete:
        return review.exit_code()
    gone = baseline_file.stale(review.applied.unused, review.tree, review.scanned)
    entries = [entry for renewed in review.applied.renewed for entry in renewed]
    added = [
        entry
        for finding, claimed in (review.new() if add else [])
        for entry in baseline.accepted(review.baseline, finding, reason, review.tree.relative)
        if entry.path not in {each.path for each in claimed}
    ]
    made = baseline.changed(replace(review.baseline, entries=review.applied.unused), gone, [*entries, *added])
    # The key of a merged baseline is needed only as long as an entry has it.
    keys = made.keys[:1] if len(gone) == len(review.applied.unused) else made.keys
    review.saved(replace(made, keys=keys))
    for entry in gone:
        click.echo(f"removed: {printable(entry.rule)} at {printable(entry.path)} matches nothing")
    counts = f"{counted(len(made.entries), 'line')}, {len(gone)} removed, {len(added)} added"
    click.echo(f"{printable(str(review.file))}: {counts}.")
    return review.exit_code()


@command.command("audit")
@_target
@click.option("--all", "everything", is_flag=True, help="Also what was accepted for a reason.")
@selection_options
def audit(target: str, everything: bool, **given: Any) -> int:
    """Walk through what is new or not yet judged: keep it reported, ignore it with a reason, or look at it.

    Every answer is written at once.
    """
    review = _review(target, given, _one_if_any)
    judged = [
        (finding, claimed)
        for finding, claimed in zip(review.applied.report.findings, review.applied.claimed, strict=True)
        if finding.status is Status.BASELINED and (everything or baseline.UNJUDGED in finding.status_reason)
    ]
    made = review.baseline
    for number, (finding, claimed) in enumerate(queue := [*review.new(), *judged], 1):
        click.echo(f"\n[{number} of {len(queue)}]")
        answer = baseline_audit.ask(finding, review.tree.locate)
        if answer.is_last:
            break
        if answer.reason is not None:
            entries = baseline.accepted(review.baseline, finding, answer.reason, review.tree.relative)
        elif answer.is_reported and claimed:
            entries = ()
        else:
            continue
        made = baseline.changed(made, claimed, entries)
        review.saved(made)
    click.echo(f"{printable(str(review.file))}: {counted(len(made.entries), 'line')}.")
    return review.exit_code()


@command.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@_target
@selection_options
def import_file(source: Path, target: str, **given: Any) -> int:
    """Accept what another tool was told to ignore, as SOURCE says.

    SOURCE is a .gitleaksignore, a report of gitleaks in JSON, or a .secrets.baseline of detect-secrets. What is
    accepted is the credential found at the place that it names.
    """
    from linter import foreign_baselines

    what = regular_file.read(source, "a baseline", baseline_file.SIZE_LIMIT)
    foreign = foreign_baselines.parse(what, str(source))
    review = _review(target, given, _one_if_any)
    relative = review.tree.relative
    used = set()
    made: list[Entry] = []
    for finding, claimed in review.new():
        own = [known for known in foreign if foreign_baselines.covers(known, finding, relative)]
        used.update(own)
        notes = {known.path: known.note for known in own}
        made += (
            replace(entry, reason=f"{notes[entry.path]} ({source.name})")
            for entry in baseline.accepted(review.baseline, finding, source.name, relative)
            if entry.path in notes and entry.path not in {each.path for each in claimed}
        )
    review.saved(baseline.changed(review.baseline, (), made))
    for known in foreign:
        if known not in used:
            line = f":{known.line}" if known.line is not None else ""
            click.echo(f"not found: {printable(known.path)}{line} {printable(known.rule)}")
    click.echo(f"{printable(str(review.file))}: {len(used)} of {counted(len(foreign), 'line')} taken over.")
    return review.exit_code()
