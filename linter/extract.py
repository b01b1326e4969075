"""From places where a rule may match to candidates: the exact secret, proved and plausible, one rule a span."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from linter import plausibility
from linter.bound import BoundReader
from linter.context import Content
from linter.model import Confidence, Secret, Severity, SkipKind
from linter.patterns import SECRET_GROUP
from linter.structures import DECODED, STRUCTURES, canonical, is_expired, password

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linter.matcher import Window
    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["Candidate", "Extraction", "Extractor", "Fault"]

TIME_LIMIT = 2.0
"""Seconds that one rule may take in one content of a batch."""

CANDIDATE_LIMIT = 10_000
"""Candidates of one content; what is beyond is reported as a skip."""

WINDOWS_KEPT = 4_096
WINDOW_KEPT_SIZE = 4_096
"""Bytes up to which a window is kept with what was found in it: a file stands in a history in hundreds of versions."""

SHORT_PROOF = 64
"""Bytes up to which a value of a proved kind may still be a placeholder; in a longer one such a word is chance."""


class Candidate(NamedTuple):
    """A secret of rule `rule` (an index) in content `content` of a batch, at the bytes `start` to `end`."""

    content: int
    start: int
    end: int
    rule: int
    secret: Secret
    severity: Severity
    confidence: Confidence
    evidence: tuple[str, ...]
    is_sample: bool = False
    """True if it is a value that the provider's documentation prints."""
    is_only_a_part: bool = False
    """True if it is nothing unless a set claims it."""
    path_words: tuple[str, ...] = ()
    """Words of which one must stand in the path unless a set claims it; empty: no such need."""
    other_words: tuple[str, ...] = ()
    """Words of which none may stand in the path, for then it is what another rule knows."""
    parts: tuple[Candidate, ...] = ()
    """The members of a set, this one with its own rule among them, by place."""
    written: tuple[str, ...] = ()
    """How the text is written that holds it, from the outside; empty: as it is."""

    def told(self) -> Candidate:
        """This candidate, with the way it is written in the evidence."""
        return self._replace(evidence=(*self.evidence, ", ".join(self.written))) if self.written else self

    def overlaps(self, other: Candidate) -> bool:
        """True if both hold one byte."""
        return self.start < other.end and other.start < self.end


class Fault(NamedTuple):
    """Why a content was not wholly examined."""

    reason: str
    kind: SkipKind


class Extraction(NamedTuple):
    """The candidates of a batch by content and place, and the contents that were not wholly examined.

    In each content those of rules that know a secret by its name alone come last, whatever they overlap
    (linter.bound.completed).
    """

    candidates: list[Candidate]
    faults: dict[int, set[Fault]]


_TOO_MANY = Fault(f"more than {CANDIDATE_LIMIT} candidates; the rest is not read", SkipKind.LIMITED)


