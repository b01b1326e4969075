"""From matches to findings: one credential is one finding, whatever the number of its places."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from linter.model import Confidence, Finding, Guidance, Match, Occurrence, Part, Severity, State, Status, Tracking
from linter.structures import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from linter.model import Commit, Extent, PartMatch, Place
    from linter.rules import PatternRule
    from linter.sites import Sites

__all__ = ["Sighting", "gather", "status_of"]

_FINGERPRINT_KEY = b"twlint fingerprint 1"
_GUESSED = "name"
"""The family of rules that know a credential by what it is called or given to."""
_FINGERPRINT_BYTES = 16
_CHOSEN_FINGERPRINT_BYTES = 1
_ENVIRONMENT = re.compile(r"\.env\.[\w.-]+|[\w-]+\.env")
_DISTANCES = {state: distance for distance, state in enumerate(State)}


class Sighting(NamedTuple):
    """A match and one place where its content stands; `blob` is the content's object id, if git has it."""

    match: Match
    place: Place
    blob: str | None


def gather(
    sightings: Iterable[Sighting],
    rules: Sequence[PatternRule],
    commits: Mapping[str, Commit],
    sites: Sites,
    *,
    shows_samples: bool = False,
) -> tuple[Finding, ...]:
    """The findings, sorted by path, line and rule.

    Sightings are of one credential if the rules are of the same provider and the secrets are the same, or two
    spellings of the same. One of which neither the content nor the path says what it is counts if it is the same as
    one that is known. A set is known by its first credential; the others of it, where they stand alone, belong
    to it. Values that a provider's documentation prints are suppressed unless `shows_samples`.
    """
    by_id = {rule.id: rule for rule in rules}
    dates = {name: _when(commit) for name, commit in commits.items()}
    keys = _Keys(by_id)
    groups: dict[_Key, list[Sighting]] = defaultdict(list)
    doubtful: dict[_Key, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        chosen = doubtful if _is_doubtful(sighting) else groups
        chosen[keys.of(sighting.match)].append(sighting)
    known = {keys.of(part) for group in groups.values() for each in group for part in each.match.parts}
    for key in (known | groups.keys()) & doubtful.keys():
        groups[key] += doubtful[key]
    _leave_out_known_files(groups, by_id)
    _join_sets(groups, keys)
    _leave_known_places(groups, by_id)
    findings = [
        _finding(key, sorted(group, key=_sighted), by_id, keys, commits, dates, sites, shows_samples)
        for key, group in groups.items()
    ]
    return tuple(sorted(findings, key=_order))


def _leave_out_known_files(groups: dict[_Key, list[Sighting]], rules: Mapping[str, PatternRule]) -> None:
    """Take out the files whose credentials are told as surely: what to do with the file is told there."""
    on_paths = {key for key, group in groups.items() if rules[group[0].match.rule].is_on_paths}
    if not on_paths:
        return
    known: dict[str, Confidence] = {}
    for group in groups.values():
        for match, place, _ in group:
            if not rules[match.rule].practice and match.severity > Severity.INFO:
                known[place.path] = max(match.confidence, known.get(place.path, Confidence.LOW))
    for key in on_paths:
        groups[key] = [each for each in groups[key] if not _is_told(each, known)]
        if not groups[key]:
            del groups[key]


def _is_told(sighting: Sighting, known: Mapping[str, Confidence]) -> bool:
    confidence = known.get(sighting.place.path)
    return confidence is not None and confidence >= sighting.match.confidence


class _Key(NamedTuple):
    """What makes sightings one finding: the family of their rules and the bytes that all spellings share."""

    family: str
    identity: bytes


class _Keys:
    """Tells which finding a match belongs to; one secret stands in many versions of a file."""

    def __init__(self, rules: Mapping[str, PatternRule]) -> None:
        self._rules = rules
        self._known: dict[tuple[str, bytes], _Key] = {}

    def of(self, match: Match | PartMatch) -> _Key:
        """The key of a credential, or of the first of a set."""
        if isinstance(match, Match) and match.parts:
            return next(self.of(part) for part in match.parts if part.extent == match.extent)
        told = match.rule, match.secret.reveal()
        if told not in self._known:
            self._known[told] = self._made(*told)
        return self._known[told]

    def _made(self, name: str, secret: bytes) -> _Key:
        rule = self._rules[name]
        # What only a name tells of a text, and what a parser sees in a source, may be the same.
        is_guess = rule.bound or rule.is_parsed
        family = rule.id if rule.practice else _GUESSED if is_guess else rule.provider
        return _Key(family, canonical(rule.structure, secret))


def _is_doubtful(sighting: Sighting) -> bool:
    """True if neither the content nor the path says whose credential it is, or the path says that it is another's."""
    words, others = sighting.match.path_words, sighting.match.other_words
    if not words and not others:
        return False
    path = sighting.place.path.lower()
    if any(word in path for word in others):
        return True
    return bool(words) and not any(word in path for word in words)


def _join_sets(groups: dict[_Key, list[Sighting]], keys: _Keys) -> None:
    """Move the sightings of what is part of a larger set into the group of that set."""
    sizes = {key: max(len(sighting.match.parts) for sighting in group) for key, group in groups.items()}
    for owner in sorted((key for key, size in sizes.items() if size), key=lambda key: (sizes[key], key)):
        parts = {keys.of(part) for sighting in groups[owner] for part in sighting.match.parts} - {owner}
        for key in sorted(parts):
            if key in groups and sizes[key] < sizes[owner]:
                groups[owner] += groups.pop(key)


def _leave_known_places(groups: dict[_Key, list[Sighting]], rules: Mapping[str, PatternRule]) -> None:
    """Take from what only a name tells the places that belong to another finding."""
    bound = {name for name, rule in rules.items() if rule.bound}
    known = {_spot(each) for group in groups.values() for each in group if each.match.rule not in bound}
    for key, group in list(groups.items()):
        groups[key] = [each for each in group if each.match.rule not in bound or _spot(each) not in known]
        if not groups[key]:
            del groups[key]


def _spot(sighting: Sighting) -> tuple[object, ...]:
    """What no two places share; the state of a place, which is slow to hash, follows from it."""
    match, place, blob = sighting
    return place.path, place.commit, blob, match.extent


def _order(finding: Finding) -> tuple[object, ...]:
    first = finding.occurrences[0]
    return first.path, first.line, first.column, finding.rule, finding.fingerprint


def _sighted(sighting: Sighting) -> tuple[object, ...]:
    """Where a sighting is; threads see them in any order."""
    match, place, blob = sighting
    return _DISTANCES[place.state], place.path, match.extent, blob or ""


def _finding(
    key: _Key,
    group: list[Sighting],
    rules: Mapping[str, PatternRule],
    keys: _Keys,
    commits: Mapping[str, Commit],
    dates: Mapping[str, tuple[float, str]],
    sites: Sites,
    shows_samples: bool,
) -> Finding:
    occurrences = _occurrences(group, sites)
    rule = max((rules[name] for name in {each.match.rule for each in group}), key=_rank)
    best = next(each for each in group if each.match.rule == rule.id)
    dated = [dates[name] for name in {each.place.commit or "" for each in group} if name in dates]
    is_uncommitted = any(each.commit is None for each in occurrences) and not dated
    status, reason = status_of(occurrences)
    if not shows_samples and all(sighting.match.sample for sighting in group):
        status, reason = Status.SUPPRESSED, "a value that the provider's documentation prints"
    site = sites.named(occurrences[0].site)
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=max(each.match.severity for each in group),
        confidence=max(each.match.confidence for each in group),
        evidence=(*best.match.evidence, *_environments(occurrences), *_unignored(group, rule, occurrences, sites)),
        secret=None if rule.practice else best.match.secret,
        fingerprint=_fingerprint(key, is_chosen=best.match.secret.length is None),
        occurrences=occurrences,
        frame=_shown(group, occurrences[0]).match.frame,
        state=occurrences[0].state,
        status=status,
        status_reason=reason,
        introduced=None if is_uncommitted or not dated else commits[min(dated)[1]],
        guidance=Guidance(
            rule.advice,
            rule.rotate,
            rule.reach,
            rule.breaks,
            rule.policy,
            site.advice if site is not None and not rule.is_on_paths else "",
            rule.references,
        ),
        parts=_parts(group, rules, keys, sites),
    )


