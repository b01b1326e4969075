"""How likely a value is a live secret, judged from its characters alone."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter

__all__ = ["classes", "entropy", "is_placeholder", "is_trivial_password"]

# Words that a random value holds by chance less than once in ten million.
_PLACEHOLDER_WORDS = re.compile(
    rb"example|placeholder|redacted|changeme|change_me|replace|your_?(?:api|app|key|token|secret|access|auth)"
    rb"|insert_|dummy_|_here\b|not_?a_?real|notareal|xxxx|\*{3}|\.{3}|\xe2\x80\xa6",
    re.IGNORECASE,
)
_PLACEHOLDER_STARTS = re.compile(
    rb"(?:your|my|insert|change|dummy|fake|todo)[_\-A-Z<]|[<\[{$%]|\\?\$\{|%\(", re.IGNORECASE
)
_SAME = re.compile(rb"(.)\1{7}", re.DOTALL)
_SEQUENCE_LENGTH = 8
_DISTINCT_FLOOR = 12
_DISTINCT_LENGTH = 40

_TRIVIAL_PASSWORDS = frozenset(
    b"pass passwd password passw0rd pwd pw p secret mysecret mypass mypassword my-secret-pw user username admin root"
    b" guest test testing tests foo bar baz foobar token key changeme none null nil undefined example sample demo"
    b" xxx yyy abc default login auth mypwd somepass some_password somepassword thepassword userpass userpassword"
    b" dbpass dbpassword db_password db_pass".split()
)


def entropy(value: bytes) -> float:
    """Shannon's entropy of the bytes of `value`, in bits a byte."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values()) if size else 0.0


def classes(value: bytes) -> int:
    """How many of lower case, upper case, digits and others `value` holds."""
    return sum(bool(re.search(kind, value)) for kind in (rb"[a-z]", rb"[A-Z]", rb"[0-9]", rb"[^A-Za-z0-9]"))


def is_placeholder(value: bytes) -> bool:
    """True if `value` stands for a credential in a text rather than being one."""
    return bool(
        _PLACEHOLDER_STARTS.match(value)
        or _PLACEHOLDER_WORDS.search(value)
        or _SAME.search(value)
        or _has_sequence(value)
        or (len(value) >= _DISTINCT_LENGTH and len(set(value)) < _DISTINCT_FLOOR)
    )


def is_trivial_password(value: bytes) -> bool:
    """True if `value` is a word that stands for a password, or names where it comes from."""
    lowered = value.lower().strip(b"'\"`_-*.")
    return not lowered or lowered in _TRIVIAL_PASSWORDS or len(set(lowered)) == 1


def _has_sequence(value: bytes) -> bool:
    """True if eight characters follow one another in the alphabet or in counting, upwards or downwards."""
    run, step = 1, 0
    for before, after in itertools.pairwise(value):
        difference = after - before
        run = run + 1 if difference == step and difference in (1, -1) else 2
        step = difference
        if run >= _SEQUENCE_LENGTH and step in (1, -1):
            return True
    return False
