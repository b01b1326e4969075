"""Sources of the history, once more: what pattern rules and AST rules find in them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.parsed import TOO_LARGE

if TYPE_CHECKING:
    from linter.examine import Examined, Examiner
    from linter.extract import Fault
    from linter.matcher import Values
    from linter.model import Batch
    from linter.parsed import Parser

__all__ = ["Looked", "SecondLook"]


class Looked(NamedTuple):
    """What was found where AST rules find something, and why sources were not, or not wholly, analysed."""

    examined: list[Examined]
    faults: list[Fault]


class SecondLook:
    """Examines for one thread the sources whose paths became known when all was scanned.

    Few of them hold a literal that may be a credential, and only those are analysed; only what AST rules find
    something in is examined anew, because on one literal theirs and a pattern rule's candidate are one finding.
    `examiner` runs the AST rules by `parser`.
    """

    def __init__(self, examiner: Examiner, parser: Parser, values: Values) -> None:
        self._examiner = examiner
        self._parser = parser
        self._values = values

    def examine(self, batch: Batch) -> Looked:
        """What there is to tell of the sources in `batch`."""
        if batch.origin.offset or not batch.last:
            return Looked([], [] if batch.origin.offset else [TOO_LARGE])
        faults = []
        telling = []
        for content in self._values.contents(batch):
            found, fault = self._parser.candidates(batch, content)
            if found:
                telling.append(content)
            if fault is not None:
                faults.append(fault)
        if not telling:
            return Looked([], faults)
        examined = self._examiner.examine(batch.only(telling))
        return Looked([each._replace(faults=each.faults.difference(faults)) for each in examined], faults)
