"""From matches to findings: one credential is one finding, whatever the number of its places."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from linter.model import Finding, Match, Occurrence, State, Status
from linter.structures import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from linter.model import Commit, Place
    from linter.rules import PatternRule

__all__ = ["Sighting", "gather", "status_of"]

_FINGERPRINT_KEY = b"twlint fingerprint 1"
_FINGERPRINT_BYTES = 16
_CHOSEN_FINGERPRINT_BYTES = 1
_DISTANCES = {state: distance for distance, state in enumerate(State)}


class Sighting(NamedTuple):
    """A match and one place where its content stands; `blob` is the content's object id, if git has it."""

    match: Match
    place: Place
    blob: str | None


def gather(
    sightings: Iterable[Sighting], rules: Sequence[PatternRule], commits: Mapping[str, Commit]
) -> tuple[Finding, ...]:
    """The findings, sorted by path, line and rule.

    Sightings are of one credential if the rules are of the same provider and the secrets are the same, or two
    spellings of the same.
    """
    by_id = {rule.id: rule for rule in rules}
    groups: dict[tuple[str, bytes], list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        rule = by_id[sighting.match.rule]
        identity = canonical(rule.structure, sighting.match.secret.reveal())
        groups[rule.provider, identity].append(sighting)
    findings = [
        _finding(identity, sorted(group, key=_sighted), by_id, commits) for (_, identity), group in groups.items()
    ]
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[object, ...]:
    first = finding.occurrences[0]
    return first.path, first.line, first.column, finding.rule, finding.fingerprint


def _sighted(sighting: Sighting) -> tuple[object, ...]:
    """Where a sighting is; threads see them in any order."""
    match, place, blob = sighting
    return _DISTANCES[place.state], place.path, match.line, match.column, blob or ""


def _finding(
    identity: bytes,
    group: list[Sighting],
    rules: Mapping[str, PatternRule],
    commits: Mapping[str, Commit],
) -> Finding:
    occurrences = _occurrences(group)
    best = max(group, key=lambda sighting: _rank(rules[sighting.match.rule]))
    rule = rules[best.match.rule]
    shown = _shown(group, occurrences[0])
    dated = [commits[name] for name in {each.commit for each in occurrences if each.commit} if name in commits]
    is_uncommitted = any(each.commit is None for each in occurrences) and not dated
    status, reason = status_of(occurrences)
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=rule.severity,
        confidence=max(each.match.confidence for each in group),
        evidence=best.match.evidence,
        secret=best.match.secret,
        fingerprint=_fingerprint(rule, identity),
        occurrences=occurrences,
        frame=shown.match.frame,
        state=occurrences[0].state,
        status=status,
        status_reason=reason,
        introduced=None if is_uncommitted or not dated else min(dated, key=_when),
        advice=rule.advice,
        rotate=rule.rotate,
    )


def _rank(rule: PatternRule) -> tuple[object, ...]:
    return rule.structure is not None, rule.confidence, rule.severity, rule.id


def _when(commit: Commit) -> tuple[float, str]:
    try:
        return datetime.fromisoformat(commit.date.replace("Z", "+00:00")).timestamp(), commit.sha
    except ValueError:
        return float("inf"), commit.sha


def _occurrences(group: list[Sighting]) -> tuple[Occurrence, ...]:
    """The places of one credential, nearest first; a file and the blob that HEAD has of it are one place."""
    places: dict[tuple[object, ...], Occurrence] = {}
    for match, place, blob in group:
        here = (place.path, match.line, match.column)
        occurrence = Occurrence(
            place.path,
            match.line,
            match.column,
            match.end_line,
            match.end_column,
            place.state,
            place.commit,
            blob,
            match.ignored,
        )
        in_worktree = places.get((*here, None))
        if place.state is State.HEAD and in_worktree and in_worktree.blob is None:
            places[(*here, None)] = replace(in_worktree, commit=place.commit, blob=blob)
        else:
            places.setdefault((*here, blob), occurrence)
    return tuple(sorted(places.values(), key=_nearness))


def _nearness(occurrence: Occurrence) -> tuple[object, ...]:
    return (
        _DISTANCES[occurrence.state],
        occurrence.path,
        occurrence.line,
        occurrence.column,
        occurrence.blob or "",
    )


def _shown(group: list[Sighting], first: Occurrence) -> Sighting:
    """The sighting whose lines belong to the occurrence that is shown."""
    return next(
        each
        for each in group
        if (each.place.path, each.match.line, each.match.column, each.place.state)
        == (first.path, first.line, first.column, first.state)
    )


def status_of(occurrences: tuple[Occurrence, ...]) -> tuple[Status, str]:
    """Suppressed if comments cover it wherever it stands now: in the work tree, else at HEAD, else in history."""
    nearest = min(_DISTANCES[each.state] for each in occurrences)
    current = [each.ignored for each in occurrences if _DISTANCES[each.state] == nearest]
    if all(reason is not None for reason in current):
        return Status.SUPPRESSED, next((reason for reason in current if reason), "no reason given")
    return Status.NEW, ""


def _fingerprint(rule: PatternRule, identity: bytes) -> str:
    """A keyed hash that says whether two findings are the same credential.

    128 bits where the secret is random; 8 bits where people chose it, so that a list of words cannot be tried
    against it (BLAKE2b, RFC 7693).
    """
    size = _CHOSEN_FINGERPRINT_BYTES if rule.chosen else _FINGERPRINT_BYTES
    digest = hashlib.blake2b(rule.provider.encode() + b"\0" + identity, key=_FINGERPRINT_KEY, digest_size=size)
    return digest.hexdigest()
