"""What one thread of a scan does: it examines the contents of a stream and the archives among them."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from linter import directives, matcher
from linter.examine import Examiner
from linter.first_look import FirstLook
from linter.members import Members
from linter.parsed import Parser
from linter.sources.archives import Memory

if TYPE_CHECKING:
    from pathlib import Path

    from linter.examine import Examined
    from linter.globs import Globs
    from linter.matcher import Engine
    from linter.members import Inside, Reopen
    from linter.model import Batch
    from linter.rules import PatternRule
    from linter.stop import Stop

__all__ = ["Outcome", "Settings", "Slice", "Workshop"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to scan.

    Attributes:
        rules: the rules to run.
        rule_ids: the ids of all rules there are; comments may name any of them.
        jobs: threads.
        excluded: paths that are not reported, whatever their source.
        accepted: words in the reason of a skip that leave the scan complete.
        honours_comments: whether `twlint: ignore` comments in the content count.
        honoured: other tools whose comments count too.
        shows_samples: values that a provider's documentation prints are findings too.
        sinks: files of the user that say which calls take credentials; they load.
        opens_archives: whether archives are opened.
    """

    rules: tuple[PatternRule, ...]
    rule_ids: frozenset[str]
    jobs: int
    excluded: Globs | None = None
    accepted: tuple[str, ...] = ()
    honours_comments: bool = True
    honoured: tuple[str, ...] = ()
    shows_samples: bool = False
    sinks: tuple[Path, ...] = ()
    opens_archives: bool = True


@dataclass(slots=True)
class Outcome:
    """What was seen: keys of whole contents, what there is to tell of them, and of what is in archives.

    `members` is how many contents of archives were examined, and `size` the bytes of all.
    """

    delivered: set[bytes] = field(default_factory=set)
    examined: list[Examined] = field(default_factory=list)
    inside: list[Inside] = field(default_factory=list)
    members: int = 0
    size: int = 0

    def add(self, other: Outcome) -> None:
        """Take in what was seen elsewhere."""
        self.delivered |= other.delivered
        self.examined += other.examined
        self.inside += other.inside
        self.members += other.members
        self.size += other.size


class Workshop:
    """What the threads of a scan share."""

    def __init__(self, settings: Settings, engine: Engine, stop: Stop) -> None:
        self.settings = settings
        self.stop = stop
        self.memory = Memory()
        self._engine = engine
        self._parsing = threading.Lock()
        self._growing = threading.Lock()
        self._quiet: set[int] = set()

    def examiner(self, stack: ExitStack, *, is_past: bool) -> Examiner:
        """An examiner that is closed with `stack`."""
        settings, engine = self.settings, self._engine
        if settings.honoured:
            engine = matcher.MarkedEngine(engine, directives.marks(settings.honoured))
        first_look = self._first_look if is_past else None
        parser = Parser(settings.rules, self._parsing, first_look, settings.sinks)
        examiner = Examiner(settings.rules, settings.rule_ids, engine, parser, deep=not is_past)
        return stack.enter_context(closing(examiner))

    def examiner_for_more(self, stack: ExitStack, *, is_past: bool) -> Examiner:
        """One for more than there seemed to be: it is known only now what comes out of archives."""
        with self._growing:
            self._engine = matcher.for_more(self._engine, self.settings.rules)
        return self.examiner(stack, is_past=is_past)

    def _first_look(self) -> FirstLook | None:
        """What chooses sources of a history for one thread; None where Hyperscan, which it needs, cannot run."""
        return None if self._values is None else FirstLook(self._values.session(), self._quiet)

    @cached_property
    def _values(self) -> matcher.Values | None:
        return matcher.compiled_values()


class Slice:
    """Examines batches for one thread; a context manager."""

    def __init__(self, workshop: Workshop, *, is_past: bool) -> None:
        self._workshop = workshop
        self._is_past = is_past
        self._stack = ExitStack()
        self._examiner = workshop.examiner(self._stack, is_past=is_past)
        self._begin()

    def __enter__(self) -> Slice:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _begin(self) -> None:
        self._outcome = Outcome()
        self._members = Members(
            self._examiner,
            lambda: self._workshop.examiner_for_more(self._stack, is_past=self._is_past),
            self._workshop.memory,
            self._workshop.stop,
            is_on=self._workshop.settings.opens_archives,
            is_past=self._is_past,
        )

    def examine(self, batch: Batch, reopen: Reopen) -> int:
        """Examine a batch; gives the bytes that were examined. `reopen` is for those of archives."""
        self._outcome.examined += self._examiner.examine(batch)
        size = sum(batch.ends) - sum(batch.starts) + self._members.examine(batch, reopen)
        self._outcome.size += size
        if batch.last:
            self._outcome.delivered.update(batch.keys)
        return size

    def outcome(self) -> Outcome:
        """What was seen since this was asked for last."""
        outcome = self._outcome
        outcome.inside, outcome.members = self._members.found, self._members.count
        self._begin()
        return outcome
