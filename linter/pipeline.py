"""The pipeline: parts give batches, batches matches, matches findings, and all of it a report."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from linter import directives, matcher, sites
from linter.examine import Examiner
from linter.findings import Sighting, gather
from linter.first_look import FirstLook
from linter.model import COMPLETE, Coverage, Report, Skip, SkipKind, State
from linter.parsed import Parser, for_history
from linter.scope import Scope
from linter.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from linter.examine import Examined
    from linter.globs import Globs
    from linter.matcher import Engine
    from linter.model import Batch, Commit
    from linter.parts import Account, Part
    from linter.rules import PatternRule

__all__ = ["Progress", "Settings", "scan"]

_Result = TypeVar("_Result")

Progress = Callable[[int, "float | None"], None]
"""Called with the bytes scanned so far and which share of all contents that is, from 0 to 1, if it is known."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to scan.

    Attributes:
        rules: the rules to run.
        rule_ids: the ids of all rules there are; comments may name any of them.
        jobs: threads.
        excluded: paths that are not reported, whatever their source.
        accepted: words in the reason of a skip that leave the scan complete.
        honours_comments: whether `twlint: ignore` comments in the content count.
        honoured: other tools whose comments count too.
        shows_samples: values that a provider's documentation prints are findings too.
    """

    rules: tuple[PatternRule, ...]
    rule_ids: frozenset[str]
    jobs: int
    excluded: Globs | None = None
    accepted: tuple[str, ...] = ()
    honours_comments: bool = True
    honoured: tuple[str, ...] = ()
    shows_samples: bool = False


@dataclass(slots=True)
class _Outcome:
    """What one thread saw: keys of whole contents, what there is to tell, and bytes."""

    delivered: set[bytes] = field(default_factory=set)
    examined: list[Examined] = field(default_factory=list)
    size: int = 0


def scan(
    parts: Sequence[Part],
    settings: Settings,
    notices: Sequence[str] = (),
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Report:
    """Scan `parts` to their end, or until `stop` is set.

    Raises:
        Error: a rule's pattern cannot be compiled.
    """
    stop = stop or Stop()
    engine, slow = matcher.choose(settings.rules, lambda: _size(parts))
    if settings.honoured:
        engine = matcher.MarkedEngine(engine, directives.marks(settings.honoured))
    run = _Run(settings, engine, parts, progress, stop)
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
        parts: Sequence[Part],
        progress: Progress | None,
        stop: Stop,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._parts = parts
        self._progress = progress
        self._contents = 0
        self._stop = stop
        self._lock = threading.Lock()
        self._parsing = threading.Lock()
        self._stale: list[str] = []
        self._quiet: set[int] = set()
        self._unread: Counter[str] = Counter()
        self._unheeded = 0
        self._excluded = 0
        self._scope = Scope(settings.rules)
        self.done = 0
        self.sightings: list[Sighting] = []
        self.commits: dict[str, Commit] = {}

    def scan(self, part: Part) -> Coverage:
        """Scan one part and account for it."""
        outcomes = _in_threads(partial(self._scan_slice, part), part.slices(self._settings.jobs))
        delivered = set().union(*(outcome.delivered for outcome in outcomes))
        again = self._early_sources(part)
        renewed = {each.key for each in again}
        examined = [each for outcome in outcomes for each in outcome.examined if each.key not in renewed] + again
        if part.is_past:
            examined = list(self._parsed(examined))
        account = part.account(delivered, {each.key for each in examined})
        if self._stop.is_set():
            account = replace(account, coverage=_interrupted(account.coverage))
        self.commits |= account.commits
        skips = [*account.coverage.skipped]
        for each in examined:
            skips += self._tell(each, account)
        return replace(account.coverage, skipped=tuple(self._judged(skip) for skip in skips))

    def _scan_slice(self, part: Part, batches: Iterator[Batch]) -> _Outcome:
        examiner = self._examiner(part)
        outcome = _Outcome()
        for batch in batches:
            if self._stop.is_set():
                break
            outcome.examined += examiner.examine(batch)
            size = sum(batch.ends) - sum(batch.starts)
            if batch.last:
                outcome.delivered.update(batch.keys)
            with self._lock:
                self.done += size
                self._contents += len(batch.keys) if batch.last else 0
                if self._progress:
                    self._progress(self.done, self._share())
        return outcome

    def _examiner(self, part: Part) -> Examiner:
        rules = self._settings.rules
        parser = Parser(rules, self._parsing, self._first_look if part.is_past else None)
        return Examiner(rules, self._settings.rule_ids, self._engine, parser)

    def _first_look(self) -> FirstLook | None:
        """What chooses sources of a history for one thread; None where Hyperscan, which it needs, cannot run."""
        return None if self._values is None else FirstLook(self._values.session(), self._quiet)

    @cached_property
    def _values(self) -> matcher.Values | None:
        return matcher.compiled_values()

    def _early_sources(self, part: Part) -> list[Examined]:
        """What there is to tell of sources that went through the scan before anything knew that they are sources."""
        if self._stop.is_set() or not for_history(self._settings.rules):
            return []

        def look(batches: Iterator[Batch]) -> list[Examined]:
            examiner = self._examiner(part)
            examined: list[Examined] = []
            for batch in batches:
                if self._stop.is_set():
                    break
                examined += examiner.examine(batch)
            return examined

        return [each for found in _in_threads(look, part.early_sources(self._settings.jobs)) for each in found]

    def _parsed(self, examined: Iterable[Examined]) -> Iterator[Examined]:
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

    def _tell(self, examined: Examined, account: Account) -> list[Skip]:
        """Take in what was found in one content; the skips for what could not be examined in it."""
        places = account.places.get(examined.key, [])
        shown = [place for place in places if not self._is_excluded(place.path)]
        self._excluded += (len(places) - len(shown)) * len(examined.matches)
        for place in shown:
            for match in examined.matches:
                if not self._scope.holds(match, place):
                    continue
                confidence = self._scope.confidence(match, place)
                if confidence != match.confidence:
                    match = replace(match, confidence=confidence)
                if match.ignored is not None and not self._settings.honours_comments:
                    self._unheeded += 1
                    match = replace(match, ignored=None)
                self.sightings.append(Sighting(match, place, account.blobs.get(examined.key)))
            if place.state is State.WORKTREE and self._settings.honours_comments:
                self._stale += (
                    f"{place.path}:{comment.line}: this comment is not honoured: {comment.problem}"
                    if comment.problem
                    else f"{place.path}:{comment.line}: this comment ignores nothing; remove it"
                    for comment in examined.stale
                )
        return [Skip(place.path, fault.reason, fault.kind) for place in shown for fault in sorted(examined.faults)]

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


def _in_threads(work: Callable[[Iterator[Batch]], _Result], streams: Sequence[Iterator[Batch]]) -> list[_Result]:
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
        skipped=first.skipped + second.skipped,
    )


def _interrupted(coverage: Coverage) -> Coverage:
    """The coverage of a part that was left early: one skip for all that was not reached."""
    reached = tuple(skip for skip in coverage.skipped if skip.kind in COMPLETE)
    rest = Skip("the rest", "the scan was interrupted", SkipKind.FAILED)
    return replace(coverage, skipped=(*reached, rest))
