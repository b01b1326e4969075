"""All patterns at once, in Hyperscan."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from linter import decode
from linter.decode import Kind
from linter.matcher import databases
from linter.matcher.changes import Changes
from linter.matcher.engine import DIRECTIVE, REACH, Places, Session, Window, ends_of, promises_for
from linter.patterns import WIDTH_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import hyperscan

    from linter.matcher.changes import Hit
    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["PatternEngine"]

CALLBACK_LIMIT = 50_000
"""Hits in one batch above which the batch is scanned again in windows, each rule reported once a window."""

WINDOW = 64 << 10


class PatternEngine:
    """All patterns at once; a match is reported by its end, so its window reaches back by the rule's width."""

    def __init__(self, rules: Sequence[PatternRule], database: hyperscan.Database) -> None:
        self.rules = rules
        self.database = database

    def session(self) -> Session:
        """A session with a scratch of its own: Hyperscan's scratch serves one thread."""
        return _PatternSession(self)

    @cached_property
    def promises(self) -> tuple[decode.Promise, ...]:
        """What the database looks for behind the rules."""
        return promises_for(self.rules)

    @cached_property
    def is_local(self) -> bool:
        """True if a content may be searched in pieces: all that is looked for is short."""
        return all(rule.hint_width <= REACH for rule in self.rules)

    @cached_property
    def once_database(self) -> hyperscan.Database:
        """The patterns compiled to report once a scan; needed only for content that matches everywhere."""
        name = f"{databases.cache_name(self.rules)}-once"
        if (database := databases.stored(name)) is None:
            database = databases.compile_patterns(self.rules, once=True)
            databases.keep(name, database)
        return database

    @cached_property
    def runs_database(self) -> hyperscan.Database:
        """`decode.RUNS` by itself: in one database with the rules it costs thrice as much."""
        return databases.alone(decode.RUNS.pattern)


class _PatternSession:
    def __init__(self, engine: PatternEngine) -> None:
        import hyperscan

        self._engine = engine
        self._scratch = hyperscan.Scratch(engine.database)
        self._runs_scratch: hyperscan.Scratch | None = None
        self._changes = Changes() if engine.is_local else None

    def places(self, batch: Batch, *, deep: bool = True) -> Places:
        found = self._places(batch)
        return found._replace(encoded=sorted({*found.encoded, *self._runs(batch)})) if deep else found

    def _runs(self, batch: Batch) -> list[tuple[int, Kind]]:
        import hyperscan

        ends: list[tuple[int, Kind]] = []
        database = self._engine.runs_database
        scratch = self._runs_scratch = self._runs_scratch or hyperscan.Scratch(database)
        with memoryview(batch.data) as view, view[: batch.size] as data:
            databases.scan(database, data, lambda _number, end: ends.append((end, Kind.RUN)), scratch)
        return ends

    def _places(self, batch: Batch) -> Places:
        import hyperscan

        partial: set[int] = set()
        with memoryview(batch.data) as view, view[: batch.size] as data:
            try:
                if batch.versions and self._changes is not None:
                    hits, partial = self._changes.hits(batch, self._hits)
                else:
                    hits = self._hits(data)
            except hyperscan.ScanTerminated:
                return self._places_by_window(batch, data)
        return self._places_of(batch, hits, partial)

    def _hits(self, data: bytes | memoryview) -> list[Hit]:
        """The hits in `data`.

        Raises:
            hyperscan.ScanTerminated: there are more than `CALLBACK_LIMIT`.
        """
        hits: list[Hit] = []

        def on_match(number: int, end: int) -> bool:
            hits.append((end, number))
            return len(hits) > CALLBACK_LIMIT

        databases.scan(self._engine.database, data, on_match, self._scratch)
        return hits

    def _places_of(self, batch: Batch, hits: list[Hit], partial: set[int]) -> Places:
        """The places of `hits`; of the contents `partial` not all was searched, so no hit there is certain."""
        rules = self._engine.rules
        windows: list[Window] = []
        directives: list[int] = []
        encoded: list[tuple[int, Kind]] = []
        for rule, end in sorted((number, end) for end, number in hits):
            if rule == len(rules):
                directives.append(end)
                continue
            if rule > len(rules):
                encoded.append((end, self._engine.promises[rule - len(rules) - 1].kind))
                continue
            content = bisect_left(batch.starts, end) - 1
            # A consuming end class may take the newline behind the content.
            if content < 0 or end > batch.ends[content] + 1:
                continue
            width, is_hint = rules[rule].width, rules[rule].hint is not None
            if rules[rule].bound:  # read from the line that the value starts in
                width = 0
            reach = end - width
            start = max(reach - 1, batch.starts[content])
            stop = min(end + (width if is_hint else 0) + 1, batch.ends[content])
            last = windows[-1] if windows else None
            if last and last.rule == rule and last.content == content and start <= last.stop:
                windows[-1] = last._replace(stop=stop)
            else:
                is_whole = not is_hint and reach >= batch.starts[content] and end <= batch.ends[content]
                windows.append(Window(content, rule, start, stop, is_whole and content not in partial))
        return Places(windows, directives, sorted(encoded))

    def _places_by_window(self, batch: Batch, data: memoryview) -> Places:
        import hyperscan

        database = self._engine.once_database
        scratch = hyperscan.Scratch(database)
        rules = self._engine.rules
        windows: set[Window] = set()
        directives: set[int] = set()
        encoded: set[tuple[int, Kind]] = set()
        for content, (first, end) in enumerate(zip(batch.starts, batch.ends, strict=True)):
            for start in range(first, max(end, first + 1), WINDOW):
                low = max(start - WIDTH_LIMIT, 0)
                stop = min(start + WINDOW, end)
                # One byte more, for the end class of a match that ends the content.
                for rule in databases.numbers(database, data[low : stop + 1], scratch):
                    if rule == len(rules):
                        directives.update(ends_of(batch.data, DIRECTIVE, low, stop))
                    elif rule > len(rules):
                        kind, pattern = self._engine.promises[rule - len(rules) - 1]
                        promised = re.compile(pattern, re.MULTILINE).finditer(batch.data, low, stop)
                        encoded.update((found.end(), kind) for found in promised)
                    else:
                        reach = max(start - rules[rule].width, first)
                        windows.add(Window(content, rule, reach, min(stop + 1, end), False))
        return Places(sorted(windows), sorted(directives), sorted(encoded))
