"""The baseline: accepted findings, one line an entry, without secrets, line numbers and dates.

An entry says: hash, rule, `tree` or `history`, path, reason. The hash is of a finding's fingerprint, and that of a
value which people choose has eight bits: whoever holds every baseline and every report learns no more than those.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from linter.model import Error, State, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from linter.model import Finding, Occurrence, Report

__all__ = [
    "HISTORY",
    "TREE",
    "UNJUDGED",
    "Applied",
    "Baseline",
    "Entry",
    "accepted",
    "apply",
    "empty",
    "parse",
    "render",
]

UNJUDGED = "not yet judged"
"""The reason of what was accepted all at once."""

TREE, HISTORY = "tree", "history"

KEY_LIMIT = 8
_KEY_BYTES = 16
_HEAD = """\
# twlint baseline 1: accepted findings. A line is: hash, rule, tree or history, path, reason.
# `twlint baseline` writes it; reasons may be edited, lines may be removed, and their order does not matter.
"""
_KEY = re.compile(rf"key (?P<key>[0-9a-f]{{{2 * _KEY_BYTES}}})")
_ENTRY = re.compile(
    r"(?P<digest>[0-9a-f]{2,64}) (?P<rule>\S+) (?P<place>tree|history) "
    r'(?P<path>"(?:[^"\\]|\\.)*"|[^"\s]\S*) +(?P<reason>\S.*)'
)
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")
_PLAIN_PATH = re.compile(r"[!#-\[\]-~]+")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One credential that is accepted at one path.

    `place` is `tree` if it stood in the files, and `history` if only git still had it there.
    """

    digest: str
    rule: str
    path: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Entries and the keys of their hashes; more than one after a merge of two that were made apart."""

    keys: tuple[bytes, ...]
    entries: tuple[Entry, ...]


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


def empty() -> Baseline:
    """A baseline without entries, and with a key of its own."""
    return Baseline((os.urandom(_KEY_BYTES),), ())


def parse(data: bytes, name: str) -> Baseline:
    """Read what `render` wrote, whoever sorted or merged it.

    Raises:
        Error: a line is none of a baseline's; the message starts with `name:line`.
    """
    keys: set[bytes] = set()
    entries: list[Entry] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if key := _KEY.fullmatch(line.strip()):
            keys.add(bytes.fromhex(key["key"]))
        elif _CONFLICT.match(line):
            raise Error(f"{name}:{number}: a conflict of a merge: keep the lines of both sides, without its marks")
        else:
            entries.append(_entry(line, f"{name}:{number}"))
    if not 0 < len(keys) <= KEY_LIMIT:
        raise Error(f"{name}: a baseline has a line `key`, and {KEY_LIMIT} at most; `twlint baseline create` makes one")
    return Baseline(tuple(sorted(keys)), tuple(sorted(entries)))


def _entry(line: str, where: str) -> Entry:
    fields = _ENTRY.fullmatch(line.rstrip())
    if fields is None:
        raise Error(f"{where}: not an entry: write hash, rule, tree or history, path, reason")
    path = fields["path"]
    if path.startswith('"'):
        try:
            path = json.loads(path)
        except ValueError:
            raise Error(f"{where}: the path is not quoted as in JSON") from None
    return Entry(fields["digest"], fields["rule"], path, fields["place"], fields["reason"])


def render(baseline: Baseline) -> bytes:
    """The baseline as a file: its lines are sorted, and by hashes, so that lines of two branches rarely meet."""
    keys = (f"key {key.hex()}" for key in baseline.keys)
    lines = (
        f"{each.digest} {each.rule} {each.place} {_written_path(each.path)} {each.reason}" for each in baseline.entries
    )
    return (_HEAD + "".join(f"{line}\n" for line in (*keys, *sorted(lines)))).encode()


def _written_path(path: str) -> str:
    return path if _PLAIN_PATH.fullmatch(path) else json.dumps(path)


def _digest(key: bytes, fingerprint: str) -> str:
    """The hash of a fingerprint, as long as it: 128 bits, or 8 for a value that people choose.

    One of the 256 short ones is only exchanged for another, so that no two become the same.
    """
    identity = bytes.fromhex(fingerprint)
    if len(identity) >= _KEY_BYTES:
        return hashlib.blake2b(identity, key=key, digest_size=len(identity)).hexdigest()
    mask = hashlib.blake2b(key=key, digest_size=len(identity)).digest()
    return bytes(byte ^ other for byte, other in zip(identity, mask, strict=True)).hex()


def apply(
    report: Report,
    baseline: Baseline,
    exists: Callable[[str], bool],
    relative: Callable[[str], str] = str,
) -> Applied:
    """Mark the new findings that the baseline covers wherever they stand.

    An entry covers a credential at its path, and at every other path if its own is gone from the tree (a rename;
    `exists` tells). Of several credentials with one hash it covers one. `relative` turns the paths of the report
    into those of the baseline.
    """
    cover = _Cover(baseline, report, relative)
    cover.by_path()
    cover.by_rename(exists)
    numbers = range(len(report.findings))
    findings = tuple(cover.judged(number) for number in numbers)
    unused = tuple(entry for number, entry in enumerate(baseline.entries) if number not in cover.claims)
    claimed, renewed = [cover.claimed(each) for each in numbers], [cover.renewed(each) for each in numbers]
    return Applied(replace(report, findings=findings), claimed, renewed, unused)


def accepted(
    baseline: Baseline, finding: Finding, reason: str, relative: Callable[[str], str] = str
) -> tuple[Entry, ...]:
    """The entries that accept a finding at every path where it stands."""
    entries = (_made(baseline, finding, each, relative, " ".join(reason.split())) for each in finding.occurrences)
    return _one_a_path(entries)


def changed(baseline: Baseline, gone: Iterable[Entry], made: Iterable[Entry]) -> Baseline:
    """The baseline without the entries `gone`, and with `made`."""
    left = Counter(gone)
    entries = [*made]
    for entry in baseline.entries:
        if left[entry]:
            left[entry] -= 1
        else:
            entries.append(entry)
    return replace(baseline, entries=tuple(sorted(entries)))


def _made(
    baseline: Baseline, finding: Finding, occurrence: Occurrence, relative: Callable[[str], str], reason: str
) -> Entry:
    place = TREE if occurrence.state in (State.WORKTREE, State.HEAD) else HISTORY
    digest = _digest(baseline.keys[0], finding.fingerprint)
    return Entry(digest, finding.rule, relative(occurrence.path), place, reason)


def _one_a_path(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The first entry of each path; occurrences come nearest first."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        kept.setdefault(entry.path, entry)
    return tuple(kept.values())


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
        self.claims: dict[int, int] = {}
        """The finding that an entry covers."""

    def by_path(self) -> None:
        """Entries cover what stands at their own paths."""
        for number, finding in enumerate(self._findings):
            paths = {self._relative(each.path) for each in finding.occurrences}
            for entry in self._entries(finding):
                path = self._baseline.entries[entry].path
                # Another entry of a path and a random value says the same again; of a chosen one, it is another's.
                is_free = path not in self._covered[number] or _is_random(finding)
                if path in paths and is_free and self.claims.setdefault(entry, number) == number:
                    self._cover(number, path, entry)

    def by_rename(self, exists: Callable[[str], bool]) -> None:
        """Entries of files that are gone cover what stands elsewhere."""
        for number, finding in enumerate(self._findings):
            gone = [entry for entry in self._entries(finding) if self._is_gone(entry, exists)]
            for path in {self._relative(each.path): None for each in finding.occurrences}:
                if path not in self._covered[number]:
                    claimed = (each for each in gone if self.claims.setdefault(each, number) == number)
                    if (entry := next(claimed, None)) is not None:
                        self._cover(number, path, entry)

    def _is_gone(self, number: int, exists: Callable[[str], bool]) -> bool:
        entry = self._baseline.entries[number]
        return entry.place == TREE and not exists(entry.path)

    def _cover(self, number: int, path: str, entry: int) -> None:
        reason = self._baseline.entries[entry].reason
        if self._covered[number].get(path, UNJUDGED) == UNJUDGED:
            self._covered[number][path] = reason

    def _entries(self, finding: Finding) -> list[int]:
        hashes = (_digest(key, finding.fingerprint) for key in self._baseline.keys)
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
        return tuple(self._baseline.entries[entry] for entry, finding in self.claims.items() if finding == number)

    def renewed(self, number: int) -> tuple[Entry, ...]:
        """The entries that cover the finding, with the paths at which it stands now and the first of the keys."""
        finding, covered = self._findings[number], self._covered[number]
        pairs = ((each, covered.get(self._relative(each.path))) for each in finding.occurrences)
        return _one_a_path(
            _made(self._baseline, finding, each, self._relative, reason) for each, reason in pairs if reason is not None
        )


def _is_random(finding: Finding) -> bool:
    return len(finding.fingerprint) >= 2 * _KEY_BYTES
