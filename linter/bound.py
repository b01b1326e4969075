"""What rules find that know a secret by its name alone: read around a place, judged, and told if nothing knows more."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

from linter import bindings
from linter.credential_names import classify, words
from linter.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from linter.extract import Candidate
    from linter.likelihood import Likelihood
    from linter.matcher import Window
    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["BoundReader", "BoundValue", "completed", "may_hold"]

HIGH, MEDIUM, LOW = 0.7, 0.4, 0.1
"""How likely a value must be for each confidence, measured by tests/benchmarks/train_likelihood.py."""

# Names of secrets in some programs, and of much else in others; their values must look random.
_OTHER_HEADS = {(head,) for head in ("key", "salt", "sid", "cookie", "cookies", "tokens", "auth", "by", "basic", "iv")}

_TEXTS_KEPT = 16_384
_HINT_REACH = 64
"""Bytes from the start of a value to where its hint ends, at the most."""


class BoundValue(NamedTuple):
    """A value at the bytes `start` to `end` of what was read, and how likely it is a secret."""

    start: int
    end: int
    likelihood: float

    @property
    def confidence(self) -> Confidence:
        """How sure that makes it."""
        if self.likelihood >= HIGH:
            return Confidence.HIGH
        return Confidence.MEDIUM if self.likelihood >= MEDIUM else Confidence.LOW


class BoundReader:
    """Reads the lines around places for one thread; the same lines are read and judged once."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._rules = rules
        self._patterns: dict[int, re.Pattern[bytes]] = {}
        self._known: dict[tuple[int, int, bytes], tuple[BoundValue, ...]] = {}
        self._judged: dict[tuple[str, ...], float] = {}
        self._likelihood: Likelihood | None = None

    def values(self, batch: Batch, window: Window, deadline: float) -> list[BoundValue]:
        """What is bound to a name of the window's rule by a line of the window; offsets are those of the batch.

        Raises:
            TimeoutError: `deadline`, a time of the monotonic clock, is over.
        """
        data, low = batch.data, batch.starts[window.content]
        line = data.rfind(b"\n", max(low, window.start - bindings.BEFORE), window.start) + 1
        first = line or max(low, window.start - _HINT_REACH)
        start = first
        if not line or bindings.GOES_ON.match(data, first):  # a long line, or one that may go on from the one before
            start = data.rfind(b"\n", low, max(low, first - 1)) + 1
            start = max(start, low, first - bindings.BEFORE)
        limit = min(batch.ends[window.content], window.stop + bindings.BEHIND)
        stop = data.find(b"\n", window.stop, limit)
        text = bytes(data[start : limit if stop < 0 else stop])
        known = self._read(window.rule, text, first - start, deadline)
        return [value._replace(start=value.start + start, end=value.end + start) for value in known]

    def _read(self, rule: int, text: bytes, first: int, deadline: float) -> tuple[BoundValue, ...]:
        key = rule, first, text
        if (known := self._known.get(key)) is None:
            known = tuple(self._likely(rule, text, first, deadline))
            if len(self._known) >= _TEXTS_KEPT:
                self._known.clear()
            self._known[key] = known
        return known

    def _likely(self, rule: int, text: bytes, first: int, deadline: float) -> Iterator[BoundValue]:
        if rule not in self._patterns:
            self._patterns[rule] = re.compile(self._rules[rule].pattern.encode())
        for binding in bindings.read(self._patterns[rule], text, first, len(text)):
            if time.monotonic() > deadline:
                raise TimeoutError
            if not may_hold(binding.name):
                continue
            if self._likelihood is None:
                from linter import likelihood

                self._likelihood = likelihood.load()
            seen = binding[:2] + binding[3:]  # wherever it stands; two rules may read the same
            if (likely := self._judged.get(seen)) is None:
                if len(self._judged) >= _TEXTS_KEPT:
                    self._judged.clear()
                likely = self._judged[seen] = self._likelihood.of(binding)
            if likely >= LOW:
                yield BoundValue(*binding.span, likely)


def may_hold(name: str) -> bool:
    """True if a value of this name may be a secret: `next_token` and `password_field` hold none."""
    return classify(name).strength > 0 or words(name)[-1:] in _OTHER_HEADS


def completed(
    found: Sequence[Candidate], bound: Sequence[Candidate], others: Set[int], guesses: Set[int] = frozenset()
) -> list[Candidate]:
    """The candidates `found` and those of `bound` where no other rule knows the place, by place.

    Where one knows it only in some paths, the bound one is left for the others. `others` are the numbers of rules
    whose candidates are no credentials, or hold in some paths only. `guesses` are those of AST rules, which know a
    credential by names too: where one is less sure of the very same bytes, the bound one stands instead.
    """
    if not bound:
        return list(found)
    sure = {(each.start, each.end): each.confidence for each in bound}
    found = [
        each
        for each in found
        if each.rule not in guesses or each.confidence >= sure.get((each.start, each.end), Confidence.LOW)
    ]
    firm = [each for each in found if each.rule not in others]
    # What belongs to a set is known, whatever the path says.
    known = [*firm, *(part._replace(path_words=()) for each in firm for part in each.parts)]
    kept: list[Candidate] = []
    for candidate in bound:
        over = [each for each in known if each.overlaps(candidate)]
        if all(each.path_words for each in over):
            words = tuple(word for each in over for word in each.path_words)
            kept.append(candidate._replace(other_words=words))
    return sorted([*found, *kept], key=lambda each: (each.start, each.end, each.rule))
