"""The pipeline: parts give batches, batches matches, matches findings, and all of it a report."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from linter import matcher, sites
from linter.file_rules import FileRules
from linter.findings import Sighting, gather
from linter.members import innermost
from linter.model import COMPLETE, Batch, Coverage, Report, Skip, SkipKind, State
from linter.parsed import for_history
from linter.python_paths import SUFFIXES
from linter.scope import Scope
from linter.slices import Outcome, Settings, Slice, Workshop
from linter.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from linter.examine import Examined
    from linter.helper import Helper, Helpers
    from linter.matcher import Engine
    from linter.model import Commit, Place
    from linter.parts import Part
    from linter.sources.errand import Errand

__all__ = ["Progress", "scan"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

Progress = Callable[[int, "float | None"], None]
"""Called with the bytes scanned so far and which share of all contents that is, from 0 to 1, if it is known."""


def scan(
    parts: Sequence[Part],
    settings: Settings,
    helpers: Helpers,
    notices: Sequence[str] = (),
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Report:
    """Scan `parts` to their end, or until `stop` is set, with `helpers` where there is much of them.

    Raises:
        Error: a rule's pattern cannot be compiled.
    """
    stop = stop or Stop()
    engine, slow = matcher.choose(settings.rules, lambda: _size(parts))
    run = _Run(settings, engine, helpers, parts, progress, stop)
    coverage = Coverage()
    for part in parts:
        coverage = _sum(coverage, run.scan(part))
    findings = (
        gather(run.sightings, settings.rules, run.commits, sites.builtin(), shows_samples=settings.shows_samples)
        if run.sightings
        else ()
    )
    told = [*notices, *([slow] if slow else []), *run.notices()]
    return Report(findings, replace(coverage, bytes=run.done), tuple(told))


def _size(parts: Sequence[Part]) -> int | None:
    sizes = [part.size() for part in parts]
    return None if None in sizes else sum(size or 0 for size in sizes)


class _Run:
    """One scan under way."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        helpers: Helpers,
        parts: Sequence[Part],
        progress: Progress | None,
        stop: Stop,
    ) -> None:
        self._settings = settings
        self._workshop = Workshop(settings, engine, stop)
        self._helpers = helpers
        self._parts = parts
        self._progress = progress
        self._contents = 0
        self._stop = stop
        self._lock = threading.Lock()
        self._stale: list[str] = []
        self._unread: Counter[str] = Counter()
        self._unheeded = 0
        self._excluded = 0
        self._scope = Scope(settings.rules)
        self._on_paths = frozenset(rule.id for rule in settings.rules if rule.is_on_paths)
        self.done = 0
        self.sightings: list[Sighting] = []
        self.commits: dict[str, Commit] = {}

    def scan(self, part: Part) -> Coverage:
        """Scan one part and account for it."""
        outcomes = _in_threads(partial(self._scan_slice, part), part.slices(self._settings.jobs))
        delivered = set().union(*(outcome.delivered for outcome in outcomes))
        again = self._early(part)
        renewed = {each.key for each in again}
        examined = [each for outcome in outcomes for each in outcome.examined if each.key not in renewed] + again
        if part.is_past:
            examined = list(self._without_unread(examined))
        examined, inside = innermost(examined, (each for outcome in outcomes for each in outcome.inside))
        for seen in (examined, inside):
            seen.sort(key=attrgetter("key"))  # threads see contents in any order
        account = part.account(delivered, {each.key for each in examined} | {each.key for each in inside})
        if self._stop.is_set():
            account = replace(account, coverage=_interrupted(account.coverage))
        self.commits |= account.commits
        skips = [*account.coverage.skipped]
        for each in examined:
            places = account.places.get(each.key, [])
            skips += self._tell(each, places, account.blobs.get(each.key))
            self._tell_stale(each, places)
        for member in inside:
            places = [member.place(place) for place in account.places.get(member.key, [])]
            found = member.examined._replace(matches=self._scope.credentials(member.examined.matches))
            skips += self._tell(found, places, account.blobs.get(member.key))
        members = sum(outcome.members for outcome in outcomes)
        judged = tuple(self._judged(skip) for skip in skips)
        return replace(account.coverage, members=members, skipped=judged)

    def _scan_slice(self, part: Part, stream: Iterator[Batch | Errand]) -> Outcome:
        outcome = Outcome()
        with Slice(self._workshop, is_past=part.is_past) as here, self._helpers.one() as helper:
            for batch in self._left(stream, helper, outcome):
                if self._stop.is_set():
                    break
                self._tell_progress(here.examine(batch, part.opened), len(batch.keys) if batch.last else 0)
            outcome.add(here.outcome())
        return outcome

    def _left(self, stream: Iterator[Batch | Errand], helper: Helper, outcome: Outcome) -> Iterator[Batch]:
        """The batches to be examined here, also of errands that the helper is lost for; `outcome` gets the rest."""
        for item in stream:
            if isinstance(item, Batch):
                yield item
            elif (found := helper.run(item, self._settings)) is None:
                yield from item.batches()
            else:
                outcome.add(found)
                self._tell_progress(found.size, len(found.delivered))

    def _tell_progress(self, size: int, contents: int) -> None:
        with self._lock:
            self.done += size
            self._contents += contents
            if self._progress:
                self._progress(self.done, self._share())

    def _early(self, part: Part) -> list[Examined]:
        """What there is to tell of files that went through the scan before their paths were known, which say more."""
        if self._stop.is_set() or not part.is_past:
            return []
        suffixes = SUFFIXES if for_history(self._settings.rules) else ()
        files = FileRules(self._settings.rules)

        def is_wanted(path: bytes) -> bool:
            return path.lower().endswith(suffixes) or bool(files.of(path))

        def look(batches: Iterator[Batch]) -> list[Examined]:
            examined: list[Examined] = []
            with ExitStack() as stack:
                examiner = self._workshop.examiner(stack, is_past=part.is_past)
                for batch in batches:
                    if self._stop.is_set():
                        break
                    examined += examiner.examine(batch)
            return examined

        return [each for found in _in_threads(look, part.early(self._settings.jobs, is_wanted)) for each in found]

    def _without_unread(self, examined: Iterable[Examined]) -> Iterator[Examined]:
        """What was found in a history, where sources that AST rules could not read are counted and not named."""
        for each in examined:
            degraded = {fault for fault in each.faults if fault.kind is SkipKind.DEGRADED}
            self._unread.update(fault.reason for fault in degraded)
            rest = each._replace(faults=each.faults - degraded)
            if rest.matches or rest.faults:
                yield rest

    def _share(self) -> float | None:
        """Which share of all contents was scanned, if their number is known."""
        counts = [part.count() for part in self._parts]
        return None if None in counts else self._contents / (sum(count or 0 for count in counts) or 1)

    def _tell(self, examined: Examined, places: Sequence[Place], blob: str | None) -> list[Skip]:
        """Take in what was found in one content; the skips for what could not be examined in it."""
        shown = [place for place in places if not self._is_excluded(place.path)]
        self._excluded += (len(places) - len(shown)) * len(examined.matches)
        for place in shown:
            for match in examined.matches:
                if not self._scope.holds(match, place):
                    continue
                confidence, severity = self._scope.confidence(match, place), self._scope.severity(match, place)
                if (confidence, severity) != (match.confidence, match.severity):
                    match = replace(match, confidence=confidence, severity=severity)
                if match.ignored is not None and not self._settings.honours_comments:
                    self._unheeded += 1
                    match = replace(match, ignored=None)
                # Of a file that is found by its path, the versions are one.
                known = None if match.rule in self._on_paths else blob
                self.sightings.append(Sighting(match, place, known))
        return [Skip(place.path, fault.reason, fault.kind) for place in shown for fault in sorted(examined.faults)]

    def _tell_stale(self, examined: Examined, places: Sequence[Place]) -> None:
        """Note the comments in a content of the work tree that ignore nothing; what is in archives is not one's own."""
        for place in places if self._settings.honours_comments else ():
            if place.state is State.WORKTREE and not self._is_excluded(place.path):
                self._stale += (
                    f"{place.path}:{comment.line}: this comment is not honoured: {comment.problem}"
                    if comment.problem
                    else f"{place.path}:{comment.line}: this comment ignores nothing; remove it"
                    for comment in examined.stale
                )

    def _is_excluded(self, path: str) -> bool:
        return self._settings.excluded is not None and path in self._settings.excluded

    def _judged(self, skip: Skip) -> Skip:
        """The skip, without weight where the operator accepts its reason."""
        if any(words in skip.reason for words in self._settings.accepted):
            return replace(skip, kind=SkipKind.EXCLUDED, reason=f"{skip.reason} (accepted)")
        return skip

    def notices(self) -> list[str]:
        """What the reader should know beside the findings."""
        told = sorted(self._stale)
        if self._unread:
            reasons = ", ".join(
                f"{reason.removeprefix('AST rules: ')} ({count:,})" for reason, count in sorted(self._unread.items())
            )
            told.append(
                f"{self._unread.total():,} Python sources of the history were scanned by pattern rules,"
                f" but not, or not wholly, by AST rules: {reasons}"
            )
        if self._unheeded:
            told.append(
                f"{self._unheeded} places are covered by comments of the target, which an audit does not honour"
            )
        if self._excluded:
            told.append(f"{self._excluded} places of credentials stand at excluded paths of the history")
        return told


def _in_threads(work: Callable[[Iterator[_Item]], _Result], streams: Sequence[Iterator[_Item]]) -> list[_Result]:
    """The results of `work` on each stream, in a thread each."""
    if len(streams) < 2:
        return [work(stream) for stream in streams]
    with ThreadPoolExecutor(max_workers=len(streams)) as pool:
        return list(pool.map(work, streams))


def _sum(first: Coverage, second: Coverage) -> Coverage:
    return Coverage(
        files=first.files + second.files,
        blobs=first.blobs + second.blobs,
        commits=first.commits + second.commits,
        tags=first.tags + second.tags,
        members=first.members + second.members,
        skipped=first.skipped + second.skipped,
    )


def _interrupted(coverage: Coverage) -> Coverage:
    """The coverage of a part that was left early: one skip for all that was not reached."""
    reached = tuple(skip for skip in coverage.skipped if skip.kind in COMPLETE)
    rest = Skip("the rest", "the scan was interrupted", SkipKind.FAILED)
    return replace(coverage, skipped=(*reached, rest))
