"""Where a credential stands in a file whose purpose is to hold some, for rules that know the file by its path.

What is a word elsewhere is a password there, so the form of the file decides and not what the value looks like. Each
reader is given the content, of a large one the first megabytes, and gives half-open spans in bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from linter import credential_names, plausibility

__all__ = ["STORED_CREDENTIALS", "Reader", "Span"]

Span = tuple[int, int]
Reader = Callable[[bytes], Iterator[Span]]

_SURE_NAME = 2
_SHORTEST = 4
_KINDS_OF_KEYS = 3

_QUOTED = rb"""(?:"(?P<%s>[^"\n]+)"|'(?P<%s>[^'\n]+)'|(?P<%s>[^\s"',;<>{}]+))"""
# The forms of the usual stores: words (netrc, msmtp, fetchmail), fields between colons (libpq), URLs of which a user's
# name may be an address (git), elements (FileZilla, Maven), and a key and its value in JSON, INI, YAML and attributes.
_STORED = re.compile(
    rb"""(?:^|\b(?:login|account|user(?:name)?)[ \t]+\S+[ \t]+(?:is[ \t]+)?|\bwith[ \t]+)[ \t]*"""
    rb"""pass(?:word|wd)?[ \t]+(?!=)["']?(?P<word>[^\s"']+)["']?(?=[ \t\r]*$|[ \t]+[a-z])"""
    rb"""|^[^\s#:]+:(?:\d+|\*):[^\s:]+:[^\s:]+:(?P<field>\S+)"""
    rb"""|\b[a-z]+://[^\s:/]+:(?P<url>[^\s/]+)@"""
    rb"""|<(?:[\w-]*(?:password|passphrase)|pass)(?:[ \t][^<>]*)?>(?P<element>[^\s<]+)</"""
    rb"""|\b_?auth["']?[ \t]*[:=][ \t]*["']?(?P<auth>[A-Z0-9+/]{8,}={0,2})(?=["']|\s|$)"""
    rb"""|(?:password|passwd|passphrase|pass|token|secret(?:_?(?:access)?_?key)?|client-key-data)"""
    rb"""["']?[ \t]*[:=][ \t]*%s""" % (_QUOTED % (b"double", b"single", b"bare")),
    re.MULTILINE | re.IGNORECASE,
)
_LINE = re.compile(
    rb"""^[ \t]*(?:export[ \t]+|set[ \t]+)?["']?(?P<name>[A-Z][\w.-]{0,79})["']?[ \t]*[:=][ \t]*"""
    rb"""(?:"(?P<double>[^"\n]+)"|'(?P<single>[^'\n]+)'|(?P<bare>[^\s"'#]\S*))""",
    re.MULTILINE | re.IGNORECASE,
)
_PHP = re.compile(
    rb"""(?:define\(\s*["'](?P<constant>\w{1,80})["']\s*,|(?:\$|["'])(?P<name>[A-Z]\w{0,79})["']?\]?\s{0,40}=>?)\s{0,40}"""
    rb"""(?:"(?P<double>[^"\n]+)"|'(?P<single>[^'\n]+)')""",
    re.IGNORECASE,
)
_WORDPRESS = re.compile(
    rb"""define\(\s*["'](?:AUTH|SECURE_AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)["']\s*,\s*"""
    rb"""(?:'(?P<single>[^'\n]{32,128})'|"(?P<double>[^"\n]{32,128})")"""
)
_REMOTE_URL = re.compile(rb"\b[a-z+]+://[^\s:/@\"']*:(?P<url>[^\s/@\"']+)@(?P<host>[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})\b")
_RESERVED_HOST = re.compile(rb"(?:.*\.)?(?:example(?:\.\w+)?|test|invalid|local|localhost|localdomain)")

_NO_VALUE = re.compile(
    rb"\$[\w{(]|[%{<(\[`]|\*{3}|x{3}|your|(?:null|none|true|false|prompt|ask)$|change|replace|insert|\.{3}|[>|]-?$"
    rb"|.*_here$|~?/[\w.-]+/|encrypted:|ENC\[|AGE-|vault:|file:|[a-z]{2,10}://",
    re.IGNORECASE,
)
# A constant, a path of names, and a rule of a form: `required|min:8`.
_IDENTIFIER = re.compile(rb"[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:[._][a-z]+)+|[a-z]+(?:\|[a-z]+(?::\w+)?)+")


def program_credentials(content: bytes) -> Iterator[Span]:
    """What a program keeps in a file of its own."""
    for found in _STORED.finditer(content):
        kind = found.lastgroup or ""
        if _is_written_out(found[kind]):
            yield found.span(kind)


def personal_passwords(content: bytes) -> Iterator[Span]:
    """Passwords in a file of one person or server, as the start of a shell or the configuration of a site."""
    for name, value, span in _assigned(content):
        if _is_password(name) and value.lower() != name.lower() and not plausibility.is_trivial_password(value):
            yield span


def shared_passwords(content: bytes) -> Iterator[Span]:
    """Passwords in a file that also stands in repositories with what everybody's own computer has, which is no leak."""
    for name, value, span in _assigned(content):
        is_named = value.lower() in name.lower()
        if _is_password(name) and not is_named and not _is_everybodys(value):
            yield span


def database_passwords(content: bytes) -> Iterator[Span]:
    """Passwords in the configuration of databases; in a URL any, for a host that others reach."""
    yield from shared_passwords(content)
    for found in _REMOTE_URL.finditer(content):
        if _is_written_out(found["url"]) and not _RESERVED_HOST.fullmatch(found["host"].lower()):
            yield found.span("url")


def wordpress_keys(content: bytes) -> Iterator[Span]:
    """Keys and salts of WordPress, as its generator makes them: 64 characters of all kinds."""
    for found in _WORDPRESS.finditer(content):
        kind = found.lastgroup or ""
        if plausibility.classes(found[kind]) >= _KINDS_OF_KEYS:
            yield found.span(kind)


def _assigned(content: bytes) -> Iterator[tuple[bytes, bytes, Span]]:
    """Names, the values that are written out for them, and where."""
    for pattern in (_LINE, _PHP):
        for found in pattern.finditer(content):
            kind = found.lastgroup or ""
            name = found["name"] or found.groupdict().get("constant") or b""
            if _is_written_out(found[kind]):
                yield name, found[kind], found.span(kind)


def _is_password(name: bytes) -> bool:
    named = credential_names.classify(name.decode("ascii", "replace"))
    return named.chosen and named.strength >= _SURE_NAME


def _is_written_out(value: bytes) -> bool:
    return len(value) >= _SHORTEST and not _NO_VALUE.match(value)


def _is_everybodys(value: bytes) -> bool:
    """True for a word of examples and of local servers, for the name of something, and for a text."""
    is_common = plausibility.is_common_password(value) and not re.search(rb"[0-9]", value)
    is_said = plausibility.is_placeholder(value) or _IDENTIFIER.fullmatch(value) or re.search(rb"\s", value)
    return is_common or bool(is_said) or plausibility.is_trivial_password(value)


STORED_CREDENTIALS: Mapping[str, Reader] = {
    "database-passwords": database_passwords,
    "personal-passwords": personal_passwords,
    "program-credentials": program_credentials,
    "shared-passwords": shared_passwords,
    "wordpress-keys": wordpress_keys,
}
