"""The rules whose keywords stand in a content: slower, but nothing has to be compiled."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from linter import decode
from linter.matcher import databases
from linter.matcher.engine import DIRECTIVE, Places, Session, Window, ends_of, promises_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import hyperscan

    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["KeywordEngine", "keywords_of"]


class KeywordEngine:
    """The rules whose keywords stand in a content, in windows around those keywords, and all rules that have none.

    `database` holds the keywords, compiled by `compile_keywords`; without it each is looked for by itself.
    """

    def __init__(self, rules: Sequence[PatternRule], database: hyperscan.Database | None) -> None:
        self.rules = rules
        self.keywords = keywords_of(rules)
        self.database = database
        self.rules_of: dict[int, list[int]] = defaultdict(list)
        index = {word: number for number, word in enumerate(self.keywords)}
        for number, rule in enumerate(rules):
            for word in set(rule.keywords):
                self.rules_of[index[word.encode()]].append(number)
        self.promises = promises_for(rules)
        self.without_keywords = [number for number, rule in enumerate(rules) if rule.pattern and not rule.keywords]

    def session(self) -> Session:
        """A session with a scratch of its own, where Hyperscan finds the keywords."""
        return _KeywordSession(self)


class _KeywordSession:
    def __init__(self, engine: KeywordEngine) -> None:
        self._engine = engine
        if engine.database is not None:
            import hyperscan

            self._scratch = hyperscan.Scratch(engine.database)

    def places(self, batch: Batch) -> Places:
        lowered = batch.data[: batch.size].lower()
        windows: list[Window] = []
        directives: list[int] = []
        for number in sorted(self._present(lowered)):
            word = self._engine.keywords[number]
            if word == DIRECTIVE:
                directives = ends_of(batch.data, word, 0, batch.size)
            for rule in self._engine.rules_of[number]:
                windows += self._windows(batch, lowered, word, rule)
        windows += [
            Window(content, rule, start, end, False)
            for content, (start, end) in enumerate(zip(batch.starts, batch.ends, strict=True))
            for rule in self._engine.without_keywords
        ]
        encoded = sorted({*decode.search(batch.data, batch.size, self._engine.promises)})
        return Places(_merged(windows), directives, encoded)

    def _present(self, lowered: bytearray) -> Iterable[int]:
        if self._engine.database is None:
            return [number for number, word in enumerate(self._engine.keywords) if word in lowered]
        return databases.numbers(self._engine.database, lowered, self._scratch)

    def _windows(self, batch: Batch, lowered: bytearray, word: bytes, rule: int) -> list[Window]:
        """Windows around `word`; those that touch are one, so that a run of keywords costs no more than its length."""
        reach = self._engine.rules[rule].width + 1
        windows: list[Window] = []
        place = lowered.find(word)
        while place >= 0:
            content = bisect_left(batch.starts, place + 1) - 1
            if content < 0 or place >= batch.ends[content]:
                place = lowered.find(word, place + 1)
                continue
            low, high = batch.starts[content], batch.ends[content]
            start, stop = max(low, place + len(word) - reach), place
            while (last := lowered.rfind(word, stop, min(high, stop + len(word) + reach))) > stop:
                stop = last
            windows.append(Window(content, rule, start, min(high, stop + reach), False))
            place = lowered.find(word, stop + 1)
        return windows


def _merged(windows: list[Window]) -> list[Window]:
    merged: list[Window] = []
    for window in sorted(windows):
        last = merged[-1] if merged else None
        if last and (last.content, last.rule) == (window.content, window.rule) and window.start <= last.stop:
            merged[-1] = last._replace(stop=max(last.stop, window.stop))
        else:
            merged.append(window)
    return merged


def keywords_of(rules: Sequence[PatternRule]) -> list[bytes]:
    """The keywords of all rules in lower case, and the directive, in order."""
    words = {word.encode() for rule in rules for word in rule.keywords}
    return sorted(words | {DIRECTIVE})