def _parts(group: list[Sighting], rules: Mapping[str, PatternRule], keys: _Keys, sites: Sites) -> tuple[Part, ...]:
    """The credentials of the sets in `group`, each once, at the nearest place; in the order of the first set."""
    parts: dict[tuple[str, _Key], Part] = {}
    for sighting in group:
        for part in sighting.match.parts:
            occurrence = _occurrence(sighting, part.extent, sites)
            found = Part(part.rule, rules[part.rule].name, part.secret, part.evidence, occurrence)
            parts.setdefault((part.rule, keys.of(part)), found)
    return tuple(parts.values())


def _environments(occurrences: tuple[Occurrence, ...]) -> tuple[str, ...]:
    """Evidence that one credential serves several environments."""
    paths = {each.path for each in occurrences}
    files = {name for path in paths if _ENVIRONMENT.fullmatch(name := re.split("[/!]", path)[-1])}
    return (f"the same in several environments: {', '.join(sorted(files))}",) if len(files) > 1 else ()


def _unignored(
    group: list[Sighting], rule: PatternRule, occurrences: tuple[Occurrence, ...], sites: Sites
) -> tuple[str, ...]:
    """Evidence that the next `git add` may take in a file whose nature is to hold credentials."""
    open_to_git = {each.place.path for each in group if each.place.tracking is Tracking.UNTRACKED}
    private = {
        each.path
        for each in occurrences
        if each.path in open_to_git and (rule.is_on_paths or ((site := sites.named(each.site)) and site.is_private))
    }
    return tuple(f"git neither has nor ignores {path}" for path in sorted(private))


