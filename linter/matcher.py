"""The multi-pattern engine: in which places of a batch which rules may match.

Two engines give the same findings. `PatternEngine` runs all patterns at once in Hyperscan. `KeywordEngine` looks for
the keywords of the rules only: it needs no compiled database, so it serves small scans while there is none, and
platforms where Hyperscan cannot run.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from linter import cache
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import hyperscan

    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["Engine", "KeywordEngine", "PatternEngine", "Places", "Session", "Window", "choose"]

DIRECTIVE = b"twlint:"
"""What a suppression comment contains; every engine looks for it too."""

SMALL_SCAN = 4 << 20
"""Bytes up to which compiling all patterns costs more than it saves."""

CALLBACK_LIMIT = 50_000
"""Hits in one batch above which the batch is scanned again in windows, each rule reported once a window."""

WINDOW = 64 << 10
WIDEST_MATCH = 16_384


class Window(NamedTuple):
    """Content `content` of the batch may hold a match of rule `rule` that lies in the bytes `start` to `stop`.

    `certain`: the engine saw such a match whole, so that finding none there is a disagreement.
    """

    content: int
    rule: int
    start: int
    stop: int
    certain: bool


class Places(NamedTuple):
    """Where to look closer: windows of rules, and the offsets just behind each `twlint:`."""

    windows: list[Window]
    directives: list[int]


class Session(Protocol):
    """An engine's state for one thread."""

    def places(self, batch: Batch) -> Places:
        """Every place of `batch` where a rule may match; no match lies outside of them."""


class Engine(Protocol):
    """Finds the places where rules may match."""

    def session(self) -> Session:
        """A session for one thread."""


def choose(rules: Sequence[PatternRule], size: int | None) -> tuple[Engine, str | None]:
    """The engine for a scan of `size` bytes (None: unknown, or much), and a notice if it is a slow one.

    Raises:
        Error: a rule's pattern is refused by Hyperscan.
    """
    if (reason := _unusable()) is not None:
        return KeywordEngine(rules, None), f"slow engine: {reason}"
    name = _cache_name(rules)
    if (database := _stored(name)) is not None:
        return PatternEngine(rules, database), None
    if size is not None and size <= SMALL_SCAN:
        return KeywordEngine(rules, _compile_keywords(_keywords(rules))), None
    database = compile_patterns(rules)
    cache.write(name, _dump(database))
    return PatternEngine(rules, database), None


class PatternEngine:
    """All patterns at once; a match is reported by its end, so its window reaches back by the rule's width."""

    def __init__(self, rules: Sequence[PatternRule], database: hyperscan.Database) -> None:
        self.rules = rules
        self.database = database

    def session(self) -> Session:
        """A session with a scratch of its own: Hyperscan's scratch serves one thread."""
        return _PatternSession(self)

    @cached_property
    def once_database(self) -> hyperscan.Database:
        """The patterns compiled to report once a scan; needed only for content that matches everywhere."""
        name = f"{_cache_name(self.rules)}-once"
        if (database := _stored(name)) is None:
            database = compile_patterns(self.rules, once=True)
            cache.write(name, _dump(database))
        return database


