"""From places where a rule may match to candidates: the exact secret, proved and plausible, one rule a span."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from linter import plausibility
from linter.model import Confidence, Secret, SkipKind
from linter.structures import STRUCTURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linter.matcher import Window
    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["Candidate", "Extraction", "Extractor", "Fault"]

TIME_LIMIT = 2.0
"""Seconds that one search in one window may take."""

CANDIDATE_LIMIT = 10_000
"""Candidates of one content; what is beyond is reported as a skip."""

WINDOWS_KEPT = 4_096
WINDOW_KEPT_SIZE = 4_096
"""Bytes up to which a window is kept with what was found in it: a file stands in a history in hundreds of versions."""

SHORT_PROOF = 64
"""Bytes up to which a value of a proved kind may still be a placeholder; in a longer one such a word is chance."""

_BINARY_SAMPLE = 8192


class Candidate(NamedTuple):
    """A secret of rule `rule` (an index) in content `content` of a batch, at the bytes `start` to `end`."""

    content: int
    start: int
    end: int
    rule: int
    secret: Secret
    confidence: Confidence
    evidence: tuple[str, ...]


class Fault(NamedTuple):
    """Why a content was not wholly examined."""

    reason: str
    kind: SkipKind


class Extraction(NamedTuple):
    """The candidates of a batch by content and place, and the contents that were not wholly examined."""

    candidates: list[Candidate]
    faults: dict[int, set[Fault]]


_TOO_MANY = Fault(f"more than {CANDIDATE_LIMIT} candidates; the rest is not read", SkipKind.LIMITED)


class Extractor:
    """Runs the rules' patterns on windows; a pattern is compiled when its rule is first needed."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._rules = rules
        self._compiled: dict[int, Any] = {}
        self._known: dict[tuple[int, bool, bytes], tuple[_Hit, ...]] = {}

    def extract(self, batch: Batch, windows: Sequence[Window]) -> Extraction:
        """The candidates in `windows` of `batch`; of overlapping ones the most specific rule's."""
        found: dict[int, list[Candidate]] = {}
        contents: dict[int, _Content] = {}
        faults: dict[int, set[Fault]] = defaultdict(set)
        for window in windows:
            known = found.setdefault(window.content, [])
            rule = self._rules[window.rule].id
            if len(known) >= CANDIDATE_LIMIT:
                faults[window.content].add(_TOO_MANY)
                continue
            try:
                content = contents.setdefault(window.content, _Content(batch, window.content))
                for candidate in self._candidates(batch, window, content):
                    if len(known) >= CANDIDATE_LIMIT:
                        faults[window.content].add(_TOO_MANY)
                        break
                    known.append(candidate)
            except TimeoutError:
                reason = f"rule {rule} took more than {TIME_LIMIT:g} s"
                faults[window.content].add(Fault(reason, SkipKind.FAILED))
            except _DisagreementError:
                reason = f"rule {rule}: the two stages of matching disagree"
                faults[window.content].add(Fault(reason, SkipKind.FAILED))
        candidates = [candidate for content in sorted(found) for candidate in self._most_specific(found[content])]
        return Extraction(candidates, faults)

    def _candidates(self, batch: Batch, window: Window, content: _Content) -> Iterator[Candidate]:
        rule = self._rules[window.rule]
        hits = self._hits(batch, window)
        for hit in hits:
            if hit.verdict is None or (not hit.verdict.holds_in_binary and content.is_binary()):
                continue
            if rule.context and not content.holds_any(rule.context):
                continue
            start, end = window.start + hit.start, window.start + hit.end
            secret, confidence, evidence, _ = hit.verdict
            yield Candidate(window.content, start, end, window.rule, secret, confidence, evidence)
        is_left_to_the_next = window.stop == batch.ends[window.content] and not batch.last
        if window.certain and not hits and not is_left_to_the_next:
            raise _DisagreementError

    def _hits(self, batch: Batch, window: Window) -> tuple[_Hit, ...]:
        """What the rule's pattern finds in `window`; the same bytes are searched once."""
        # With the byte before, which tells whether a word starts here, and whether the content ends behind.
        is_last = window.stop == batch.ends[window.content]
        key = (window.rule, is_last, bytes(batch.data[window.start - 1 : window.stop]))
        if (known := self._known.get(key)) is not None:
            return known
        spans, stop = self._spans(batch, window)
        hits = tuple(
            _Hit(start - window.start, end - window.start, _verdict(self._rules[window.rule], batch.data[start:end]))
            for start, end in spans
        )
        if stop == window.stop and len(key[2]) <= WINDOW_KEPT_SIZE and (batch.last or not is_last):
            if len(self._known) >= WINDOWS_KEPT:
                self._known.clear()
            self._known[key] = hits
        return hits

    def _spans(self, batch: Batch, window: Window) -> tuple[list[tuple[int, int]], int]:
        r"""Where secrets stand in `window`, and up to where it was looked at.

        At the end of a window `$` and `\\b` hold whatever stands behind, so a match that touches it is looked for
        again with all the bytes that it may have. At the end of a window of large content it is left to the next.
        """
        pattern = self._pattern(window.rule)
        width = self._rules[window.rule].width
        limit = batch.ends[window.content]
        spans: list[tuple[int, int]] = []
        at, stop = window.start, window.stop
        while match := pattern.search(batch.data, at, stop, timeout=TIME_LIMIT):
            if match.end() >= stop and stop < limit:
                stop = min(match.start() + width + 1, limit)
                continue
            start, end = match.span("secret")
            if match.end() < limit or batch.last:
                spans.append((start, end))
            at = max(end, match.start() + 1)
        return spans, stop

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
                if self._rank(kept[-1]) >= self._rank(candidate):
                    break
                kept.pop()
            else:
                kept.append(candidate)
        return kept

    def _rank(self, candidate: Candidate) -> tuple[object, ...]:
        rule = self._rules[candidate.rule]
        length = candidate.end - candidate.start
        return (
            not rule.chosen,
            rule.structure is not None,
            rule.confidence,
            length,
            bool(rule.context),
            rule.severity,
            -candidate.rule,
        )


