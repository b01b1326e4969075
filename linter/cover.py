"""Which findings a baseline covers: a pure function over a report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from linter.baseline import TREE, UNJUDGED, digest, entry_of, is_random, one_a_path
from linter.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from linter.baseline import Baseline, Entry
    from linter.model import Finding, Report

__all__ = ["Applied", "apply"]


class Applied(NamedTuple):
    """What a baseline says of a report.

    Attributes:
        report: with the findings marked that the baseline covers.
        claimed: for each finding the entries that cover it.
        renewed: the same, as they would be written now.
        unused: the entries that cover nothing.
    """

    report: Report
    claimed: list[tuple[Entry, ...]]
    renewed: list[tuple[Entry, ...]]
    unused: tuple[Entry, ...]


def apply(
    report: Report,
    baseline: Baseline,
    exists: Callable[[str], bool],
    relative: Callable[[str], str] = str,
) -> Applied:
    """Mark the new findings that the baseline covers wherever they stand.

    An entry covers a credential at its path, and at every other path if its own is gone from the tree (a rename;
    `exists` tells). `relative` turns the paths of the report
    into those of the baseline.
    """
    cover = _Cover(baseline, report, relative)
    cover.by_path()
    cover.by_rename(exists)
    numbers = range(len(report.findings))
    findings = tuple(cover.judged(number) for number in numbers)
    unused = tuple(entry for number, entry in enumerate(baseline.entries) if not cover.takers[number])
    claimed, renewed = [cover.claimed(each) for each in numbers], [cover.renewed(each) for each in numbers]
    return Applied(replace(report, findings=findings), claimed, renewed, unused)


class _Cover:
    """Which entry covers which finding at which path; entries and findings by their numbers."""

    def __init__(self, baseline: Baseline, report: Report, relative: Callable[[str], str]) -> None:
        self._baseline = baseline
        self._findings = report.findings
        self._relative = relative
        self._index: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, entry in enumerate(baseline.entries):
            self._index[entry.digest, entry.rule].append(number)
        self._covered: list[dict[str, str]] = [{} for _ in self._findings]
        """The reason by the path, for each finding."""
        self.takers: dict[int, set[int]] = defaultdict(set)
        """The findings that an entry covers."""

    def by_path(self) -> None:
        """Entries cover what stands at their own paths; of more values than entries with one hash, the oldest."""
        groups: dict[tuple[int, ...], tuple[str, list[int]]] = {}
        for number, finding in enumerate(self._findings):
            for path in self._paths(number):
                entries = tuple(each for each in self._entries(finding) if self._baseline.entries[each].path == path)
                if entries:
                    groups.setdefault(entries, (path, []))[1].append(number)
        for entries, (path, numbers) in groups.items():
            ages = sorted(_age(self._findings[number]) for number in numbers)
            youngest = ages[min(len(entries), len(ages)) - 1]
            for number in numbers:
                if _age(self._findings[number]) <= youngest:
                    self._cover(number, path, entries)

    def by_rename(self, exists: Callable[[str], bool]) -> None:
        """Entries of files that are gone cover what stands elsewhere, the likeliest first.

        That a random value is the same is proof. A chosen one with the hash of an entry is likely the same where other
        values moved from the entry's path, and then at a path that the baseline does not know.
        """
        moves: set[tuple[str, str]] = set()
        known = {entry.path for entry in self._baseline.entries}
        gone = {
            number
            for number, entry in enumerate(self._baseline.entries)
            if entry.place == TREE and not exists(entry.path)
        }
        likely: tuple[Callable[[int, str, str], bool], ...] = (
            lambda number, _, __: is_random(self._findings[number]),
            lambda _, old, new: (old, new) in moves,
            lambda _, __, new: new not in known,
            lambda _, __, ___: True,
        )
        for is_likely in likely:
            for number, old, path, entry in list(self._moved(gone)):
                if is_likely(number, old, path):
                    moves.add((old, path))
                    self._cover(number, path, (entry,))

    def _moved(self, gone: set[int]) -> Iterator[tuple[int, str, str, int]]:
        """Findings that entries of `gone` may cover at paths where nothing does yet, with old and new path."""
        for number, finding in enumerate(self._findings):
            entries = [each for each in self._entries(finding) if each in gone]
            free = [each for each in entries if not self.takers[each] or number in self.takers[each]]
            for path in self._paths(number):
                if path not in self._covered[number]:
                    for entry in free:
                        yield number, self._baseline.entries[entry].path, path, entry

    def _cover(self, number: int, path: str, entries: Iterable[int]) -> None:
        for entry in entries:
            self.takers[entry].add(number)
            reason = self._baseline.entries[entry].reason
            if self._covered[number].get(path, UNJUDGED) == UNJUDGED:
                self._covered[number][path] = reason

    def _paths(self, number: int) -> dict[str, None]:
        return {self._relative(each.path): None for each in self._findings[number].occurrences}

    def _entries(self, finding: Finding) -> list[int]:
        hashes = (digest(key, finding.fingerprint) for key in self._baseline.keys)
        return [number for each in hashes for number in self._index.get((each, finding.rule), ())]

    def judged(self, number: int) -> Finding:
        """The finding, marked if it is new and covered wherever it stands."""
        finding, covered = self._findings[number], self._covered[number]
        reasons = [covered.get(self._relative(each.path)) for each in finding.occurrences]
        is_whole = all(
            reason is not None or occurrence.ignored is not None
            for reason, occurrence in zip(reasons, finding.occurrences, strict=True)
        )
        if finding.status is not Status.NEW or not covered or not is_whole:
            return finding
        told = dict.fromkeys(reason for reason in reasons if reason is not None)
        return replace(finding, status=Status.BASELINED, status_reason="; ".join(told))

    def claimed(self, number: int) -> tuple[Entry, ...]:
        """The entries that cover the finding."""
        return tuple(self._baseline.entries[entry] for entry, findings in self.takers.items() if number in findings)

    def renewed(self, number: int) -> tuple[Entry, ...]:
        """The entries that cover the finding, with the paths at which it stands now and the first of the keys."""
        finding, covered = self._findings[number], self._covered[number]
        pairs = ((each, covered.get(self._relative(each.path))) for each in finding.occurrences)
        return one_a_path(
            entry_of(self._baseline, finding, each, self._relative, reason)
            for each, reason in pairs
            if reason is not None
        )


def _age(finding: Finding) -> tuple[bool, str]:
    """What is smaller for what was brought in earlier: of two values with one hash, that is the accepted one."""
    return finding.introduced is None, finding.introduced.date if finding.introduced else ""