class Extractor:
    """Runs the rules' patterns on windows; a pattern is compiled when its rule is first needed."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._rules = rules
        self._compiled: dict[int, Any] = {}
        self._known: dict[tuple[int, bool, bytes], tuple[tuple[_Mark, ...], ...]] = {}
        self._bound = BoundReader(rules)
        self._numbers = {rule.id: number for number, rule in enumerate(rules)}

    def extract(self, batch: Batch, windows: Sequence[Window]) -> Extraction:
        """The candidates in `windows` of `batch`; of overlapping ones the most specific rule's."""
        found: dict[int, list[Candidate]] = {}
        contents: dict[int, Content] = {}
        faults: dict[int, set[Fault]] = defaultdict(set)
        # The windows of a rule in a content follow one another.
        current: tuple[int, int] | None = None
        deadline = 0.0
        for window in windows:
            if current != (window.content, window.rule):
                current, deadline = (window.content, window.rule), time.monotonic() + TIME_LIMIT
            elif deadline == 0:
                continue
            known = found.setdefault(window.content, [])
            rule = self._rules[window.rule].id
            if len(known) >= CANDIDATE_LIMIT:
                faults[window.content].add(_TOO_MANY)
                continue
            try:
                if (content := contents.get(window.content)) is None:
                    span = batch.starts[window.content], batch.ends[window.content]
                    content = contents[window.content] = Content(batch.data, *span)
                for candidate in self._candidates(batch, window, content, deadline):
                    if len(known) >= CANDIDATE_LIMIT:
                        faults[window.content].add(_TOO_MANY)
                        break
                    known.append(candidate)
            except TimeoutError:
                deadline = 0.0
                reason = f"rule {rule} took more than {TIME_LIMIT:g} s"
                faults[window.content].add(Fault(reason, SkipKind.FAILED))
            except _DisagreementError:
                reason = f"rule {rule}: the two stages of matching disagree"
                faults[window.content].add(Fault(reason, SkipKind.FAILED))
        candidates = [each for number in sorted(found) for each in self._remaining(found[number])]
        return Extraction(candidates, faults)

    def _remaining(self, candidates: list[Candidate]) -> list[Candidate]:
        """The most specific candidates of one content, those of bound rules apart from the others and last."""
        bound = [each for each in candidates if self._rules[each.rule].bound]
        if not bound:
            return self._most_specific(candidates)
        firm = [each for each in candidates if not self._rules[each.rule].bound]
        return [*self._most_specific(firm), *self._most_specific(bound)]

    def _candidates(self, batch: Batch, window: Window, content: Content, deadline: float) -> Iterator[Candidate]:
        if self._rules[window.rule].bound:
            yield from self._bound_to_names(batch, window, content, deadline)
            return
        hits = self._hits(batch, window, deadline)
        for hit in hits:
            if any(mark.verdict is None for mark in hit):
                continue
            yield from self._placed(window, hit, content)
        is_left_to_the_next = window.stop == batch.ends[window.content] and not batch.last
        if window.certain and not hits and not is_left_to_the_next:
            raise _DisagreementError

    def _bound_to_names(self, batch: Batch, window: Window, content: Content, deadline: float) -> Iterator[Candidate]:
        rule = self._rules[window.rule]
        if content.is_binary():
            return
        for value in self._bound.values(batch, window, deadline):
            secret = Secret(bytes(batch.data[value.start : value.end]), chosen=rule.chosen)
            evidence = ("form: bound to a name", f"value: a secret with a likelihood of {value.likelihood:.0%}")
            yield Candidate(
                window.content,
                value.start,
                value.end,
                window.rule,
                secret,
                rule.severity,
                value.confidence,
                evidence,
            )

    def _placed(self, window: Window, hit: Sequence[_Mark], content: Content) -> Iterator[Candidate]:
        """The candidates of one hit, judged by what stands around them."""
        rule = self._rules[window.rule]
        for mark in hit:
            verdict = mark.verdict
            start, end = window.start + mark.start, window.start + mark.end
            if verdict is None or (not verdict.holds_in_binary and content.is_binary()):
                continue
            if content.is_of_another_kind(start, rule.unless, rule.context):
                continue
            has_context = not rule.context or (
                content.says_any(start, rule.context) if rule.context_on == "line" else content.holds_any(rule.context)
            )
            candidate = Candidate(
                window.content,
                start,
                end,
                mark.rule,
                verdict.secret,
                verdict.severity,
                verdict.confidence,
                verdict.evidence,
                verdict.is_sample,
                is_only_a_part=bool(rule.parts),
            )
            if has_context:
                yield candidate
            elif rule.without_context is not None:
                yield candidate._replace(confidence=min(verdict.confidence, rule.without_context))
            else:
                yield candidate._replace(path_words=rule.context)

    def _hits(self, batch: Batch, window: Window, deadline: float) -> tuple[tuple[_Mark, ...], ...]:
        """What the rule's pattern finds in `window`; the same bytes are searched once."""
        # With the byte before, which tells whether a word starts here, and whether the content ends behind.
        is_last = window.stop == batch.ends[window.content]
        key = (window.rule, is_last, bytes(batch.data[window.start - 1 : window.stop]))
        if (known := self._known.get(key)) is not None:
            return known
        matches, stop = self._matches(batch, window, deadline)
        hits = tuple(self._marks(batch, window, match) for match in matches)
        if stop == window.stop and len(key[2]) <= WINDOW_KEPT_SIZE and (batch.last or not is_last):
            if len(self._known) >= WINDOWS_KEPT:
                self._known.clear()
            self._known[key] = hits
        return hits

    def _marks(self, batch: Batch, window: Window, match: Any) -> tuple[_Mark, ...]:
        """The secret of one match, or the parts of a set, each with the verdict of its own rule."""
        marks = []
        for group in match.groupdict():
            start, end = match.span(group)
            number = window.rule if group == SECRET_GROUP else self._numbers.get(group.replace("_", "-"))
            if number is None or start < 0:
                continue
            verdict = _verdict(self._rules[number], batch.data[start:end])
            marks.append(_Mark(number, start - window.start, end - window.start, verdict))
        return tuple(marks)

    def _matches(self, batch: Batch, window: Window, deadline: float) -> tuple[list[Any], int]:
        r"""The matches of the pattern in `window`, and up to where it was looked at.

        At the end of a window `$` and `\\b` hold whatever stands behind, so a match that touches it is looked for
        again with all the bytes that it may have. At the end of a window of large content it is left to the next.
        """
        pattern = self._pattern(window.rule)
        width = self._rules[window.rule].width
        limit = batch.ends[window.content]
        matches: list[Any] = []
        at, stop = window.start, window.stop
        while match := pattern.search(batch.data, at, stop, timeout=_left(deadline)):
            if match.end() >= stop and stop < limit:
                stop = min(match.start() + width + 1, limit)
                continue
            if match.end() < limit or batch.last:
                matches.append(match)
            at = max(*map(match.end, match.groupdict()), match.start() + 1)
        return matches, stop

    def _pattern(self, rule: int) -> Any:
        if rule not in self._compiled:
            import regex

            self._compiled[rule] = regex.compile(self._rules[rule].pattern.encode(), regex.MULTILINE)
        return self._compiled[rule]

    def _most_specific(self, candidates: list[Candidate]) -> list[Candidate]:
        """The candidates that remain when of two that overlap the less specific is dropped, by place."""
        if len(candidates) == 1:
            return candidates
        kept: list[Candidate] = []
        for candidate in sorted(set(candidates), key=lambda each: (each.start, each.end)):
            while kept and kept[-1].end > candidate.start:
                if self.rank(kept[-1]) >= self.rank(candidate):
                    break
                kept.pop()
            else:
                kept.append(candidate)
        return kept

    def rank(self, candidate: Candidate) -> tuple[object, ...]:
        """What to compare of two candidates for one span: that of the more specific rule is greater."""
        rule = self._rules[candidate.rule]
        length = candidate.end - candidate.start
        return (
            not rule.bound,
            not candidate.is_only_a_part,
            not candidate.path_words,
            not rule.chosen,
            rule.structure is not None,
            rule.confidence,
            length,
            bool(rule.context),
            rule.severity,
            -candidate.rule,
        )


