"""Which folded values of credential-named places are credentials, and how sure that is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter import value_score
from linter.ast_rules import raw_bytes
from linter.credential_names import classify
from linter.model import Confidence
from linter.python import HOLE
from linter.structures import STRUCTURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.credential_names import Named
    from linter.python import Value
    from linter.sinks import Kind, Sinks

__all__ = ["Judged", "by_kind", "by_name", "confidence_of"]

_PIECE = 16
_LONG = 80
_PLAUSIBLE, _RANDOM = 2, 3
_CERTAIN = 3
_EVIDENCE = {1: "value: a word or a number", 2: "value: looks chosen for a credential", 3: "value: looks random"}


class Judged(NamedTuple):
    """The characters of a value that are the credential, and how much they look like one."""

    span: tuple[int, int]
    score: int
    named: Named

    @property
    def evidence(self) -> str:
        """What the value itself tells."""
        return _EVIDENCE[self.score]


def by_name(value: Value, name: str, least: int = _PLAUSIBLE) -> Iterator[Judged]:
    """The credential in a value that is called `name`, if its score is at least `least`."""
    named = classify(name)
    if not named.strength:
        return
    judged = _judge(value, name, named)
    if judged is not None and judged.score >= least:
        yield judged


def _judge(value: Value, name: str, named: Named) -> Judged | None:
    if not value.has_holes:
        # Raw bytes by the name of a token are messages of a protocol, and nobody chooses them for a password.
        raw = 0 if named.chosen or named.is_token else raw_bytes.score(value.text)
        score = raw or value_score.score(value.text, name, chosen=named.chosen)
        is_phrase = named.strength == _CERTAIN and not (named.chosen or named.is_token or " " in value.text)
        if score < _PLAUSIBLE and is_phrase and value_score.score(value.text, name, chosen=True) == _RANDOM:
            score = _PLAUSIBLE  # a secret that was chosen as passwords are
        return Judged((0, len(value.text)), score, named)
    for piece in re.finditer(f"[^{HOLE}]{{{_PIECE},}}", value.text):
        if value_score.score(piece[0].strip("-_.:/ "), name) == _RANDOM:
            return Judged(piece.span(), _RANDOM, named)
    return None


def confidence_of(score: int) -> Confidence:
    """How sure a score makes it."""
    if score >= _RANDOM:
        return Confidence.HIGH
    return Confidence.MEDIUM if score >= _PLAUSIBLE else Confidence.LOW


def by_kind(text: str, kind: Kind, sinks: Sinks, name: str) -> tuple[Kind, Confidence, str] | None:
    """What a value is that stands where a credential of `kind` belongs, or None if it is a placeholder or a name.

    That is: the kind that its form proves, or else `kind`, how sure that is, and the evidence.
    """
    data = text.encode()
    if kind.structure is not None and (proof := STRUCTURES[kind.structure](data)) is not None:
        return kind, Confidence.HIGH, "; ".join(proof) or "form: right for its kind"
    for other in sinks.kinds.values():
        if other.structure is not None and other.structure != "aws-key-id" and STRUCTURES[other.structure](data):
            return other, Confidence.HIGH, "form: proves the kind"
    # Zero bytes at the start of base64 are no repetition that tells of a placeholder.
    scored = text.lstrip("A") if len(text) > _LONG else text
    raw = 0 if kind.chosen else raw_bytes.score(text)
    score = raw or value_score.score(scored, name, chosen=kind.chosen)
    if not score and not kind.chosen and value_score.score(text, name, chosen=True) >= _PLAUSIBLE:
        return kind, Confidence.MEDIUM, "value: as people choose a password"
    if not score:
        is_phrase = kind.shape is not None and " " in text and re.fullmatch(kind.shape, text)
        return (kind, Confidence.MEDIUM, "form: right for its kind") if is_phrase else None
    if kind.shape is not None and score >= _PLAUSIBLE and re.fullmatch(kind.shape, text):
        return kind, Confidence.HIGH, "form: right for its kind"
    has_form = kind.shape is not None or kind.structure is not None
    if has_form:
        return kind, Confidence.MEDIUM if score >= _PLAUSIBLE else Confidence.LOW, "form: not the usual one of its kind"
    return kind, Confidence.HIGH if score >= _PLAUSIBLE else Confidence.MEDIUM, _EVIDENCE[score]
