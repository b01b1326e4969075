"""A quick look at the bytes of a source: whether it is worth parsing for some rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.ast_rules.exposed import CLIENTS
from linter.credential_names import classify

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from linter.ast_rules.base import AstRule

__all__ = ["Prefilter", "has_credential_name"]

_STEMS = (
    b"key",
    b"token",
    b"secret",
    b"passw",
    b"_pass",
    b"pwd",
    b"passphrase",
    b"credential",
    b"cred",
    b"jwt",
    b"_pw",
)
_ALWAYS = (
    *(b"bearer ", b'authorization"', b"authorization'", b"authorization:", b"authorization="),
    *(b"auth=", b"auth =", b"_pat=", b"_pat =", b'_pat"', b"_pat'"),
)
_BEFORE = re.compile(rb"[\w.-]{0,60}")
_BEFORE_KEY = re.compile(rb"[\w.-]{0,60}(?: [A-Za-z]{2,12})?")
_BEHIND = re.compile(rb"[\w-]{0,60}")
_LINE = re.compile(rb"[^\r\n]{0,200}")
_LITERAL = re.compile(rb"[\"'](?:[^\"'\s]{16}|[^\"'\s]{0,15}[0-9])|=\s*[(\\]?\s*$")
_CERTAIN = 3
_IMPORT = re.compile(rb"[ \t]*(?:from[ \t]+(\w+)|import[ \t]+(\w[^\r\n;#]*))")
_LONGEST_IMPORT = 200
_TOP_LEVEL = re.compile(rb"(?:^|,)\s*(\w+)")
_CLIENTS = frozenset(name.encode() for name in CLIENTS)


def has_credential_name(source: bytes, lowered: bytes) -> bool:
    """True if a name in the source is that of a credential.

    One that only may be, such as `token`, counts where a literal or an open end stands behind it on its line, or
    where a client is imported that sends credentials.
    """
    if any(word in lowered for word in _ALWAYS):
        return True
    seen: set[bytes] = set()
    may_be = False
    for stem in _STEMS:
        at = lowered.find(stem)
        while at >= 0:
            name, end = _name(source, at, _BEFORE_KEY if stem == b"key" else _BEFORE)
            if name not in seen and not (name == b"pwd" and source[end : end + 1] == b"."):
                text = name.decode("ascii", "replace")
                strength = classify(text).strength or min(classify(text.rstrip("sS")).strength, 1)
                if strength >= _CERTAIN:
                    return True
                if not strength:
                    seen.add(name)
                elif _LITERAL.search(_LINE.match(source, end)[0]):  # type: ignore[index]
                    return True
                may_be = may_be or strength > 0
            at = lowered.find(stem, max(end, at + 1))
    return may_be and imports_any(source, _CLIENTS)


def _name(source: bytes, at: int, reach: re.Pattern[bytes]) -> tuple[bytes, int]:
    """The name that holds the byte at `at`, as far back as `reach`, and where it ends."""
    before = reach.match(source[max(at - 60, 0) : at][::-1])
    behind = _BEHIND.match(source, at)
    end = behind.end() if behind else at
    return source[at - (before.end() if before else 0) : end].rpartition(b".")[2], end


def imports_any(source: bytes, packages: Collection[bytes]) -> bool:
    """True if a top-level package of `packages` is imported."""
    at = source.find(b"import")
    while at >= 0:
        earliest = max(at - _LONGEST_IMPORT, 0)
        start = max(source.rfind(b"\n", earliest, at), source.rfind(b"\r", earliest, at), earliest - 1) + 1
        found = _IMPORT.match(source, start)
        if found is not None:
            names = (found[1],) if found[1] else _TOP_LEVEL.findall(found[2])
            if any(name in packages for name in names):
                return True
        at = source.find(b"import", at + 6)
    return False


class Prefilter:
    """Tells for a set of rules which sources may hold something for them."""

    def __init__(self, rules: Sequence[AstRule]) -> None:
        self._rules = tuple(rules)
        self._packages = frozenset(name.encode() for rule in rules for name in rule.packages)

    def wants(self, source: bytes) -> bool:
        """True if one of the rules may hold in `source`."""
        lowered = source.lower()
        is_named = has_credential_name(source, lowered)
        if any(rule.applies(lowered, is_named=is_named) for rule in self._rules):
            return True
        return bool(self._packages) and imports_any(source, self._packages)
