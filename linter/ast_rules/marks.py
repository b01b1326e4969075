"""What must stand in a source for a rule to hold in it: patterns for a first look, which saves most sources the parser.

They are in the syntax that Hyperscan and `re` share, for any case of letters, without look-around. Each may find too
much, never too little.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from linter.credential_names import CERTAIN_KEYS, CERTAIN_TOKENS, KEY_MODIFIERS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CLIENT",
    "LITERALS",
    "NAME",
    "NAMED",
    "OPEN",
    "SCHEME",
    "Mark",
    "Marks",
    "called",
    "calls",
    "certain",
    "imports",
    "words",
]

Mark = bytes
"""A pattern of which one match is enough."""

Marks = tuple[tuple[Mark, ...], ...]
"""Groups of patterns."""

_KEY = rb"(?:" + b"|".join(sorted(word.encode() for word in KEY_MODIFIERS)) + rb")[-_. ]?key"
_END = rb"""(?:["')\]]?\s?[=:,)]|\s?[!=]=|_|["'])"""
_CHOSEN = rb"passw|passphrase|pswd|pwd|\bpsk\b|[\w-](?:pass|pw)" + _END + rb"|\b(?:pass|pw)" + _END
_MADE = _KEY + rb"|token|secret|cred|jwt|bearer|authorization|[\w-]pat\b|\bauth" + _END + rb"|login\s?="
NAME = rb"(?:" + _CHOSEN + rb"|" + _MADE + rb")"
"""A name that `credential_names` may take for that of a credential."""

_AFTER = rb"""[\w"'\])-]*(?:\s?:[^=\n]*)?\s*(?:[=:,]|[!=]=|\bin\b)[\s(\[\\]*"""
_LETTER = rb"""[^\s"'\\]"""
_SIGN = rb"[0-9!#&*?^~$%@+=]"
_TELLING = (
    rb"""["'}](?:""" + _LETTER + rb"*" + _SIGN + _LETTER + rb"{4}|" + _LETTER + rb"{4,}" + _SIGN + rb"|" + _LETTER
    + rb"{16}|[^\s\"']{0,24}\\x[0-9a-f]{2})"
)  # fmt: skip
_LITERAL = rb"""["'][\w+/=.~-]*[0-9][\w+/=.~-]{8,}["']"""
_PASSWORD = (
    rb"""["'](?:""" + _LETTER + rb"*[0-9]" + _LETTER + rb"*[!#$&*?@^~]|" + _LETTER + rb"*[!#$&*?@^~]" + _LETTER
    + rb"*[0-9])" + _LETTER + rb"""*["']"""
)  # fmt: skip
LITERALS = (_LITERAL, _PASSWORD)
"""A literal, wherever it stands, that is no mere word: what a name may be bound to elsewhere."""

_ASSIGNED = NAME + _AFTER + rb"""[A-Za-z_{\[]"""
NAMED = (
    (rb"(?:" + _CHOSEN + rb""")[^\n]*["'}][^\s"']{4}""",),
    (rb"(?:" + _CHOSEN + rb")" + _AFTER + rb"""[rbuf]{0,2}["']{1,3}[^\s"']{4}""",),
    (NAME + rb"[^\n]*" + _TELLING,),
    (NAME + _AFTER + rb"[rbuf]{0,2}" + _TELLING,),
    *((_ASSIGNED, literal) for literal in LITERALS),
)
"""Groups for a literal with the name of a credential: on one line, on the next, or by way of another name."""

OPEN = rb"""["'{%]"""
"""Where the rest of a text stands in another literal or in a name."""

SCHEME = rb"(?:bearer|basic|token|apikey|api-key|oauth|splunk|bot|geniekey|ssws|private-token|jwt)"

CLIENT = rb"(?:requests|httpx|aiohttp|urllib)"


def certain() -> Mark:
    """A key or token whose name leaves no doubt."""
    keys, tokens = (b"|".join(sorted(word.encode() for word in some)) for some in (CERTAIN_KEYS, CERTAIN_TOKENS))
    return rb"(?:" + keys + rb")[-_. ]{0,2}key|(?:" + tokens + rb")[-_. ]{0,2}token"


def words(names: Iterable[str]) -> Mark:
    """One of these words."""
    return rb"\b(?:" + b"|".join(sorted(re.escape(name).encode() for name in names)) + rb")\b"


def imports(packages: Iterable[str]) -> Mark:
    """What an import of one of these top-level packages has; the whole statement takes far longer to compile."""
    return rb"[\s,](?:" + b"|".join(sorted(re.escape(name).encode() for name in packages)) + rb")"


def called(names: Iterable[str]) -> Mark:
    """The last word of one of these dotted names, and a bracket."""
    return words({name.rpartition(".")[2] for name in names}) + rb"\s*\("


def calls(names: Iterable[str]) -> Marks:
    """Groups for full names: of a package its import, and the last word of a name and the one before.

    The last word stands before arguments, a value or other names, or it is renamed. The one before is that of a module
    or a class, which stands where it is imported or used.
    """
    by_place: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names:
        package, _, rest = name.partition(".")
        place, _, last = (rest or package).rpartition(".")
        by_place[package, place.rpartition(".")[2]].add(last)
    used = rb"\s*(?:\(\s*[^\s)]|=[^=]|,|\)|as\b)"
    return tuple(
        (imports([package]), *((re.escape(place).encode(),) if place else ()), words(last) + used)
        for (package, place), last in sorted(by_place.items())
    )
