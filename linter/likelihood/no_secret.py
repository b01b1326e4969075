"""What no value that is bound to a name can be, by its form."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from linter import plausibility
from linter.credential_names import classify

if TYPE_CHECKING:
    from linter.bindings import Binding

__all__ = ["COOKIE", "is_no_secret"]

COOKIE = re.compile(r"(?P<name>[\w.-]{1,40})=(?P<value>[^=\s;][^\s;]*)(?:;|$)")
"""A cookie and its value, from the start of a header."""

_OF_SESSION = re.compile(r"sess|sid$|auth|token|jwt|secret|remember", re.IGNORECASE)
_SMALL = re.compile(r"[0-9]{1,9}")
_IDENTIFIER = re.compile(r"[a-z]{3,}(?:_[a-z]{3,})*_[a-z]{3,}[0-9]{1,2}")
_PUBLIC = re.compile(r"publi(?:c|shable)[_-]?(?:api[_-]?)?key|site[_-]?key", re.IGNORECASE)
_MASKED = re.compile(r"\*{3}|\.{3}|\u2026|\u2022{2}")
# Encrypted by Jasypt, Spring or sops; a public key (RFC 5280 4.1.2.7, of RSA or an elliptic curve); a number of at most
# 32 bits; an object identifier; a call of a method.
_NO_SECRET = re.compile(
    r"ENC[(\[]|\{cipher\}"
    r"|MI[\w+/]{2,6}(?:MA0GCSqGSIb3DQEBAQUAA4|ANBgkqhkiG9w0BAQEFAAOC)|MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
    r"|0[xX][0-9a-fA-F]{1,8}[uUlL]*,?$|[0-9]+(?:\.[0-9]+){3,}$|[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+\("
)


def is_no_secret(binding: Binding) -> bool:
    """True if a value is none by its form: masked, encrypted, public, a small number, a call, an ordinary cookie."""
    name, value = binding.name, binding.value
    cookie = COOKIE.match(value) if name.lower().endswith("cookie") else None
    is_number = binding.form == "plain" and _SMALL.fullmatch(value)
    return bool(
        plausibility.is_no_secret(value.encode())
        or _NO_SECRET.match(value)
        or _MASKED.search(value.partition("\n")[0])
        or _PUBLIC.search(name)
        or _counts(value)
        or (name.endswith("-") and binding.operator.startswith(">"))  # a member of what has the name
        or (cookie and not _OF_SESSION.search(cookie["name"]))
        or (not classify(name).chosen and (_IDENTIFIER.fullmatch(value) or is_number))
    )


def _counts(text: str) -> bool:
    """True if digits follow one another, upwards or downwards, or are all the same."""
    if not text.isdecimal():
        return False
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(text)}
    return steps in ({0}, {1}, {9})