class _DisagreementError(Exception):
    """The engine saw a match that the pattern does not find: a fault of ours, told and never silent."""


class _Content:
    """What a rule may want to know of the content around a secret, read once when it is first asked for."""

    def __init__(self, batch: Batch, index: int) -> None:
        self._data = batch.data
        self._start = batch.starts[index]
        self._end = batch.ends[index]

    def holds_any(self, words: Sequence[str]) -> bool:
        """True if one of `words` (lower case) stands in the content, in any case."""
        return any(word.encode() in self._lowered for word in words)

    @cached_property
    def _lowered(self) -> bytearray:
        return self._data[self._start : self._end].lower()

    def is_binary(self) -> bool:
        """True if a zero byte stands near the start, as git decides it."""
        return self._data.find(0, self._start, min(self._end, self._start + _BINARY_SAMPLE)) >= 0


class _Verdict(NamedTuple):
    """What a rule says of a secret wherever it stands."""

    secret: Secret
    confidence: Confidence
    evidence: tuple[str, ...]
    holds_in_binary: bool
    """True if the form alone is telling enough for content that is not text."""


class _Hit(NamedTuple):
    """Where a rule's pattern holds, from the start of its window, and the verdict on what stands there, if any."""

    start: int
    end: int
    verdict: _Verdict | None


def _verdict(rule: PatternRule, found: bytearray) -> _Verdict | None:
    """How the kind is known, or None if what was found is not a plausible credential of it."""
    value = bytes(found)
    may_be_placeholder = rule.structure is None or len(value) <= SHORT_PROOF
    if may_be_placeholder and plausibility.is_placeholder(value):
        return None
    if rule.chosen and plausibility.is_trivial_password(value):
        return None
    if rule.min_entropy and plausibility.entropy(value) < rule.min_entropy:
        return None
    if rule.min_classes and plausibility.classes(value) < rule.min_classes:
        return None
    proof = () if rule.structure is None else STRUCTURES[rule.structure](value)
    if proof is None:
        return None
    lowered = value.lower()
    prefix = next((word for word in rule.keywords if lowered.startswith(word.encode())), "")
    evidence = proof or (f"form: {'fixed prefix' if prefix else 'name and shape'}",)
    # A password of common words stands in as many examples as in real use.
    is_common = rule.chosen and plausibility.is_common_password(value)
    confidence = Confidence.LOW if is_common else rule.confidence
    secret = Secret(value, prefix=value[: len(prefix)].decode("ascii", "replace"), chosen=rule.chosen)
    return _Verdict(secret, confidence, evidence, bool(prefix) or rule.structure is not None)
