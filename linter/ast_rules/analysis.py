"""One source in, its candidates out: AST rules on one file, without any side effect."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from linter import python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from linter.ast_rules.base import AstCandidate, AstRule
    from linter.python import Module

__all__ = ["Analysis", "analyse", "analyse_notebook"]

CANDIDATE_LIMIT = 10_000


class Analysis(NamedTuple):
    """The candidates in a source, by place, and why it was not, or not wholly, analysed; None if it was."""

    candidates: tuple[AstCandidate, ...]
    fault: str | None


def analyse(source: bytes, rules: Sequence[AstRule]) -> Analysis:
    """What `rules` find in `source`. It never raises, runs nothing of the source, and can be pickled.

    Of two candidates on one literal stays the one that knows more. A rule that fails is a fault, and the others run.
    """
    if not rules:
        return Analysis((), None)
    module = python.read(source, rules[0].sinks.lookups)
    if isinstance(module, python.Unreadable):
        return Analysis((), module.reason.value)
    found: list[AstCandidate] = []
    faults = []
    for rule in rules:
        try:
            for candidate in rule.find(module):
                found.append(candidate)
                if len(found) >= CANDIDATE_LIMIT:
                    raise python.OutOfBudget
        except python.OutOfBudget:
            faults.append(python.Reason.TOO_LONG.value)
            break
        except Exception as error:  # its text may hold what the source holds
            faults.append(f"{rule.id} failed: {type(error).__name__}")
    candidates = tuple(_in_source(candidate, module) for candidate in most_telling(found))
    module.release()
    return Analysis(candidates, "; ".join(faults) or None)


def analyse_notebook(data: bytes, rules_for: Callable[[bytes], Sequence[AstRule]]) -> Analysis:
    """What rules find in the code cells of a notebook, at its own bytes; as `analyse`, with all cells as one source.

    `rules_for` gives the rules for a source. Names reach from cell to cell. Cells that are no Python are left out,
    which is a fault.
    """
    notebook = python.read_notebook(data)
    if notebook is None:
        return Analysis((), "not a notebook")
    candidates, fault = analyse(notebook.source, rules_for(notebook.source))
    placed = tuple(replace(each, spans=tuple(notebook.origin(span) for span in each.spans)) for each in candidates)
    return Analysis(placed, fault or (None if notebook.is_whole else "a cell is not the syntax of this Python"))


def _in_source(candidate: AstCandidate, module: Module) -> AstCandidate:
    spans = tuple(module.origin(span) for span in candidate.spans)
    return candidate if spans == candidate.spans else replace(candidate, spans=spans)


def most_telling(found: Iterable[AstCandidate]) -> list[AstCandidate]:
    """Secrets of which no two overlap, the higher ranked kept, and all practices, once each; by place."""
    kept: list[AstCandidate] = []
    taken: list[tuple[int, int]] = []
    practices: set[tuple[str, tuple[tuple[int, int], ...]]] = set()
    for candidate in sorted(found, key=lambda each: (-each.rank, -each.confidence, each.spans, each.rule)):
        if candidate.secret is None:
            if (candidate.rule, candidate.spans) in practices:
                continue
            practices.add((candidate.rule, candidate.spans))
        elif any(_overlaps(span, taken) for span in candidate.spans):
            continue
        else:
            for span in candidate.spans:
                insort(taken, span)
        kept.append(candidate)
    return sorted(kept, key=lambda each: (each.spans, each.rule))


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    """True if `span` overlaps one of `taken`, which are in order and do not overlap one another."""
    place = bisect_left(taken, span)
    return any(start < span[1] and span[0] < end for start, end in taken[max(place - 1, 0) : place + 1])
