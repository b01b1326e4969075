"""What an AST rule is, and what it finds."""

from __future__ import annotations

import abc
import enum
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from linter.ast_rules.judging import by_name, confidence_of
from linter.ast_rules.marks import NAMED, Marks

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from linter.model import Confidence, Severity
    from linter.python import Module, Value
    from linter.python.values import Span
    from linter.sinks import Sinks

__all__ = ["AstCandidate", "AstRule", "Example", "Marks", "Sort", "bad", "good", "shown"]


class Sort(enum.Enum):
    """What a rule points at, and so where it runs."""

    SECRET = "secret"  # noqa: S105
    """A credential in the source: the rule runs on history too."""
    PRACTICE = "practice"
    """Code that leads to leaks: the rule runs on the current tree only."""


@dataclass(frozen=True, slots=True)
class AstCandidate:
    """One place where a rule holds.

    `spans` are bytes of the source: of the literals that make up the secret, in the order of the text, or of the code
    that a practice rule points at. `kind` names the kind of credential where that is known, and `chosen` says that
    people choose such values. `rank` tells which of two candidates on one literal knows more of it.
    """

    rule: str
    spans: tuple[Span, ...]
    secret: bytes | None = field(repr=False)
    severity: Severity
    confidence: Confidence
    evidence: tuple[str, ...]
    kind: str | None = None
    chosen: bool = False
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A source that a rule finds, or must not find; `spans` are where, in bytes."""

    text: str
    spans: tuple[Span, ...]


_MARK = re.compile("«|»|~")


def good(*texts: str) -> tuple[Example, ...]:
    """Counterexamples. Their values are written as in `bad`."""
    return bad(*texts)


def bad(*texts: str) -> tuple[Example, ...]:
    """Examples. What is to be found stands between `«` and `»`, and a `~` in it stands for nothing.

    With the marks in them, no file of ours holds a whole credential.
    """
    return tuple(_example(text) for text in texts)


def _example(text: str) -> Example:
    written = ""
    spans: list[Span] = []
    start = at = 0
    is_inside = False
    for mark in _MARK.finditer(text):
        if mark[0] == "~" and not is_inside:
            continue
        written += text[at : mark.start()]
        at = mark.end()
        if mark[0] == "«":
            start, is_inside = len(written.encode()), True
        elif mark[0] == "»":
            spans.append((start, len(written.encode())))
            is_inside = False
    return Example(written + text[at:], tuple(spans))


class AstRule(abc.ABC):
    """A rule on the syntax of Python. Its docstring says what it finds, why that is wrong, and what to do instead.

    In every source in which it holds all of one group of its `marks` are found. `rank` tells which of two rules that
    find one literal knows more.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    confidence: ClassVar[Confidence]
    sort: ClassVar[Sort]
    advice: ClassVar[str]
    rank: ClassVar[int] = 0
    opt_in: ClassVar[bool] = False
    references: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[Example, ...]]
    counterexamples: ClassVar[tuple[Example, ...]]

    def __init__(self, sinks: Sinks) -> None:
        self.sinks = sinks

    @abc.abstractmethod
    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Every place in `module` where the rule holds."""

    @property
    def marks(self) -> Marks:
        """What a source shows before it is parsed; of a named literal unless a rule says more."""
        return NAMED

    def secret(
        self,
        value: Value,
        span: tuple[int, int],
        confidence: Confidence,
        evidence: tuple[str, ...],
        *,
        severity: Severity | None = None,
        kind: str | None = None,
        chosen: bool = False,
    ) -> Iterator[AstCandidate]:
        """A candidate for the characters `span` of `value`, if any of them stands in the source."""
        spans = value.spans(*span)
        if spans:
            secret = value.text[span[0] : span[1]].encode()
            severity = self.severity if severity is None else severity
            yield AstCandidate(self.id, spans, secret, severity, confidence, evidence, kind, chosen, self.rank)

    def called(self, value: Value, name: str, where: str) -> Iterator[AstCandidate]:
        """A candidate for the credential in a value that is called `name`, if there is one; `where` is evidence."""
        for judged in by_name(value, name):
            evidence = (where, judged.evidence)
            confidence = confidence_of(judged.score)
            yield from self.secret(value, judged.span, confidence, evidence, chosen=judged.named.chosen)

    def practice(
        self, module: Module, node: ast.expr | ast.stmt, *evidence: str, confidence: Confidence | None = None
    ) -> AstCandidate:
        """A candidate that points at code."""
        confidence = self.confidence if confidence is None else confidence
        return AstCandidate(self.id, (module.span(node),), None, self.severity, confidence, evidence, rank=self.rank)


_SHOWN = re.compile(r"[A-Za-z_][\w. -]{0,59}", re.ASCII)


def shown(name: str) -> str:
    """A name from the source as it may stand in evidence: only what looks like a name is repeated."""
    return name if _SHOWN.fullmatch(name) else "…"
