"""A quick look at the bytes of a source: whether it is worth parsing for some rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.credential_names import KEY_MODIFIERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.ast_rules.base import AstRule

__all__ = ["Prefilter", "has_credential_name"]

_NAMES = (
    b"token",
    b"secret",
    b"passw",
    b"_pass",
    b"pwd",
    b"credential",
    b"bearer",
    b"authorization",
    b"jwt",
    b"passphrase",
    b"_creds",
    b"pswd",
    b"_pw",
    b"auth=",
)
_MODIFIERS = tuple(word.encode() for word in sorted(KEY_MODIFIERS))
_LONGEST_MODIFIER = max(map(len, _MODIFIERS)) + 2
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+(\w[^\r\n;#]*))", re.MULTILINE)
_TOP_LEVEL = re.compile(rb"(?:^|,)\s*(\w+)")


def has_credential_name(lowered: bytes) -> bool:
    """True if a word stands in the source, in lower case, that is part of the name of a credential."""
    return any(name in lowered for name in _NAMES) or _has_key(lowered)


def _has_key(lowered: bytes) -> bool:
    """True if `key` stands behind a word that makes it a credential: `api_key`, `privatekey`."""
    at = lowered.find(b"key")
    while at >= 0:
        if lowered[max(at - _LONGEST_MODIFIER, 0) : at].rstrip(b"_-. ").endswith(_MODIFIERS):
            return True
        at = lowered.find(b"key", at + 3)
    return False


class Prefilter:
    """Tells for a set of rules which sources may hold something for them."""

    def __init__(self, rules: Sequence[AstRule]) -> None:
        self._rules = tuple(rules)
        self._packages = frozenset(name.encode() for rule in rules for name in rule.packages)

    def wants(self, source: bytes) -> bool:
        """True if one of the rules may hold in `source`."""
        lowered = source.lower()
        is_named = has_credential_name(lowered)
        return any(rule.applies(lowered, is_named=is_named) for rule in self._rules) or self._imports(source)

    def _imports(self, source: bytes) -> bool:
        if not self._packages:
            return False
        for found in _IMPORT.finditer(source):
            names = (found[1],) if found[1] else _TOP_LEVEL.findall(found[2])
            if not self._packages.isdisjoint(names):
                return True
        return False
