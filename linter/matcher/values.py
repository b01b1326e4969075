"""A first look at many Python sources: which have a literal that may be a credential, where one may stand."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from linter.matcher import databases

if TYPE_CHECKING:
    import hyperscan

    from linter.model import Batch

__all__ = ["PATTERNS", "Values", "compiled_values"]

_NAME = (
    rb"(?:key|token|secret|passw|pass\b|_pass|passphrase|pwd|cred|jwt|_pw\b|pat\b|auth\b|auth_|authorization|basicauth"
    rb"|salt|login|connect|redis|curl|mysql)"
)
_CHARACTER = rb"[\w.+/=!#&*?@^~:;|-]"
_MARK = rb"[0-9!#&*?^~]"
_BODY = rb"(?:" + _CHARACTER + rb"*" + _MARK + _CHARACTER + rb"{4}|" + _CHARACTER + rb"{4,}" + _MARK + rb")"
_LITERAL = rb"""(?:["'}]|\s-p)""" + _BODY

PATTERNS = (
    # `token = "…"`, `get("token", "…")`, `"curl", "-u", "…"`, `"mysql -p…"`
    _NAME + rb"[^\n]*" + _LITERAL,
    # `token = (` or `match token:`, and the literal on the next line
    _NAME + rb"""[\w"'\])]*\s*(?:=\s*[(\\]?|:)\s*\n\s*(?:case\s+)?[rbuf]{0,2}""" + _LITERAL,
    # `"…" == token`
    _LITERAL + rb"""[^"'\n]*["']\s*[!=]=[^\n]*""" + _NAME,
    # `"Bearer …"`
    rb"""(?:bearer|basic|token|bot|apikey) +(?:[\w+/=.~-]*[0-9][\w+/=.~-]{8}|["{%])""",
    # `https://user:…@host`
    rb"""://[\w.%+~-]*:[^\s"'@/{}%$<>]{5,}@""",
    # `?token=…`
    rb"(?:key|token|secret|passw?o?r?d?|pwd|sig)[\w-]*=[\w+/=-]*[0-9][\w+/=-]{2}",
    rb"""-----begin [a-z ]*(?:private key|["'])""",
    # `Client("…")`, `x = "…"`: what follows from a call, or from what a name is given to elsewhere
    rb"""[=(,]\s*[(\\]?\s*[rbu]{0,2}["'][\w+/=-]*[0-9][\w+/=-]{8,}["']""",
)
"""A source without any of these, in any case of letters, has no credential that AST rules could find.

Values of letters alone that are shorter than a token are words: of a password they say too little.
"""


class Values:
    """Tells for one thread which contents of a batch have such a literal; `database` holds `PATTERNS`."""

    def __init__(self, database: hyperscan.Database | None) -> None:
        self._search = None if database is None else _Search(database)

    def contents(self, batch: Batch) -> list[int]:
        """The numbers of the contents that are worth a closer look: where there is no database, all."""
        search = self._search
        if search is None:
            return list(range(len(batch.keys)))
        with memoryview(batch.data) as data:
            spans = enumerate(zip(batch.starts, batch.ends, strict=True))
            return [content for content, (start, end) in spans if start < end and search.finds(data[start:end])]


class _Search:
    def __init__(self, database: hyperscan.Database) -> None:
        import hyperscan

        self._database = database
        self._scratch = hyperscan.Scratch(database)

    def finds(self, data: memoryview) -> bool:
        """True if one of the patterns matches in `data`."""
        return bool(databases.numbers(self._database, data, self._scratch))


def compiled_values() -> hyperscan.Database | None:
    """`PATTERNS` compiled, from the cache if they are in it; None where Hyperscan cannot run.

    Without it there is no first look: by the standard library's `re` it would cost as much as the analysis.
    """
    if databases.unusable() is not None:
        return None
    name = f"values-{hashlib.sha256(repr(PATTERNS).encode() + databases.cache_name(()).encode()).hexdigest()[:32]}"
    compiled = databases.stored(name)
    if compiled is None:
        compiled = databases.compile_marks(list(PATTERNS))
        databases.keep(name, compiled)
    return compiled
