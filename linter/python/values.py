"""Texts that expressions fold to, each part with the bytes of the source it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ALTERNATIVES", "HOLE", "LONGEST", "Piece", "Span", "Value", "combine", "hole", "literal", "transformed"]

HOLE = "\0"
"""Stands in a text for a part that is not known."""

ALTERNATIVES = 4
LONGEST = 8192

Span = tuple[int, int]


class Piece(NamedTuple):
    """A part of a text and where it stands; `exact` if its bytes are those of the source, one by one."""

    text: str
    spans: tuple[Span, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Value:
    """One text that an expression may have.

    `via` says by which ways besides plain joining it came about: `decoded`, `environment` (a fallback for a look-up
    in the environment), `default` (a parameter's), `derived`.
    """

    pieces: tuple[Piece, ...]
    text: str
    via: frozenset[str] = frozenset()

    @property
    def has_holes(self) -> bool:
        """True if a part of the text is not known."""
        return HOLE in self.text

    def spans(self, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
        """Where the characters from `start` to `end` of the text stand in the source, in the order of the text."""
        end = len(self.text) if end is None else end
        found: list[Span] = []
        at = 0
        for piece in self.pieces:
            low, high = max(start - at, 0), min(end - at, len(piece.text))
            at += len(piece.text)
            if low >= high:
                continue
            for span in (_part(piece, low, high),) if piece.exact else piece.spans:
                if found and found[-1][1] == span[0]:
                    found[-1] = (found[-1][0], span[1])
                elif span not in found:
                    found.append(span)
        return tuple(found)

    def part(self, start: int, end: int) -> Value:
        """The characters from `start` to `end`."""
        pieces: list[Piece] = []
        at = 0
        for piece in self.pieces:
            low, high = max(start - at, 0), min(end - at, len(piece.text))
            at += len(piece.text)
            if low < high:
                spans = (_part(piece, low, high),) if piece.exact else piece.spans
                pieces.append(Piece(piece.text[low:high], spans, piece.exact))
        return Value(tuple(pieces), self.text[start:end], self.via)

    def reached(self, way: str) -> Value:
        """The same value, come about by `way`."""
        return Value(self.pieces, self.text, self.via | {way})

    def changed(self, text: str, way: str) -> Value:
        """Another text made from the whole of this one."""
        return Value((Piece(text, self.spans(), exact=False),), text, self.via | {way})


def _part(piece: Piece, low: int, high: int) -> Span:
    """The bytes of a part of an exact piece."""
    start = piece.spans[0][0]
    if piece.text.isascii():
        return start + low, start + high
    return start + len(piece.text[:low].encode()), start + len(piece.text[:high].encode())


def literal(pieces: tuple[Piece, ...]) -> Value:
    """The value of literals that stand side by side."""
    return Value(pieces, "".join(piece.text for piece in pieces))


def hole() -> Value:
    """A value of which nothing is known."""
    return Value((Piece(HOLE, (), exact=False),), HOLE)


def combine(parts: Iterable[list[Value]]) -> list[Value]:
    """The values of parts that are joined, at most four, shorter than 8 KiB; a part without values is a hole."""
    joined: list[Value] = [Value((), "")]
    for choices in parts:
        joined = [
            Value(left.pieces + right.pieces, left.text + right.text, left.via | right.via)
            for left in joined
            for right in (choices or [hole()])
        ][:ALTERNATIVES]
        joined = [value for value in joined if len(value.text) <= LONGEST]
    return joined


def transformed(values: list[Value], change: Callable[[str], str | None], way: str) -> list[Value]:
    """Each value with its text changed; those for which there is no change stay as they are."""
    result = []
    for value in values:
        text = None if value.has_holes else change(value.text)
        result.append(value if text is None or len(text) > LONGEST else value.changed(text, way))
    return result
