"""What an engine promises: the places of a batch where rules may match."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from linter import decode
from linter.directives import MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.decode import Kind
    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["DIRECTIVE", "REACH", "Engine", "Places", "Session", "Window", "ends_of", "promises_for"]

REACH = 768
"""Bytes that what an engine looks for of a rule has at most where versions of a content share what was found."""

DIRECTIVE = MARK
"""What a suppression comment contains; every engine looks for it too."""

_SHORTEST_PREFIX = 4


class Window(NamedTuple):
    """Content `content` of the batch may hold a match of rule `rule` that lies in the bytes `start` to `stop`.

    `certain`: the engine saw such a match whole, so that finding none there is a disagreement.
    """

    content: int
    rule: int
    start: int
    stop: int
    certain: bool


class Places(NamedTuple):
    """Where to look closer: windows of rules, and the offsets just behind each `twlint:` and each promise of text.

    All ascend.
    """

    windows: list[Window]
    directives: list[int]
    encoded: list[tuple[int, Kind]]


class Session(Protocol):
    """An engine's state for one thread."""

    def places(self, batch: Batch, *, deep: bool = True) -> Places:
        """Every place of `batch` where a rule may match; no match lies outside of them.

        `deep`: base64 and hexadecimal digits of any text count too, and not only of the words of credentials.
        """


class Engine(Protocol):
    """Finds the places where rules may match."""

    def session(self) -> Session:
        """A session for one thread."""


def ends_of(data: bytearray, word: bytes, start: int, stop: int) -> list[int]:
    """The offsets behind each `word` between `start` and `stop`."""
    ends = []
    while (start := data.find(word, start, stop)) >= 0:
        start += len(word)
        ends.append(start)
    return ends


def promises_for(rules: Sequence[PatternRule]) -> tuple[decode.Promise, ...]:
    """What tells that there is encoded text in which `rules` may find something; every engine looks for it too."""
    return decode.promises(prefix for rule in rules if rule.pattern for prefix in _prefixes(rule))


def _prefixes(rule: PatternRule) -> set[str]:
    """The words with which credentials of the examples start, that are too long to be one of a language."""
    words = tuple(word for word in rule.keywords if len(word) >= _SHORTEST_PREFIX)
    values = (each.text.encode()[slice(*each.span)].decode("utf-8", "replace") for each in rule.examples)
    return {value[: len(word)] for value in values for word in words if value.lower().startswith(word)}
