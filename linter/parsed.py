"""What AST rules find in the Python sources and notebooks among the contents of a batch."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from linter import all_rules
from linter.extract import Candidate, Fault
from linter.model import Confidence, Secret, SkipKind
from linter.python_paths import NOTEBOOK, SUFFIXES
from linter.rule_choice import RuleChoice

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from linter.ast_rules import Analysis, AstCandidate, AstRule
    from linter.first_look import FirstLook
    from linter.model import Batch
    from linter.rule_choice import RuleMarks
    from linter.rules import PatternRule
    from linter.worker import Worker

__all__ = ["TOO_LARGE", "Parser", "for_history", "joined", "settled"]

TOO_LARGE = Fault("AST rules: too large to be read whole", SkipKind.DEGRADED)


def for_history(rules: Sequence[PatternRule]) -> frozenset[str]:
    """The AST rules that run on the history too: those that find credentials, and are not sure to be guessing."""
    return frozenset(
        rule.id for rule in rules if rule.is_parsed and not rule.practice and rule.confidence > Confidence.LOW
    )


class Parser:
    """Runs the AST rules that are among `rules`; they are imported with the first source in which one may hold.

    `sinks` are files of the user, beside those of twlint.

    In a history only the rules of `for_history` run, on what `first_look` chooses if it gives something: it is asked
    with the first source.

    Parsing a source holds the interpreter's lock and sets what is the process's own (the filter of warnings), so it is
    done by one thread at a time. A process that may be killed also reads what this Python cannot; not so in a history,
    which has many such sources.
    """

    def __init__(
        self,
        rules: Sequence[PatternRule],
        lock: threading.Lock,
        first_look: Callable[[], FirstLook | None] | None = None,
        sinks: tuple[Path, ...] = (),
    ) -> None:
        self._lock = lock
        self._numbers = {rule.id: number for number, rule in enumerate(rules)}
        self._ids = for_history(rules) if first_look else frozenset(rule.id for rule in rules if rule.is_parsed)
        self._is_past = first_look is not None
        self._ask = first_look
        self._first_look: FirstLook | None = None
        self._choice: RuleChoice[RuleMarks] | None = None
        self._rules: dict[str, AstRule] | None = None
        self._sinks = sinks
        self._worker: Worker | None = None

    def wanted(self, batch: Batch) -> Iterator[int]:
        """The contents of `batch` that are for AST rules, by their paths and by a first look at them.

        Each is to be asked for its `candidates` before the next: what is wanted depends on what was found.
        """
        if not self._ids:
            return
        for content, path in enumerate(batch.paths):
            if path.lower().endswith(SUFFIXES) and self._is_worth_it(batch, content):
                yield content

    def _is_worth_it(self, batch: Batch, content: int) -> bool:
        if self._ask is not None:
            with self._lock:
                self._first_look, self._ask = self._ask(), None
        return self._first_look is None or self._first_look.wants(batch, content)

    def candidates(self, batch: Batch, content: int) -> tuple[list[Candidate], Fault | None]:
        """What the rules find in a whole content that is wanted, and why it could not be analysed."""
        start, end, path = batch.starts[content], batch.ends[content], batch.paths[content]
        source = bytes(batch.data[start:end])
        analysis = self._analysed_notebook(source) if path.lower().endswith(NOTEBOOK) else self._analysed(source)
        candidates = [self._candidate(each, content, start) for each in (analysis.candidates if analysis else ())]
        if analysis and analysis.fault is not None:
            return candidates, Fault(f"AST rules: {analysis.fault}", SkipKind.DEGRADED)
        if self._first_look is not None:
            self._first_look.learn(candidates)
        return candidates, None

    def _analysed_notebook(self, source: bytes) -> Analysis:
        from linter import ast_rules

        with self._lock:
            return ast_rules.analyse_notebook(source, self._rules_for)

    def _analysed(self, source: bytes) -> Analysis | None:
        """The analysis of a source; None if no rule may hold in it."""
        with self._lock:
            rules = self._rules_for(source)
            if not rules:
                return None
            # The rules import them too.
            from linter import ast_rules
            from linter.python import Reason

            analysis = ast_rules.analyse(source, rules)

        # `except A, B:` is the syntax of Python 2, and of Python 3.14 again.
        is_newer = analysis.fault in (Reason.SYNTAX.value, Reason.PYTHON_2.value)
        if is_newer and not self._is_past:
            with contextlib.suppress(OSError):
                return self._analysed_elsewhere(source, rules)
        return analysis

    def _analysed_elsewhere(self, source: bytes, rules: Sequence[AstRule]) -> Analysis:
        """The same, from a process of its own, of a source whose syntax may be newer than this Python.

        Raises:
            OSError: it cannot be started.
        """
        from linter import ast_rules
        from linter.worker import Lost, Worker

        self._worker = self._worker or Worker(self._sinks)
        try:
            return self._worker.analyse(source, [rule.id for rule in rules])
        except Lost as error:
            return ast_rules.Analysis((), str(error))

    def close(self) -> None:
        """End the process, if one was started."""
        if self._worker is not None:
            self._worker.close()

    def _rules_for(self, source: bytes) -> list[AstRule]:
        """The rules that may hold in `source`; they are imported with the first source that has some."""
        if self._choice is None:
            marks = all_rules.marks(self._sinks)
            self._choice = RuleChoice([each for each in marks if each.id in self._ids])
        chosen = self._choice.rules_for(source)
        if chosen and self._rules is None:
            from linter import ast_rules, sinks

            known = ast_rules.builtin(sinks.load([*sinks.builtin_files(), *self._sinks]))
            self._rules = {rule.id: rule for rule in known}
        return [self._rules[each.id] for each in chosen] if self._rules else []

    def _candidate(self, found: AstCandidate, content: int, offset: int) -> Candidate:
        """The candidate of the rule that knows its kind, else of the AST rule."""
        rule = self._numbers.get(found.kind or "", self._numbers[found.rule])
        start, end = min(found.spans)[0], max(found.spans)[1]
        secret = Secret(found.secret or b"", chosen=found.chosen)
        evidence = found.evidence or ("form: code",)
        return Candidate(
            content, start + offset, end + offset, rule, secret, found.severity, found.confidence, evidence
        )


def joined(candidates: Sequence[Candidate], known: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of pattern rules, and those `known` by a call that takes that kind, which may form sets too.

    Where both stand, the pattern rule's is left unless neither content nor path says whose it is.
    """
    firm = [each for each in candidates if not each.path_words and not each.is_only_a_part]
    added = [each for each in known if not any(map(each.overlaps, firm))]
    kept = [each for each in candidates if each in firm or not any(map(each.overlaps, added))]
    return sorted([*kept, *added], key=lambda each: each.start)


def settled(combined: Sequence[Candidate], parsed: Sequence[Candidate], practices: frozenset[int]) -> list[Candidate]:
    """The candidates of pattern rules (in sets where they form some) and of AST rules, by place.

    On one literal stays the pattern rule's, which knows the kind, unless neither content nor path says whose it is.
    `practices` are the numbers of rules whose candidates are no credentials; they stand beside any other.
    """
    firm = [part for each in combined if not each.path_words for part in (each, *each.parts)]
    kept = [each for each in parsed if each.rule in practices or not any(map(each.overlaps, firm))]
    secrets = [each for each in kept if each.rule not in practices]
    others = [each for each in combined if not each.path_words or not any(map(each.overlaps, secrets))]
    return sorted([*others, *kept], key=lambda each: (each.start, each.end, each.rule))
