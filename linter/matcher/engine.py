"""What an engine promises: the places of a batch where rules may match."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from linter.directives import MARK

if TYPE_CHECKING:
    from linter.model import Batch

__all__ = ["DIRECTIVE", "MANIFEST", "Engine", "Places", "Session", "Window", "ends_of"]

DIRECTIVE = MARK
"""What a suppression comment contains; every engine looks for it too."""


MANIFEST = rb"""kind["']?:\s{0,4}["']?Secret\b"""
"""What a manifest of a Kubernetes Secret contains; every engine looks for it too."""


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
    """Where to look closer: windows of rules, and the offsets just behind each `twlint:` and each manifest's kind.

    All ascend.
    """

    windows: list[Window]
    directives: list[int]
    manifests: list[int]


class Session(Protocol):
    """An engine's state for one thread."""

    def places(self, batch: Batch) -> Places:
        """Every place of `batch` where a rule may match; no match lies outside of them."""


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