def _rank(rule: PatternRule) -> tuple[object, ...]:
    return len(rule.parts), rule.structure is not None, rule.confidence, rule.severity, rule.id


def _when(commit: Commit) -> tuple[float, str]:
    try:
        return datetime.fromisoformat(commit.date.replace("Z", "+00:00")).timestamp(), commit.sha
    except ValueError:
        return float("inf"), commit.sha


def _occurrences(group: list[Sighting], sites: Sites) -> tuple[Occurrence, ...]:
    """The places of one credential, nearest first; a file and the blob that HEAD has of it are one place."""
    places: dict[tuple[object, ...], Occurrence] = {}
    for sighting in group:
        match, place, blob = sighting
        here = (place.path, match.extent.line, match.extent.column)
        in_worktree = places.get((*here, None))
        if place.state is State.HEAD and in_worktree and in_worktree.blob is None:
            places[(*here, None)] = replace(in_worktree, commit=place.commit, blob=blob)
        else:
            places.setdefault((*here, blob), _occurrence(sighting, match.extent, sites))
    return tuple(sorted(places.values(), key=_nearness))


def _occurrence(sighting: Sighting, extent: Extent, sites: Sites) -> Occurrence:
    match, place, blob = sighting
    line = match.frame.lines[match.extent.line - match.frame.first] if match.frame.lines else ""
    site = sites.of(place.path, line)
    return Occurrence(
        place.path,
        *extent,
        place.state,
        place.commit,
        blob,
        match.ignored,
        site.id if site is not None else None,
        match.cell,
    )


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
        if (each.place.path, each.match.extent.line, each.match.extent.column, each.place.state)
        == (first.path, first.line, first.column, first.state)
    )


def status_of(occurrences: tuple[Occurrence, ...]) -> tuple[Status, str]:
    """Suppressed if comments cover it wherever it stands now: in the work tree, else at HEAD, else in history.

    `occurrences` are those of a finding, nearest first.
    """
    nearest = occurrences[0].state
    current = [each.ignored for each in occurrences if each.state is nearest]
    if all(reason is not None for reason in current):
        return Status.SUPPRESSED, next((reason for reason in current if reason), "no reason given")
    return Status.NEW, ""


def _fingerprint(key: _Key, *, is_chosen: bool) -> str:
    """A keyed hash that says whether two findings are the same credential.

    128 bits where the secret is random; 8 bits where people chose it, so that a list of words cannot be tried
    against it (BLAKE2b, RFC 7693).
    """
    size = _CHOSEN_FINGERPRINT_BYTES if is_chosen else _FINGERPRINT_BYTES
    digest = hashlib.blake2b(key.family.encode() + b"\0" + key.identity, key=_FINGERPRINT_KEY, digest_size=size)
    return digest.hexdigest()
