"""From places where a rule may match to candidates: the exact secret, proved and plausible, one rule a span."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from linter import plausibility
from linter.model import Confidence, SkipKind
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

VERDICTS_KEPT = 4_096

SHORT_PROOF = 64
"""Bytes up to which a value of a proved kind may still be a placeholder; in a longer one such a word is chance."""

_BINARY_SAMPLE = 8192


class Candidate(NamedTuple):
    """A secret of rule `rule` (an index) in content `content` of a batch, at the bytes `start` to `end`."""

    content: int
    start: int
    end: int
    rule: int
    secret: bytes
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
        self._verdicts: dict[tuple[int, bytes], _Verdict | None] = {}

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
        seen = False
        for start, end in self._spans(batch, window):
            seen = True
            secret = bytes(batch.data[start:end])
            verdict = self._judge(window.rule, secret)
            if verdict is None or (not verdict.holds_in_binary and content.is_binary()):
                continue
            if rule.context and not content.holds_any(rule.context):
                continue
            yield Candidate(window.content, start, end, window.rule, secret, verdict.confidence, verdict.evidence)
        is_left_to_the_next = window.stop == batch.ends[window.content] and not batch.last
        if window.certain and not seen and not is_left_to_the_next:
            raise _DisagreementError

    def _spans(self, batch: Batch, window: Window) -> Iterator[tuple[int, int]]:
        r"""Where secrets stand in `window`.

        At the end of a window `$` and `\\b` hold whatever stands behind, so a match that touches it is looked for
        again with all the bytes that it may have. At the end of a window of large content it is left to the next.
        """
        pattern = self._pattern(window.rule)
        width = self._rules[window.rule].width
        limit = batch.ends[window.content]
        at, stop = window.start, window.stop
        while match := pattern.search(batch.data, at, stop, timeout=TIME_LIMIT):
            if match.end() >= stop and stop < limit:
                stop = min(match.start() + width + 1, limit)
                continue
            start, end = match.span("secret")
            if match.end() < limit or batch.last:
                yield start, end
            at = max(end, match.start() + 1)

    def _judge(self, rule: int, secret: bytes) -> _Verdict | None:
        """The verdict on `secret`; in a history the same one comes in hundreds of versions of a file."""
        key = (rule, secret)
        if key not in self._verdicts:
            if len(self._verdicts) >= VERDICTS_KEPT:
                self._verdicts.clear()
            self._verdicts[key] = _verdict(self._rules[rule], secret)
        return self._verdicts[key]

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

    confidence: Confidence
    evidence: tuple[str, ...]
    holds_in_binary: bool
    """True if the form alone is telling enough for content that is not text."""


def _verdict(rule: PatternRule, secret: bytes) -> _Verdict | None:
    """How the kind is known, or None if `secret` is not a plausible credential of it."""
    may_be_placeholder = rule.structure is None or len(secret) <= SHORT_PROOF
    if may_be_placeholder and plausibility.is_placeholder(secret):
        return None
    if rule.chosen and plausibility.is_trivial_password(secret):
        return None
    if rule.min_entropy and plausibility.entropy(secret) < rule.min_entropy:
        return None
    if rule.min_classes and plausibility.classes(secret) < rule.min_classes:
        return None
    proof = () if rule.structure is None else STRUCTURES[rule.structure](secret)
    if proof is None:
        return None
    has_prefix = secret.lower().startswith(tuple(word.encode() for word in rule.keywords))
    evidence = proof or (f"form: {'fixed prefix' if has_prefix else 'name and shape'}",)
    # A password of common words stands in as many examples as in real use.
    is_common = rule.chosen and plausibility.is_common_password(secret)
    confidence = Confidence.LOW if is_common else rule.confidence
    return _Verdict(confidence, evidence, has_prefix or rule.structure is not None)