class _PatternSession:
    def __init__(self, engine: PatternEngine) -> None:
        import hyperscan

        self._engine = engine
        self._scratch = hyperscan.Scratch(engine.database)

    def places(self, batch: Batch) -> Places:
        import hyperscan

        hits: list[tuple[int, int]] = []

        def on_match(rule: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            hits.append((rule, end))
            return len(hits) > CALLBACK_LIMIT

        with memoryview(batch.data) as view, view[: batch.size] as data:
            try:
                self._engine.database.scan(data, match_event_handler=on_match, scratch=self._scratch)
            except hyperscan.ScanTerminated:
                return self._places_by_window(batch, data)
        return self._places_of(batch, hits)

    def _places_of(self, batch: Batch, hits: list[tuple[int, int]]) -> Places:
        rules = self._engine.rules
        windows: list[Window] = []
        directives: list[int] = []
        hits.sort()
        for rule, end in hits:
            if rule == len(rules):
                directives.append(end)
                continue
            content = bisect_left(batch.starts, end) - 1
            # A consuming end class may take the newline behind the content.
            if content < 0 or end > batch.ends[content] + 1:
                continue
            reach = end - rules[rule].width
            start = max(reach - 1, batch.starts[content])
            stop = min(end + 1, batch.ends[content])
            last = windows[-1] if windows else None
            if last and last.rule == rule and last.content == content and start <= last.stop:
                windows[-1] = last._replace(stop=stop)
            else:
                windows.append(Window(content, rule, start, stop, reach >= batch.starts[content]))
        return Places(windows, directives)

    def _places_by_window(self, batch: Batch, data: memoryview) -> Places:
        import hyperscan

        database = self._engine.once_database
        scratch = hyperscan.Scratch(database)
        rules = self._engine.rules
        windows: set[Window] = set()
        directives: set[int] = set()
        for content, (first, end) in enumerate(zip(batch.starts, batch.ends, strict=True)):
            for start in range(first, max(end, first + 1), WINDOW):
                low = max(start - WIDEST_MATCH, 0)
                stop = min(start + WINDOW, end)
                found: list[int] = []
                database.scan(
                    # One byte more, for the end class of a match that ends the content.
                    data[low : stop + 1],
                    match_event_handler=lambda rule, _start, _end, _flags, hits: hits.append(rule),
                    context=found,
                    scratch=scratch,
                )
                for rule in found:
                    if rule == len(rules):
                        directives.update(_ends_of(batch.data, DIRECTIVE, low, stop))
                    else:
                        reach = max(start - rules[rule].width, first)
                        windows.add(Window(content, rule, reach, min(stop + 1, end), False))
        return Places(sorted(windows), sorted(directives))


class KeywordEngine:
    """The rules whose keywords stand in a content, in windows around those keywords.

    `database` holds the keywords, compiled by `_compile_keywords`; without it each is looked for by itself.
    """

    def __init__(self, rules: Sequence[PatternRule], database: hyperscan.Database | None) -> None:
        self.rules = rules
        self.keywords = _keywords(rules)
        self.database = database
        self.rules_of: dict[int, list[int]] = defaultdict(list)
        index = {word: number for number, word in enumerate(self.keywords)}
        for number, rule in enumerate(rules):
            for word in set(rule.keywords):
                self.rules_of[index[word.encode()]].append(number)

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
                directives = _ends_of(batch.data, word, 0, batch.size)
            for rule in self._engine.rules_of[number]:
                windows += self._windows(batch, lowered, word, rule)
        return Places(_merged(windows), directives)

    def _present(self, lowered: bytearray) -> Iterable[int]:
        if self._engine.database is None:
            return [number for number, word in enumerate(self._engine.keywords) if word in lowered]
        found: list[int] = []
        self._engine.database.scan(
            lowered,
            match_event_handler=lambda number, _start, _end, _flags, hits: hits.append(number),
            context=found,
            scratch=self._scratch,
        )
        return found

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


def _ends_of(data: bytearray, word: bytes, start: int, stop: int) -> list[int]:
    ends = []
    while (start := data.find(word, start, stop)) >= 0:
        start += len(word)
        ends.append(start)
    return ends


def _keywords(rules: Sequence[PatternRule]) -> list[bytes]:
    words = {word.encode() for rule in rules for word in rule.keywords}
    return sorted(words | {DIRECTIVE})


def compile_patterns(rules: Sequence[PatternRule], *, once: bool = False) -> hyperscan.Database:
    """All patterns and the directive in one database; `once`: each is reported once a scan.

    Raises:
        Error: Hyperscan refuses a pattern; the message names its rule.
    """
    import hyperscan

    flags = hyperscan.HS_FLAG_MULTILINE | (hyperscan.HS_FLAG_SINGLEMATCH if once else 0)
    patterns = [rule.pattern.encode() for rule in rules] + [DIRECTIVE]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(expressions=patterns, ids=list(range(len(patterns))), flags=flags)
    except hyperscan.HyperscanError:
        for rule in rules:
            _check_alone(rule, flags)
        raise
    return database


def _check_alone(rule: PatternRule, flags: int) -> None:
    import hyperscan

    try:
        hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
            expressions=[rule.pattern.encode()], ids=[0], flags=flags
        )
    except hyperscan.HyperscanError as error:
        raise Error(f"{rule.id}: Hyperscan refuses the pattern: {error}") from None


def _compile_keywords(keywords: list[bytes]) -> hyperscan.Database:
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=keywords,
        ids=list(range(len(keywords))),
        flags=hyperscan.HS_FLAG_SINGLEMATCH,
        literal=True,
    )
    return database


def _dump(database: hyperscan.Database) -> bytes:
    import hyperscan

    return hyperscan.dumpb(database)


def _stored(name: str) -> hyperscan.Database | None:
    import hyperscan

    content = cache.read(name)
    if content is None:
        return None
    try:
        return hyperscan.loadb(content, hyperscan.HS_MODE_BLOCK)
    except hyperscan.HyperscanError:
        return None


def _cache_name(rules: Sequence[PatternRule]) -> str:
    import hyperscan

    digest = hashlib.sha256(f"{hyperscan.__version__} {platform.machine()} {_processor_flags()}".encode())
    for rule in rules:
        digest.update(f"{len(rule.pattern)} {rule.pattern}".encode())
    return f"patterns-{digest.hexdigest()[:32]}"


def _unusable() -> str | None:
    """Why Hyperscan cannot run here, or None.

    Its wheels are built for SSE4.2; without it the process dies on an illegal instruction that nothing can catch
    (github.com/darvid/python-hyperscan issue 151), so the processor is asked before the import.
    """
    machine = platform.machine().lower()
    if machine in ("x86_64", "amd64") and "sse4_2" not in _processor_flags():
        return "this processor has no SSE4.2, which Hyperscan needs"
    try:
        import hyperscan  # noqa: F401
    except ImportError:
        return "Hyperscan is not installed (there is no wheel for this platform)"
    return None


def _processor_flags() -> str:
    """The instruction sets that matter to Hyperscan; the oldest assumed where the system does not tell."""
    if sys.platform == "win32":
        import ctypes

        # PF_SSE4_2_INSTRUCTIONS_AVAILABLE of winnt.h.
        return "sse4_2" if ctypes.windll.kernel32.IsProcessorFeaturePresent(38) else ""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            flags = next((line for line in file if line.startswith("flags")), "").split()
    except OSError:
        # Every 64-bit Macintosh has it.
        return "sse4_2"
    return " ".join(name for name in ("sse4_2", "avx2", "avx512bw") if name in flags)
