"""The multi-pattern engine: in which places of a batch which rules may match.

Two engines give the same findings. `PatternEngine` runs all patterns at once in Hyperscan. `KeywordEngine` looks for
the keywords of the rules only: it needs no compiled database, so it serves small scans while there is none, and
platforms where Hyperscan cannot run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.matcher import databases
from linter.matcher.databases import compile_patterns
from linter.matcher.engine import Engine, Places, Session, Window
from linter.matcher.keyword_engine import KeywordEngine, keywords_of
from linter.matcher.marked import MarkedEngine
from linter.matcher.marks import MarkSearch, compiled_marks
from linter.matcher.pattern_engine import PatternEngine
from linter.matcher.values import Values, ValuesSession, compiled_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from linter.rules import PatternRule

__all__ = [
    "SMALL_SCAN",
    "Engine",
    "KeywordEngine",
    "MarkSearch",
    "MarkedEngine",
    "PatternEngine",
    "Places",
    "Session",
    "Values",
    "ValuesSession",
    "Window",
    "choose",
    "compile_patterns",
    "compiled_marks",
    "compiled_values",
    "for_more",
    "ready",
]

SMALL_SCAN = 4 << 20
"""Bytes up to which compiling all patterns costs more than it saves."""


def choose(rules: Sequence[PatternRule], size: Callable[[], int | None]) -> tuple[Engine, str | None]:
    """The engine for a scan of `size()` bytes (None: many), and a notice if it is a slow one.

    The size is asked for only if there is no compiled database in the cache.

    Raises:
        Error: a rule's pattern is refused by Hyperscan.
    """
    if (engine := ready(rules)) is not None:
        reason = databases.unusable()
        return engine, None if reason is None else f"slow engine: {reason}"
    known = size()
    if known is not None and known <= SMALL_SCAN:
        return KeywordEngine(rules, databases.compile_keywords(keywords_of(rules))), None
    return _compiled(rules), None


def ready(rules: Sequence[PatternRule]) -> Engine | None:
    """The engine for which nothing has to be compiled: its database is in the cache, or Hyperscan cannot run."""
    if databases.unusable() is not None:
        return KeywordEngine(rules, None)
    database = databases.stored(databases.cache_name(rules))
    return None if database is None else PatternEngine(rules, database)


def for_more(engine: Engine, rules: Sequence[PatternRule]) -> Engine:
    """The engine to go on with when there is more to scan than `engine` was chosen for; the same if it serves."""
    is_for_little = isinstance(engine, KeywordEngine) and databases.unusable() is None
    return _compiled(rules) if is_for_little else engine


def _compiled(rules: Sequence[PatternRule]) -> PatternEngine:
    database = compile_patterns(rules)
    databases.keep(databases.cache_name(rules), database)
    return PatternEngine(rules, database)
