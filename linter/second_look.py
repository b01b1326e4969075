"""Files of the history, once more: what AST rules and rules on paths find in them, beside pattern rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.parsed import TOO_LARGE

if TYPE_CHECKING:
    from linter.examine import Examined, Examiner
    from linter.extract import Fault
    from linter.file_rules import FileRules
    from linter.matcher import Values
    from linter.model import Batch
    from linter.parsed import Parser

__all__ = ["Looked", "SecondLook"]


class Looked(NamedTuple):
    """What was found where AST rules find something, and why sources were not, or not wholly, analysed."""

    examined: list[Examined]
    faults: list[Fault]


class SecondLook:
    """Examines for one thread the files whose paths became known when all was scanned.

    Few sources hold a literal that may be a credential, and only those are analysed; only what AST rules or `files`
    find something in is examined anew, because on one literal an AST rule's and a pattern rule's candidate are one
    finding. `examiner` runs the AST rules by `parser`, and the rules on paths.
    """

    def __init__(self, examiner: Examiner, parser: Parser, values: Values, files: FileRules) -> None:
        self._examiner = examiner
        self._parser = parser
        self._values = values
        self._files = files
        self._large: list[bytes] = []
        """The large content whose windows are all examined, because its first one tells something."""

    def examine(self, batch: Batch) -> Looked:
        """What there is to tell of the files in `batch`."""
        if batch.origin.offset:
            return Looked(self._examiner.examine(batch) if batch.keys == self._large else [], [])
        telling = {content for content in range(len(batch.keys)) if self._files.candidates(batch, content)}
        self._large = batch.keys if telling and not batch.last else []
        found, faults = self._sources(batch)
        telling |= found
        if not telling:
            return Looked([], faults)
        examined = self._examiner.examine(batch.only(sorted(telling)))
        return Looked([each._replace(faults=each.faults.difference(faults)) for each in examined], faults)

    def _sources(self, batch: Batch) -> tuple[set[int], list[Fault]]:
        """The sources in which AST rules find something, and why others were not analysed."""
        sources = self._parser.wanted(batch)
        if not batch.last:
            return set(), [TOO_LARGE] if sources else []
        chosen = batch.only(sources)
        telling, faults = set(), []
        for content in self._values.contents(chosen):
            found, fault = self._parser.candidates(chosen, content)
            if found:
                telling.add(sources[content])
            if fault is not None:
                faults.append(fault)
        return telling, faults