def _left(deadline: float) -> float:
    """Seconds up to a time of the monotonic clock.

    Raises:
        TimeoutError: it is over.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _DisagreementError(Exception):
    """The engine saw a match that the pattern does not find: a fault of ours, told and never silent."""


class _Verdict(NamedTuple):
    """What a rule says of a secret wherever it stands."""

    secret: Secret
    severity: Severity
    confidence: Confidence
    evidence: tuple[str, ...]
    is_sample: bool
    holds_in_binary: bool
    """True if the form alone is telling enough for content that is not text."""


class _Mark(NamedTuple):
    """Where a secret of rule `rule` stands, from the start of its window, and the verdict on it, if it is one."""

    rule: int
    start: int
    end: int
    verdict: _Verdict | None


def _verdict(rule: PatternRule, found: bytearray) -> _Verdict | None:
    """How the kind is known, or None if what was found is not a plausible credential of it."""
    value = bytes(found)
    if rule.practice:
        return _Verdict(Secret(value), rule.severity, rule.confidence, ("form: code",), False, False)
    if not _is_plausible(rule, value):
        return None
    proof = () if rule.structure is None else STRUCTURES[rule.structure](value)
    if proof is None:
        return None
    lowered = value.lower()
    prefix = next((word for word in rule.keywords if lowered.startswith(word.encode())), "")
    evidence = proof or (f"form: {'fixed prefix' if prefix else 'name and shape'}",)
    severity = rule.severity
    if is_expired(rule.structure, value):
        severity, evidence = min(severity, Severity.LOW), (*evidence, "expired")
    # A password of common words stands in as many examples as in real use, but not where a program keeps its own.
    known = password(rule.structure, value) if rule.chosen and not rule.paths else None
    is_common = known is not None and plausibility.is_common_password(known)
    confidence = Confidence.LOW if is_common else rule.confidence
    secret = Secret(value, prefix=value[: len(prefix)].decode("ascii", "replace"), chosen=rule.chosen)
    holds_in_binary = bool(prefix) or rule.structure is not None
    return _Verdict(secret, severity, confidence, evidence, _is_sample(rule, value), holds_in_binary)


def _is_plausible(rule: PatternRule, value: bytes) -> bool:
    is_proved = rule.structure is not None and (rule.structure in DECODED or len(value) > SHORT_PROOF)
    if not is_proved and plausibility.is_placeholder(value):
        return False
    if rule.chosen and plausibility.is_trivial_password(value):
        return False
    if rule.min_entropy and plausibility.entropy(value) < rule.min_entropy:
        return False
    return not rule.min_classes or plausibility.classes(value) >= rule.min_classes


def _is_sample(rule: PatternRule, value: bytes) -> bool:
    """True if the provider's documentation prints this value."""
    if not rule.samples:
        return False
    return hashlib.sha256(canonical(rule.structure, value)).hexdigest() in rule.samples
