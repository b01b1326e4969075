"""Hyperscan's compiled databases: made, kept in the cache, and whether they can be used here at all."""

from __future__ import annotations

import functools
import hashlib
import platform
import sys
from typing import TYPE_CHECKING, Any

from linter import cache
from linter.matcher.engine import DIRECTIVE, promises_for
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import hyperscan

    from linter.rules import PatternRule

__all__ = [
    "alone",
    "cache_name",
    "compile_keywords",
    "compile_marks",
    "compile_patterns",
    "keep",
    "named",
    "numbers",
    "scan",
    "stored",
    "unusable",
]


def scan(
    database: hyperscan.Database,
    data: Any,
    on_match: Callable[[int, int], bool | None],
    scratch: hyperscan.Scratch,
) -> None:
    """Call `on_match` with the number of each pattern and the end of its match, until it returns True.

    Raises:
        hyperscan.ScanTerminated: it returned True.
    """
    database.scan(
        data,
        match_event_handler=lambda number, _start, end, _flags, _context: on_match(number, end),
        scratch=scratch,
    )


def numbers(database: hyperscan.Database, data: Any, scratch: hyperscan.Scratch) -> list[int]:
    """The numbers of the patterns that match in `data`, as often as the database reports them."""
    found: list[int] = []
    scan(database, data, lambda number, _end: found.append(number), scratch)
    return found


def compile_patterns(rules: Sequence[PatternRule], *, once: bool = False) -> hyperscan.Database:
    """All patterns, by the index of their rule, then the directive and the promises of text, in one database.

    `once`: each is reported once a scan.

    Raises:
        Error: Hyperscan refuses a pattern; the message names its rule.
    """
    import hyperscan

    flags = hyperscan.HS_FLAG_MULTILINE | (hyperscan.HS_FLAG_SINGLEMATCH if once else 0)
    patterns = {number: (rule.hint or rule.pattern).encode() for number, rule in enumerate(rules) if rule.pattern}
    patterns |= dict(enumerate([DIRECTIVE, *(promise.pattern for promise in promises_for(rules))], len(rules)))
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(expressions=list(patterns.values()), ids=list(patterns), flags=flags)
    except hyperscan.HyperscanError:
        for rule in rules:
            if rule.pattern:
                _check_alone(rule, flags)
        raise
    return database


def alone(pattern: bytes) -> hyperscan.Database:
    """One pattern in a database of its own, from the cache if it is in it."""
    import hyperscan

    name = named("alone", pattern)
    if (database := stored(name)) is None:
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[pattern], ids=[0], flags=hyperscan.HS_FLAG_MULTILINE)
        keep(name, database)
    return database


def _check_alone(rule: PatternRule, flags: int) -> None:
    import hyperscan

    try:
        hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
            expressions=[(rule.hint or rule.pattern).encode()], ids=[0], flags=flags
        )
    except hyperscan.HyperscanError as error:
        raise Error(f"{rule.id}: Hyperscan refuses the pattern: {error}") from None


def compile_keywords(keywords: list[bytes]) -> hyperscan.Database:
    """The keywords, in lower case, in one database; each is reported once a scan."""
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=keywords,
        ids=list(range(len(keywords))),
        flags=hyperscan.HS_FLAG_SINGLEMATCH,
        literal=True,
    )
    return database


def compile_marks(patterns: list[bytes]) -> hyperscan.Database:
    """The patterns, in any case of letters, in one database."""
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=patterns, ids=list(range(len(patterns))), flags=hyperscan.HS_FLAG_CASELESS)
    return database


def keep(name: str, database: hyperscan.Database) -> None:
    """Put `database` into the cache under `name`."""
    import hyperscan

    cache.write(name, hyperscan.dumpb(database))


def stored(name: str) -> hyperscan.Database | None:
    """The database in the cache under `name`, or None if there is none that this Hyperscan can use."""
    import hyperscan

    content = cache.read(name)
    if content is None:
        return None
    try:
        return hyperscan.loadb(content, hyperscan.HS_MODE_BLOCK)
    except hyperscan.HyperscanError:
        return None


def cache_name(rules: Sequence[PatternRule]) -> str:
    """The name of the database of `rules`."""
    patterns = [(rule.pattern, rule.hint) for rule in rules]
    return named("patterns", repr((patterns, promises_for(rules))).encode())


def named(kind: str, content: bytes) -> str:
    """A name for what is compiled from `content`, which changes with Hyperscan's version and the processor too."""
    import hyperscan

    version = vars(hyperscan)["__version__"]
    digest = hashlib.sha256(f"{version} {platform.machine()} {_processor_flags()}".encode() + content)
    return f"{kind}-{digest.hexdigest()[:32]}"


def unusable() -> str | None:
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


@functools.cache
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
