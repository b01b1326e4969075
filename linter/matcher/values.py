"""A first look at many Python sources: which lines have a literal that may be a credential, where one may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.matcher import databases

if TYPE_CHECKING:
    import hyperscan

    from linter.model import Batch

__all__ = ["LIMIT", "PATTERNS", "Values", "ValuesSession", "compiled_values"]

_NAME = (
    rb"(?:key|token|secret|passw|pass\b|_pass|passphrase|pwd|cred|jwt|_pw\b|pat\b|auth\b|auth_|authorization|basicauth"
    rb"|salt|psk|sudo|login|connect|redis|curl|mysql)"
)
_CHARACTER = rb"[\w.+/=!#&*?@^~:;|-]"
_MARK = rb"[0-9!#&*?^~]"
_BODY = rb"(?:" + _CHARACTER + rb"*" + _MARK + _CHARACTER + rb"{4}|" + _CHARACTER + rb"{4,}" + _MARK + rb")"
_LITERAL = rb"""(?:["'}]|\s-p)""" + _BODY
_SIGN, _REST = rb"[!#&*?^~@$]", rb"""[^\s"'/:[\]]*"""
_MIXED = _REST + rb"(?:[0-9]" + _REST + _SIGN + rb"|" + _SIGN + _REST + rb"[0-9])" + _REST
"""What has a digit and a sign, as passwords have, and is no URL and no class of characters."""

PATTERNS = (
    # `token = "…"`, `get("token", "…")`, `"curl", "-u", "…"`, `"mysql -p…"`
    _NAME + rb"[^\n]*" + _LITERAL,
    # `token = (` or `match token:`, and the literal on the next line
    _NAME + rb"""[\w"'\])]*\s*(?:=\s*[(\\]?|:)\s*\n\s*(?:case\s+)?[rbuf]{0,2}""" + _LITERAL,
    # `return "…"`, in a function of such a name; `("lab", "…")`, which a loop gives to one
    rb"""(?:\breturn\s+|[(\[,][ \t]*)[rbuf]{0,2}["']""" + _MIXED + rb"""["']""",
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

_GOES_ON = 1
"""The number of the pattern that reaches over the end of a line."""

LIMIT = 20_000
"""Matches in one content that are told apart by their lines."""


class Values:
    """`PATTERNS`, compiled in `database`."""

    def __init__(self, database: hyperscan.Database) -> None:
        self._database = database

    def session(self) -> ValuesSession:
        """What looks for them in one thread."""
        return ValuesSession(self._database)


class ValuesSession:
    """Tells for one thread which lines of a content have such a literal."""

    def __init__(self, database: hyperscan.Database) -> None:
        import hyperscan

        self._database = database
        self._scratch = hyperscan.Scratch(database)

    def lines(self, batch: Batch, content: int) -> list[tuple[int, int]]:
        """The spans of those lines in the batch, and of those lines that go on from the one before with that one.

        Where there are more matches than `LIMIT`, the whole content is one such span.
        """
        import hyperscan

        data, start, end = batch.data, batch.starts[content], batch.ends[content]
        ends: set[tuple[int, bool]] = set()

        def on_match(number: int, match_end: int) -> bool:
            ends.add((start + match_end, number == _GOES_ON))
            return len(ends) > LIMIT

        with memoryview(data) as view, view[start:end] as text:
            try:
                databases.scan(self._database, text, on_match, self._scratch)
            except hyperscan.ScanTerminated:
                return [(start, end)]
        spans: list[tuple[int, int]] = []
        until = {False: start, True: start}
        for at, goes_on in sorted(ends):
            if at > until[goes_on]:
                line = data.rfind(b"\n", start, at - 1) + 1 or start
                until[goes_on] = stop = _stop(data, at, end)
                spans.append((data.rfind(b"\n", start, line - 1) + 1 or start if goes_on else line, stop))
        return spans


def _stop(data: bytearray, at: int, end: int) -> int:
    stop = data.find(b"\n", at, end)
    return end if stop < 0 else stop


def compiled_values() -> Values | None:
    """The patterns, compiled or from the cache if they are in it; None where Hyperscan cannot run.

    Without it there is no first look: by the standard library's `re` it would cost as much as the analysis.
    """
    if databases.unusable() is not None:
        return None
    name = databases.named("values", repr(PATTERNS).encode())
    compiled = databases.stored(name)
    if compiled is None:
        compiled = databases.compile_marks(list(PATTERNS))
        databases.keep(name, compiled)
    return Values(compiled)
